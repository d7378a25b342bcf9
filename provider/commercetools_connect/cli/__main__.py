"""Entry point of the command `commercetools-connect`, which needs an extra of the package."""

from __future__ import annotations

import sys
from typing import Final

EXTRA_PACKAGES: Final = frozenset({"jinja2", "rich", "ruamel", "starlette", "typer", "uvicorn", "yaml"})
"""Top-level modules that a plain installation may not have."""


def main() -> None:
    """Run the command; if packages of its extra are missing, say how to install them and exit with code 2."""
    try:
        from commercetools_connect.cli.main import app  # noqa: PLC0415 - it may be missing what it needs

        app()
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in EXTRA_PACKAGES:
            raise
        emulator = sys.argv[1:2] == ["emulator"]
        command, extra = (
            ("commercetools-connect emulator", "emulator") if emulator else ("commercetools-connect", "cli")
        )
        sys.stderr.write(
            f"`{command}` needs packages that are not installed, such as {missing}. Install them:\n"
            f"  pip install 'commercetools-connect-provider[{extra}]'\n"
        )
        sys.exit(2)


if __name__ == "__main__":
    main()
