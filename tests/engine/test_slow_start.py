"""A machine on which the plugin needs longer to load than an engine waits for an answer."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.engine.yaml_harness import PLUGIN, staged

pytestmark = pytest.mark.long

LOADING = 11
"""Seconds; the engine gives a provider ten from the line with its port to its first answer."""

SLOW = f"""#!{sys.executable}
import builtins, sys, time
load = builtins.__import__

def slowly(name, *further, **named):
    if name == "commercetools_connect.frontends.plugin.process" and name not in sys.modules:
        time.sleep({LOADING})
    return load(name, *further, **named)

builtins.__import__ = slowly
from commercetools_connect.frontends.plugin.main import main
main()
"""


def test_a_plugin_that_loads_slowly_is_waited_for(tmp_path: Path, engine_root: Path) -> None:
    with staged(tmp_path, engine_root) as harness:
        plugin = tmp_path / "plugin" / PLUGIN
        plugin.unlink()
        plugin.write_text(SLOW)
        plugin.chmod(0o755)
        harness.write({"connect": {"type": "pulumi:providers:commercetools-connect"}})
        assert harness.preview() == {"create": 2}
