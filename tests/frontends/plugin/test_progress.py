"""Which deployment a rollout's message is about, where the program names no key."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from commercetools_connect.core.urns import Urn
from commercetools_connect.frontends.plugin.config import KeySource
from commercetools_connect.resources.keys import derive_key
from commercetools_connect.rollout.plan import plan_rollout
from commercetools_connect.rollout.progress import Question
from tests.unit.rollout.programs import rollout, target

ROLLOUT = Urn.parse("urn:pulumi:dev::acme::my:index:Shop$commercetools-connect:index:Rollout::release")
PARENTS = "my:index:Shop$commercetools-connect:index:Rollout"
NAMES = ("acme", "dev", "release-eu")
OWN = derive_key(*NAMES, parents=PARENTS, provider_id="p-1")
FORMER = derive_key(*NAMES)
ELSEWHERE = derive_key(*NAMES, parents=PARENTS, provider_id="p-2")
LONGER = derive_key("acme", "dev", "release-eu-2")


def choose(keys: list[str], provider_id: str) -> str | None:
    (wave,) = plan_rollout("release", rollout(target("eu"))).waves
    default_key = (
        str(KeySource(provider_id).derive(ROLLOUT.child(wave.targets[0].resource))) if provider_id else ""
    )
    question = Question(wave.targets[0], "acme", "dev", default_key)
    deployments: Any = [SimpleNamespace(key=key) for key in keys]
    found = question.choose(deployments)
    return found.key if found else None


@pytest.mark.parametrize(
    ("keys", "provider_id", "chosen"),
    [
        ([ELSEWHERE, OWN, "other"], "p-1", OWN),
        ([FORMER, LONGER], "p-1", FORMER),
        ([OWN, LONGER, ""], "", OWN),
        ([OWN, ELSEWHERE], "", None),
        ([FORMER, ELSEWHERE], "p-1", None),
        ([LONGER, "release-eu"], "p-1", None),
        ([], "p-1", None),
    ],
)
def test_it_is_the_targets_own_or_none(keys: list[str], provider_id: str, chosen: str | None) -> None:
    """The key that its provider derives; else the only one that looks like it; of two nothing can be reported."""
    assert choose(keys, provider_id) == chosen
