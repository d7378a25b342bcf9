// Command sdk writes the SDKs of every language from schema.json.
//
// Pulumi's own `pulumi package gen-sdk` needs a language host for each language; this needs Go alone.
//
//	sdk <schema.json> <logo.png> <folder>
//
// The folder is replaced as a whole. Beside the SDKs it gets SHA256SUMS, by which a machine without Go can see
// that the SDKs are those of the schema and that they were not edited.
package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	dotnetgen "github.com/pulumi/pulumi-dotnet/pulumi-language-dotnet/v3/codegen"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// tool is what generated files call the program that made them.
const tool = "make sdk"

// sums is the name of the list of digests.
const sums = "SHA256SUMS"

// files are the texts of a folder by path, with slashes.
type files map[string][]byte

// generators make the files of one language each, from the schema and what lies in the folder of the schema.
var generators = map[string]func(*schema.Package, string) (files, error){
	"dotnet": func(pkg *schema.Package, _ string) (files, error) {
		return dotnetgen.GeneratePackage(tool, pkg, nil, nil)
	},
	"go":     golang,
	"nodejs": nodejs,
	"python": python,
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: sdk <schema.json> <logo.png> <folder>")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "sdk:", err)
		os.Exit(1)
	}
}

func run(schemaFile, logoFile, folder string) error {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		return err
	}
	logo, err := os.ReadFile(logoFile)
	if err != nil {
		return err
	}
	root := filepath.Dir(schemaFile)
	module, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(inputShapes)))
	if err != nil {
		return err
	}
	written := files{}
	for language, generate := range generators {
		made, err := generated(text, logo, func(pkg *schema.Package) (files, error) { return generate(pkg, root) })
		if err != nil {
			return fmt.Errorf("%s: %w", language, err)
		}
		for name, content := range made {
			written[path.Join(language, name)] = content
		}
	}
	written[sums] = digests(written, files{"../schema.json": text, "../" + inputShapes: module})
	return replace(folder, written)
}

// generated binds the schema again, as generators change what they are given, and runs one of them.
func generated(text, logo []byte, generate func(*schema.Package) (files, error)) (files, error) {
	// The generator of .NET always fetches the logo; it must not go out for a file that lies here.
	server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
		_, _ = answer.Write(logo)
	}))
	defer server.Close()
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return nil, err
	}
	public := spec.LogoURL
	spec.LogoURL = server.URL
	pkg, problems, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return nil, problems
	}
	made, err := generate(pkg)
	for name, content := range made {
		made[name] = []byte(strings.ReplaceAll(string(content), server.URL, public))
	}
	return made, err
}

// digests lists the files in the form of `sha256sum --check`.
func digests(made, sources files) []byte {
	var list strings.Builder
	for _, each := range []files{sources, made} {
		for _, name := range slices.Sorted(maps.Keys(each)) {
			fmt.Fprintf(&list, "%x  %s\n", sha256.Sum256(each[name]), name)
		}
	}
	return []byte(list.String())
}

// replace makes a folder hold these files and no others. A folder that is not ours is left alone.
// The files are written beside it first: a run that fails or is stopped leaves the folder as it was.
func replace(folder string, made files) error {
	_, err := os.Stat(filepath.Join(folder, sums))
	if _, there := os.Stat(folder); there == nil && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s has no %s: it does not look like a folder of SDKs", folder, sums)
	}
	beside := filepath.Clean(folder) + ".new"
	if err := os.RemoveAll(beside); err != nil {
		return err
	}
	for name, content := range made {
		file := filepath.Join(beside, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	return os.Rename(beside, folder)
}
