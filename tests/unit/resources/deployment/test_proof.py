"""A deployment is deleted for its replacement only with a complete proof."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from commercetools_connect.core.values import UNKNOWN
from commercetools_connect.resources.deployment.replacement import prove
from commercetools_connect.resources.session import Session
from tests.unit.resources.trees import DEPLOYMENT


@pytest.mark.parametrize("deleting", [False, True])
def test_what_is_not_known_is_to_come_in_a_diff_and_no_proof_right_before_the_delete(deleting: bool) -> None:
    desired = {**DEPLOYMENT, "region": UNKNOWN, "acceptUnprovenReplacement": True}

    proof = asyncio.run(prove(cast(Session, None), desired, "acme/d-1", "sandbox", deleting=deleting))

    assert (bool(proof.failures), bool(proof.pending)) == (deleting, not deleting)
