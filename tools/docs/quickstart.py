"""The terminal picture of the README, docs/quickstart.svg, from a real run: `python -m tools.docs.quickstart`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from commercetools_connect import __version__
from commercetools_connect.emulator import Emulator
from examples.demo.engine import environment as isolated_environment
from examples.demo.engine import find_engine

__all__ = ["PICTURE", "PROGRAM", "masked", "picture", "shown", "transcript"]

ROOT: Final = Path(__file__).parents[2]
PROGRAM: Final = ROOT / "examples" / "quickstart-yaml"
PICTURE: Final = ROOT / "docs" / "quickstart.svg"
PLUGIN: Final = "pulumi-resource-commercetools-connect"
UP: Final = "pulumi up --yes --skip-preview"
WIDTH: Final = 104
LIMIT: Final = 300
FOREIGN: Final = re.compile(r"\s*@font-face \{\{.*?\}\}|\s*<!--.*?-->", re.DOTALL)
"""Rich's fonts come from another host; without them the reader's own monospaced font is used."""

ANSI: Final = re.compile(r"\x1b\[[0-9;]*m")
FINAL: Final = re.compile(r"^ \+ +\S+:\S+ \S+ created \(|^(?:Outputs|Resources):|^    ")
"""Lines that say how a resource ended, and the summary. Lines of progress differ from run to run."""
HEADING: Final = re.compile(r"^(?:Outputs|Resources):")

MASKS: Final = (
    (re.compile(r"\(\d+(?:\.\d+)?s\)"), "(…)"),
    (re.compile(r"(deployed|published) \(.*$"), r"\1"),
    (re.compile(r"service-\w+\.(\S+?)\.\w+\.sandbox"), r"service-….\1.….sandbox"),
)
"""Times, the reports behind a status, and hashes: they differ from run to run, or need too much space."""


def masked(line: str) -> str:
    """Return a line with the same times and hashes in every run; its colours stay."""
    for pattern, replacement in MASKS:
        line = pattern.sub(replacement, line)
    return line


def shown(output: str) -> list[str]:
    """Return the lines of the picture: how each resource ended, in a fixed order, and the summary."""
    lines = [""]
    for line in output.splitlines():
        plain = ANSI.sub("", line)
        if HEADING.match(plain):
            lines.append("")
        if FINAL.match(plain):
            lines.append(masked(line.rstrip()))
    return lines


def environment(folder: Path, engine_root: Path, url: str) -> Mapping[str, str]:
    """Return an environment with this plugin, this engine and the demo client of an emulator."""
    return {
        **isolated_environment(folder, engine_root, Path(sys.executable).parent),
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        "CTP_CONNECT_URL": url,
        "CTP_CLIENT_ID": "demo-client",
        "CTP_CLIENT_SECRET": "demo-secret",
        "CTP_PROJECT_KEY": "demo-project",
    }


def transcript(engine_root: Path, *, program: Path = PROGRAM) -> str:
    """Run the program on an emulator. Returns what `pulumi up` writes to a terminal, colours included."""
    with tempfile.TemporaryDirectory() as name, Emulator() as emulator:
        folder = Path(name)
        copy = folder / "program"
        shutil.copytree(program, copy)
        for each in ("home", "state"):
            (folder / each).mkdir()
        variables = environment(folder, engine_root, emulator.url)

        def run(*arguments: str) -> str:
            result = subprocess.run(
                [str(engine_root / "bin" / "pulumi"), *arguments, "--non-interactive"],
                cwd=copy,
                env=dict(variables),
                capture_output=True,
                text=True,
                timeout=LIMIT,
                check=False,
            )
            if result.returncode:
                raise SystemExit(f"pulumi {arguments[0]} failed:\n{result.stdout}{result.stderr}")
            return result.stdout

        plugin = str(Path(sys.executable).with_name(PLUGIN))
        run("plugin", "install", "resource", "commercetools-connect", f"v{__version__}", "--file", plugin)
        run("stack", "init", "dev")
        run("config", "set", "tag", "v1.0.0")
        run("config", "set", "--secret", "apiToken", "anything")
        return run(*UP.split()[1:], "--color", "always")


def picture(output: str) -> str:
    """Return the picture of a terminal that has run `pulumi up`."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True, color_system="truecolor")
        console.print(Text(f"$ {UP}", style="bold"))
        for line in shown(output):
            console.print(Text.from_ansi(line), no_wrap=True, overflow="ellipsis")
        return console.export_svg(
            title="examples/quickstart-yaml on the emulator",
            code_format=FOREIGN.sub("", CONSOLE_SVG_FORMAT).replace("Fira Code", "Menlo, Consolas"),
            unique_id="quickstart",
        )


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(picture(transcript(find_engine())) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
