"""Runs that refresh first, and runs that go on after an error: what they say is what they have done.

Refresh and operations are calls to one provider process (facts E1), and a refresh's diff must not be taken for one
of the operations; a create that was refused does not stop the deletes of a run that continues (facts E3).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.conftest import Harness
from tests.engine.people import FRONTENDS, Frontend, Greeter, draft, errors_in, live, open_shops, program

both_frontends = pytest.mark.parametrize("frontend", FRONTENDS)


@both_frontends
def test_a_destroy_with_a_refresh_leaves_nothing_that_it_says_it_deleted(
    harness: Harness, frontend: Frontend
) -> None:
    """`pulumi destroy --refresh`, which GitOps runs: exit 0, and Connect has neither deployment nor draft."""
    harness.program = draft(frontend)
    harness.up()

    harness.stack.destroy(refresh=True, on_output=harness.said.append, on_error=harness.said.append)

    dump: Any = harness.emulator.admin.dump()
    assert not live(harness.emulator)
    assert not dump["drafts"]
    assert not [urn for urn in harness.urns() if "Deployment" in urn]


@both_frontends
def test_an_up_with_a_refresh_removes_what_was_taken_out_of_the_program(
    harness: Harness, frontend: Frontend
) -> None:
    """`pulumi up --refresh`: the deployment goes, draft and publication stay."""
    harness.program = draft(frontend)
    harness.up()
    harness.program = draft(frontend, deployed=False)

    harness.stack.up(refresh=True, on_output=harness.said.append, on_error=harness.said.append)

    dump: Any = harness.emulator.admin.dump()
    assert not live(harness.emulator)
    assert len(dump["drafts"]) == 1
    assert not [urn for urn in harness.urns() if "Deployment" in urn]


@both_frontends
def test_a_refused_rename_that_continues_on_error_deletes_nothing(harness: Harness, frontend: Frontend) -> None:
    """An explicit key, no alias, one value changed: the error names the alias, and what was live still is.

    In the plugin the create is refused. A changed value beside it is deployed nevertheless: that is what
    continuing is for. The engine goes on to its deletes, and that of the old name is an error that names both.
    The check of a dynamic resource refuses, and that ends the run: nothing is deleted, and what is beside it may
    or may not be deployed. Written back, the old name has nothing to do.
    """
    open_shops(harness.emulator)
    harness.program = program(frontend, Greeter("old-name", key="greeter"), Greeter("other"))
    harness.up()
    before = live(harness.emulator)
    renamed = Greeter("new-name", key="greeter", shop="Emca")
    harness.program = program(frontend, renamed, Greeter("other", shop="Emca"))

    text = harness.fails(
        lambda: harness.stack.up(
            continue_on_error=True, on_output=harness.said.append, on_error=harness.said.append
        )
    )

    after = live(harness.emulator)
    kept = {identity: each for identity, each in before.items() if each.key == "greeter"}
    assert {identity: after.get(identity) for identity in kept} == kept, text
    (beside,) = [each.standard["service"]["SHOP_NAME"] for each in after.values() if each.key != "greeter"]
    assert any("new-name" in each and "add an alias for its old name" in each for each in errors_in(text)), text
    if frontend == "plugin":
        assert beside == "Emca"
        assert any("old-name" in each and "new-name" in each for each in errors_in(text)), text
    harness.program = program(frontend, Greeter("old-name", key="greeter"), Greeter("other", shop=beside))
    assert harness.stack.preview(on_output=harness.said.append).change_summary == {"same": 3}
