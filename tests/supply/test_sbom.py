"""`make sbom`: a bill of materials names what is in a file, and nothing else, in a form that tools read."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.supply.environments import OURS, TOOLS, Environment, tool
from tests.support.locked_venv import locked_python

pytestmark = pytest.mark.long

WHEEL = "commercetools_connect_provider-1.2.3-py3-none-any"
ARCHIVE = "pulumi-resource-commercetools-connect-v1.2.3-linux-amd64"


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a release: the wheel needs `httpx` and `h11`; the archive has `h11`, Python and a system's library."""
    folder = tmp_path_factory.mktemp("release")
    environment = Environment(folder / "venv")
    environment.add(OURS, licence="Apache-2.0", needs=["httpx"])
    environment.add("httpx", licence="MIT License", needs=["h11"])
    environment.add("h11", licence="BSD-3-Clause")
    environment.add("linter", licence="MIT", needs=["h11"])
    dist = folder / "dist"
    dist.mkdir()
    (dist / f"{WHEEL}.whl").write_bytes(b"wheel")
    with tarfile.open(dist / f"{ARCHIVE}.tar.gz", "w:gz") as tar:
        for component in ("h11-1.0", "python-3.13.9", "libffi8"):
            tar.addfile(tarfile.TarInfo(f"licences/{component}/LICENSE"), io.BytesIO())
    done = tool("sbom.py", environment.python, dist)
    assert done.returncode == 0, done.stderr
    return dist


def read(dist: Path, name: str) -> dict[str, Any]:
    bill: dict[str, Any] = json.loads((dist / f"{name}.cdx.json").read_text())
    return bill


def needs(bill: dict[str, Any]) -> dict[str, list[str]]:
    return {edge["ref"]: edge.get("dependsOn", []) for edge in bill["dependencies"]}


def test_the_wheels_bill_has_what_it_needs_at_run_time(dist: Path) -> None:
    """With licence and address of each package, and which of them needs which; tools stay out."""
    bill = read(dist, WHEEL)

    parts = {part["name"]: part for part in bill["components"]}
    assert parts.keys() == {"httpx", "h11"}
    assert parts["httpx"]["purl"] == "pkg:pypi/httpx@1.0"
    assert parts["h11"]["licenses"][0]["license"]["id"] == "BSD-3-Clause"
    assert needs(bill)["httpx==1.0"] == ["h11==1.0"]
    assert needs(bill)[bill["metadata"]["component"]["bom-ref"]] == ["httpx==1.0"]


def test_the_archives_bill_has_what_is_packed_into_it(dist: Path) -> None:
    """Python and the system's libraries too; not what the wheel needs and the archive does not hold."""
    bill = read(dist, ARCHIVE)

    parts = {part["name"]: part.get("version") for part in bill["components"]}
    assert parts == {"h11": "1.0", "python": "3.13.9", "libffi8": None}
    assert needs(bill)[bill["metadata"]["component"]["bom-ref"]] == ["libffi8", "python-3.13.9"]


@pytest.mark.parametrize(("name", "file"), [(WHEEL, f"{WHEEL}.whl"), (ARCHIVE, f"{ARCHIVE}.tar.gz")])
def test_a_bill_says_which_file_it_belongs_to(dist: Path, name: str, file: str) -> None:
    """By version and checksum."""
    about = read(dist, name)["metadata"]["component"]

    digest = hashlib.sha256((dist / file).read_bytes()).hexdigest()
    assert (about["name"], about["version"]) == (OURS, "1.2.3")
    assert about["hashes"] == [{"alg": "SHA-256", "content": digest}]


def test_a_bill_that_is_not_cyclonedx_is_not_written(tmp_path: Path) -> None:
    """By the schema that its library carries; so the bills above are."""
    code = "import sbom, pathlib; sbom.write({'bomFormat': 'other', 'components': []}, pathlib.Path('bill.json'))"

    done = subprocess.run(
        [str(locked_python("release")), "-c", code],
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(TOOLS)},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 1
    assert "would not fit CycloneDX 1.6" in done.stderr
    assert not (tmp_path / "bill.json").exists()
