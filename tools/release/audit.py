"""`make audit`: no locked version has a vulnerability that the OSV database knows.

    audit.py [--osv-url URL] REQUIREMENTS_FILE …

Runs pip-audit, in the environment of `requirements-release.txt`, over every locked version, also those that only
other systems or Pythons install. OSV is asked, not PyPI: a mirror's answer "not found" counts as nothing found.
Exit code 0: all were looked up and nothing is known; 1: something is known; 2: it could not be checked.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

PIN: Final = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)", re.MULTILINE)


def main() -> None:
    """Audit the files that are named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--osv-url", default="https://api.osv.dev/v1/query")
    parser.add_argument("files", nargs="+", type=Path)
    arguments = parser.parse_args()
    pins = sorted({pin for file in arguments.files for pin in PIN.findall(file.read_text())})
    if not pins:
        sys.exit("no locked version in these files")
    known = [finding for each in rounds(pins) for finding in audit(each, arguments.osv_url)]
    for finding in known:
        sys.stderr.write(f"{finding}\n")
    if known:
        sys.exit(1)
    sys.stdout.write(f"{len(pins)} locked versions, no known vulnerability\n")


def rounds(pins: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Split pins so that none has two versions of one package, which pip-audit does not take."""
    versions: dict[str, list[str]] = defaultdict(list)
    for name, version in pins:
        versions[name].append(version)
    most = max(len(each) for each in versions.values())
    return [[(name, each[at]) for name, each in versions.items() if at < len(each)] for at in range(most)]


def audit(pins: list[tuple[str, str]], osv_url: str) -> list[str]:
    """Return one line for each known vulnerability; ends the program if it could not look."""
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.txt"
        requirements.write_text("".join(f"{name}=={version}\n" for name, version in pins))
        options = ["--strict", "--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
        command = [sys.executable, "-m", "pip_audit", *options, "-s", "osv", "--osv-url", osv_url]
        # a cache of its own: an answer of yesterday is no answer
        command += ["--cache-dir", str(Path(folder) / "cache"), "-r", str(requirements)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        sys.stderr.write(f"not audited: {osv_url} could not be asked. {reason}\n")
        sys.exit(2)
    return [
        f"{package['name']} {package['version']}: {each['id']}, fixed: {', '.join(each['fix_versions']) or 'no'}"
        for package in answer["dependencies"]
        for each in package["vulns"]
    ]


if __name__ == "__main__":
    main()
