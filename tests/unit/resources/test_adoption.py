"""An object that exists already is taken over only when that is safe or asked for."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from commercetools_connect.contract.errors import ConflictError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.paths import Path
from commercetools_connect.contract.results import Change
from commercetools_connect.resources.adoption import may_take_over

OPERATION = Operation("tax", derived_key="derived-key")
DIFFERENCES: dict[Path, Change] = {("region",): Change.UPDATE, ("configurations", "a b"): Change.ADD}


@dataclass(frozen=True)
class Asked:
    key: str = "my-key"
    adopt: bool = False


@pytest.mark.parametrize(
    ("asked", "differences"),
    [(Asked("derived-key"), DIFFERENCES), (Asked(adopt=True), DIFFERENCES), (Asked(), {})],
    ids=["an interrupted run left it", "the program asks for it", "nothing would change"],
)
def test_it_is_taken_over(asked: Asked, differences: dict[Path, Change]) -> None:
    may_take_over(OPERATION, "Deployment my-key", asked, differences)


def test_otherwise_the_error_names_object_differences_and_both_ways_out() -> None:
    with pytest.raises(ConflictError) as caught:
        may_take_over(OPERATION, "Deployment my-key (d-1)", Asked(), DIFFERENCES)
    assert caught.value.message == (
        'Deployment my-key (d-1) already exists and differs from the program in: configurations["a b"], region.'
    )
    assert "adopt" in caught.value.remedy
    assert "another key" in caught.value.remedy
