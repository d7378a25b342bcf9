"""`make sdk-dist`: SDKs as the packages that their users install, into `dist/sdk/`.

    sdks.py [python] [nodejs] [dotnet]

Built from copies, so that the checkout stays as it is. The Go SDK is no file: Go takes it from the repository, by
the tag `sdk/go/v<version>`. Needs npm for Node.js (and its registry, for the compiler), and dotnet for .NET.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
SDK: Final = ROOT / "sdk"
TO: Final = ROOT / "dist" / "sdk"
WORK: Final = ROOT / "build" / "sdk"
BACKEND: Final = """
import sys
from setuptools import build_meta
folder = sys.argv[1]
build_meta.build_sdist(folder)
build_meta.build_wheel(folder)
"""


def main() -> None:
    """Build the SDKs that are named."""
    builders = {"python": build_python, "nodejs": build_nodejs, "dotnet": build_dotnet}
    if unknown := set(sys.argv[1:]) - builders.keys():
        sys.exit(f"no such SDK: {', '.join(sorted(unknown))}; there are {', '.join(builders)}")
    shutil.rmtree(WORK, ignore_errors=True)
    TO.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:]:
        source = WORK / name
        shutil.copytree(SDK / name, source)
        builders[name](source)
    for path in sorted(TO.iterdir()):
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")


def build_python(source: Path) -> None:
    """Make wheel and source distribution with the backend that the SDK names."""
    run(source, sys.executable, "-c", BACKEND, str(TO))


def build_nodejs(source: Path) -> None:
    """Compile, with the compiler that the SDK's test is pinned to, and pack what npm would publish."""
    shutil.copy(ROOT / "tests" / "sdk" / "node" / "package.json", WORK)
    run(WORK, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock")
    package = WORK / "package"
    run(source, "node", str(WORK / "node_modules/typescript/bin/tsc"), "--outDir", str(package))
    for name in ("package.json", "README.md"):
        shutil.copy(source / name, package)
    run(package, "npm", "pack", "--ignore-scripts", "--pack-destination", str(TO))


def build_dotnet(source: Path) -> None:
    """Compile and pack what NuGet would take."""
    run(source, "dotnet", "pack", "--configuration", "Release", "--output", str(TO))


def run(folder: Path, program: str, *arguments: str) -> None:
    """Run a tool there; its absence or failure ends the program."""
    found = shutil.which(program)
    if found is None:
        sys.exit(f"{program} is needed and not on PATH")
    subprocess.run([found, *arguments], cwd=folder, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    main()
