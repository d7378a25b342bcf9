package main

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	pythongen "github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// Pulumi's generators mark only properties of resources as secret, and no members of these. So the SDKs for Python
// and Node.js get two modules more: one looks at inputs and is written by hand, the other one is a table of those
// inputs that hold secrets, written from the schema. Every resource hands its inputs through them.

// provider is the key of the provider in the table, which has no token of its own in the schema.
const provider = "pulumi:providers:commercetools-connect"

// shapes writes the table in the syntax of one language.
type shapes struct {
	// member writes one line of a record.
	member func(name, shape string) string
	// record writes a record of members.
	record func(members string) string
	// constant writes the declaration of a name.
	constant func(name, value string) string
	// written writes the shape of an object of the provider, which the engine takes as JSON; nil where the generated
	// code does it rightly.
	written func(shape string) string

	declared map[string]string
	text     strings.Builder
}

// table writes the shapes of every input that holds secrets, by token and by name of the input.
func (made *shapes) table(pkg *schema.Package) (map[string]string, error) {
	made.declared = map[string]string{}
	resources := map[string]*schema.Resource{provider: pkg.Provider}
	for _, resource := range pkg.Resources {
		resources[resource.Token] = resource
	}
	table := map[string]string{}
	for _, token := range slices.Sorted(maps.Keys(resources)) {
		var members strings.Builder
		for _, property := range resources[token].InputProperties {
			shape := made.property
			if _, isText := unwrapped(property.Type).(*schema.MapType); isText && token == provider {
				if made.written == nil {
					continue
				}
				shape = func(of *schema.Property) string { return made.written(made.shape(unwrapped(of.Type))) }
			}
			if holdsSecrets(property) {
				members.WriteString(made.member(property.Name, shape(property)))
			}
		}
		if members.Len() > 0 {
			table[token] = members.String()
		}
	}
	if len(table) == 0 {
		return nil, errors.New("the schema has no secret inputs")
	}
	return table, nil
}

// property returns the shape of a property. In a secret map each value is marked, so that states show the keys.
func (made *shapes) property(property *schema.Property) string {
	inner := unwrapped(property.Type)
	if !property.Secret {
		return made.shape(inner)
	}
	if of, is := inner.(*schema.MapType); is {
		return fmt.Sprintf("map_of(secret(%s))", made.shape(unwrapped(of.ElementType)))
	}
	return fmt.Sprintf("secret(%s)", made.shape(inner))
}

func (made *shapes) shape(of schema.Type) string {
	switch of := of.(type) {
	case *schema.MapType:
		return fmt.Sprintf("map_of(%s)", made.shape(unwrapped(of.ElementType)))
	case *schema.ArrayType:
		return fmt.Sprintf("list_of(%s)", made.shape(unwrapped(of.ElementType)))
	case *schema.ObjectType:
		return made.object(of)
	case *schema.EnumType:
		return "scalar"
	case *schema.UnionType:
		return made.union(of)
	}
	if schema.IsPrimitiveType(of) && of != schema.AnyType && of != schema.JSONType {
		return "scalar"
	}
	return "sendable"
}

// union returns the shape of a value that may be written in several ways: as text, or as an object.
func (made *shapes) union(of *schema.UnionType) string {
	found := "scalar"
	for _, each := range of.ElementTypes {
		inner := unwrapped(each)
		if object, is := inner.(*schema.ObjectType); is && typeHoldsSecrets(object) {
			found = fmt.Sprintf("text_or(%s)", made.object(object))
		} else if made.shape(inner) != "scalar" {
			return "sendable"
		}
	}
	return found
}

// object declares the shape of an object once and returns its name.
func (made *shapes) object(of *schema.ObjectType) string {
	if name, there := made.declared[of.Token]; there {
		return name
	}
	name := strings.ToUpper(pythongen.PyName(path.Base(strings.ReplaceAll(of.Token, ":", "/"))))
	made.declared[of.Token] = name
	var members strings.Builder
	for _, each := range of.Properties {
		members.WriteString(made.member(each.Name, made.property(each)))
	}
	made.text.WriteString(made.constant(name, made.record(members.String())))
	return name
}

// holdsSecrets tells whether a property is secret, or anything in it.
func holdsSecrets(property *schema.Property) bool {
	return property.Secret || typeHoldsSecrets(property.Type)
}

func typeHoldsSecrets(of schema.Type) bool {
	switch of := unwrapped(of).(type) {
	case *schema.MapType:
		return typeHoldsSecrets(of.ElementType)
	case *schema.ArrayType:
		return typeHoldsSecrets(of.ElementType)
	case *schema.ObjectType:
		return slices.ContainsFunc(of.Properties, holdsSecrets)
	case *schema.UnionType:
		return slices.ContainsFunc(of.ElementTypes, typeHoldsSecrets)
	}
	return false
}

// unwrapped returns a type without the layers that say that it is optional or may be an output.
func unwrapped(of schema.Type) schema.Type {
	for {
		switch layer := of.(type) {
		case *schema.InputType:
			of = layer.ElementType
		case *schema.OptionalType:
			of = layer.ElementType
		default:
			return of
		}
	}
}

// edited replaces what a pattern finds in a generated file, and fails unless it finds it exactly once.
func edited(made files, name, pattern, replacement string) error {
	found := regexp.MustCompile(pattern)
	if count := len(found.FindAll(made[name], -1)); count != 1 {
		return fmt.Errorf("%s has %d places like %q, and not one: the generator has changed", name, count, pattern)
	}
	made[name] = found.ReplaceAll(made[name], []byte(replacement))
	return nil
}
