"""A Pulumi that the user has installed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from pulumi_engine import roots
from pulumi_engine.running import Unusable, say

if TYPE_CHECKING:
    from pulumi_engine.cache import Cache


def find(cache: Cache, path: str | None = None) -> Path:
    """Return a root folder for the ``pulumi`` on PATH; raises ``Unusable`` when there is none new enough.

    An installation that already has the layout is used where it is. For another one the cache gets a small
    root folder that refers to it.
    """
    on_path = shutil.which(roots.PROGRAM, path=path)
    if on_path is None:
        raise Unusable("no pulumi on PATH")
    # The engine looks for bundled plugins beside its real file, so links to it do not count.
    program = Path(on_path).resolve()
    version = roots.version_of(program)
    say(f"{program} is {version}")
    folder = program.parent
    whole = program.name == roots.PROGRAM and not roots.missing_beside(folder)
    if whole and folder.name == "bin":
        return folder.parent
    yaml_host = shutil.which(roots.YAML_HOST, path=path)
    if not whole and yaml_host is None:
        raise Unusable(f"{program} ({version}) has no {roots.YAML_HOST} beside it or on PATH")
    name = _name(program)
    with cache.locked():
        with contextlib.suppress(Unusable):
            return cache.usable(name)
        if whole:
            return cache.place(name, lambda root: (root / "bin").symlink_to(folder))
        return cache.place(name, lambda root: _gather(root / "bin", program, path))


def _name(program: Path) -> str:
    """Name the root folder of one state of one installation: an upgrade gets another one."""
    stat = program.stat()
    identity = f"{program} {stat.st_size} {stat.st_mtime_ns}"
    return f"installed-{hashlib.sha256(identity.encode()).hexdigest()[:12]}"


def _gather(into: Path, program: Path, path: str | None) -> None:
    """Bring the CLI and its plugins, which lie in several folders, together in one."""
    into.mkdir()
    own = into / roots.PROGRAM
    try:
        os.link(program, own)  # not a symbolic link: plugins are looked for beside the real file
    except OSError:  # another file system, or one that has no links
        shutil.copy2(program, own)
    for plugin in program.parent.glob("pulumi-*"):
        if roots.is_program(plugin):
            (into / plugin.name).symlink_to(plugin)
    for name in roots.missing_beside(into):
        if elsewhere := shutil.which(name, path=path):
            (into / name).symlink_to(Path(elsewhere).absolute())
    if roots.DYNAMIC in roots.missing_beside(into):
        roots.write_launcher(into)
