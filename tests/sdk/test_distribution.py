"""What a user installs tells the engine what a checkout tells it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.sdk.toolchains import ROOT, run


def test_an_installed_plugin_hands_out_the_schema_of_the_checkout(tmp_path: Path) -> None:
    """YAML programs and `pulumi package add` read it from the plugin, examples and all."""
    run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)], ROOT)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    program = (
        "from commercetools_connect.frontends.plugin import schema as s; print(s.__file__); print(s.served_schema())"
    )

    said = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
    )

    origin, _, schema = said.stdout.partition("\n")
    assert origin.startswith(str(tmp_path))
    assert schema.strip() == (ROOT / "schema.json").read_text().strip()
