"""`make sbom`: what is in a release, as CycloneDX: one bill of materials for the wheel, one for the archive.

    sbom.py PROVIDERS_PYTHON DIST_FOLDER

Runs in the environment of `requirements-release.txt`. cyclonedx-py describes the environment that built the
release. The wheel's bill keeps what the provider needs at run time there; the archive's keeps what is in the
archive, which its folder `licences/` names. Each is written beside what it describes, with its checksum, after a
check against the schema.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path, PurePosixPath
from typing import Any, Final

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from licences import canonical, runtime_names_of

ROOT: Final = Path(__file__).resolve().parents[2]
SCHEMA: Final = SchemaVersion.V1_6
EPOCH: Final = os.environ.get("SOURCE_DATE_EPOCH", "1580601600")
VERSIONED: Final = re.compile(r"^(?P<name>.+?)-(?P<version>\d.*)$")

Bill = dict[str, Any]


def main() -> None:
    """Write a bill of materials beside each thing that a user installs."""
    python, dist = Path(sys.argv[1]), Path(sys.argv[2])
    whole = environment(python)
    runtime = runtime_names_of(python)
    for wheel in dist.glob("*.whl"):
        version = wheel.name.split("-")[1]
        bill = narrowed(whole, {component["bom-ref"] for component in of_names(whole, runtime)})
        write(described(bill, wheel, version), wheel.with_suffix(".cdx.json"))
    for archive in dist.glob("pulumi-resource-*.tar.gz"):
        version = archive.name.partition("-v")[2].split("-")[0]
        bill = of_archive(whole, archive)
        write(
            described(bill, archive, version), archive.parent / f"{archive.name.removesuffix('.tar.gz')}.cdx.json"
        )


def environment(python: Path) -> Bill:
    """Return the bill of everything that is installed beside a Python."""
    options = ["--pyproject", str(ROOT / "pyproject.toml"), "--sv", SCHEMA.to_version(), "--output-reproducible"]
    options.append("--no-validate")  # what is made of it will be
    command = [sys.executable, "-m", "cyclonedx_py", "environment", *options, str(python)]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH}
    )
    bill: Bill = json.loads(done.stdout)
    return bill


def of_names(bill: Bill, names: set[str]) -> list[Bill]:
    """Return the components with these canonical names."""
    return [component for component in bill["components"] if canonical(component["name"]) in names]


def narrowed(bill: Bill, kept: set[str]) -> Bill:
    """Return a bill with only these components, and what they need of each other."""
    root = bill["metadata"]["component"]["bom-ref"]
    edges = [edge for edge in bill["dependencies"] if edge["ref"] in {*kept, root}]
    return {
        **bill,
        "components": [component for component in bill["components"] if component["bom-ref"] in kept],
        "dependencies": [
            {**edge, "dependsOn": needed}
            if (needed := sorted(kept & set(edge.get("dependsOn", ()))))
            else {"ref": edge["ref"]}
            for edge in edges
        ],
    }


def of_archive(whole: Bill, archive: Path) -> Bill:
    """Return the bill of what is in the plugin's archive: packages, Python, and libraries of the system."""
    known = {f"{canonical(each['name'])}-{each['version']}": each["bom-ref"] for each in whole["components"]}
    inside = licensed(archive)
    bill = narrowed(whole, {known[name] for name in inside if name in known})
    others = [other(name) for name in sorted(inside - known.keys())]
    root = bill["metadata"]["component"]["bom-ref"]
    for edge in bill["dependencies"]:
        if edge["ref"] == root:
            edge["dependsOn"] = sorted([*edge.get("dependsOn", ()), *(each["bom-ref"] for each in others)])
    return {**bill, "components": [*bill["components"], *others]}


def licensed(archive: Path) -> set[str]:
    """Return the names of the components whose licences the archive has: those that are in it."""
    with tarfile.open(archive) as tar:
        paths = [PurePosixPath(each.name) for each in tar.getmembers()]
    return {path.parts[1] for path in paths if path.parts[0] == "licences" and len(path.parts) > 1}


def other(name: str) -> Bill:
    """Describe what is not a Python package: Python itself, with a version, and system libraries, without."""
    found = VERSIONED.match(name)
    component = {"type": "library", "bom-ref": name, "name": found["name"] if found else name}
    if found:
        component |= {"version": found["version"], "purl": f"pkg:generic/{found['name']}@{found['version']}"}
    return component


def described(bill: Bill, file: Path, version: str) -> Bill:
    """Return the bill of a file: with its version, and its checksum, so that the two belong together."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    hashes = [{"alg": "SHA-256", "content": digest}]
    component = {**bill["metadata"]["component"], "version": version, "hashes": hashes}
    return {**bill, "metadata": {**bill["metadata"], "component": component}}


def write(bill: Bill, file: Path) -> None:
    """Write a bill that fits the schema; any other ends the program."""
    text = json.dumps(bill, indent=2, sort_keys=True) + "\n"
    mistake = JsonStrictValidator(SCHEMA).validate_str(text)
    if mistake is not None:
        sys.exit(f"{file.name} would not fit CycloneDX {SCHEMA.to_version()}: {mistake}")
    file.write_text(text)
    sys.stdout.write(f"{file.name}: {len(bill['components'])} components\n")


if __name__ == "__main__":
    main()
