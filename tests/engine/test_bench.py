"""The bench runs; what it measures is not looked at here, only that it measures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from benchmarks.report import document

LIMIT = 840
pytestmark = [pytest.mark.long, pytest.mark.timeout(LIMIT + 60)]

ROOT = Path(__file__).parents[2]


def test_it_measures_everything_and_writes_its_page_and_its_pictures(engine_root: Path, tmp_path: Path) -> None:
    environ = {
        **os.environ,
        "BENCH_QUICK": "1",
        "BENCH_RESULTS": str(tmp_path),
        "PULUMI_ENGINE_ROOT": str(engine_root),
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((tmp_path / "results.json").read_text())
    assert {row["contender"] for row in results["waits"]} == {
        "ours",
        "naive script",
        "official CLI",
        "undeploy, deploy",
    }
    assert all(row["calls"] for row in [*results["waits"], *results["ups"]])
    assert [row["no_op_calls"] for row in [*results["ups"], *results["growth"]["rows"]]] == [0, 0]
    assert (tmp_path / "performance.md").read_text() == document(results)
    assert "| official CLI |" in done.stdout
    for picture in tmp_path.glob("*.svg"):
        assert ET.fromstring(picture.read_bytes()).tag.endswith("svg")
    assert len(list(tmp_path.glob("*.svg"))) == 2
