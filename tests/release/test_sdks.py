"""The packages of `make sdk-dist`, installed as users install them."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import commercetools_connect
from tests.release.conftest import ROOT
from tests.support.node_sdk import needs_node

pytestmark = pytest.mark.dist
VERSION = commercetools_connect.__version__


@pytest.fixture(scope="module")
def packages() -> Path:
    """Build those whose tools are here; .NET needs its compiler."""
    needs_node()
    subprocess.run(
        [sys.executable, "tools/release/sdks.py", "python", "nodejs"], cwd=ROOT, check=True, timeout=240
    )
    return ROOT / "dist" / "sdk"


def test_the_python_sdk_tells_pulumi_which_plugin_it_needs(packages: Path) -> None:
    with zipfile.ZipFile(packages / f"pulumi_commercetools_connect-{VERSION}-py3-none-any.whl") as wheel:
        plugin = json.loads(wheel.read("pulumi_commercetools_connect/pulumi-plugin.json"))

    assert (plugin["name"], plugin["version"]) == ("commercetools-connect", VERSION)


def test_the_nodejs_sdk_has_its_modules_compiled_and_typed(packages: Path) -> None:
    with tarfile.open(packages / f"pulumi-commercetools-connect-{VERSION}.tgz") as tar:
        names = set(tar.getnames())

    assert {"package/package.json", "package/index.js", "package/index.d.ts", "package/deployment.js"} <= names
    assert not [name for name in names if "node_modules" in name]
