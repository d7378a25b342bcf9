"""Hundreds of objects: what a look, a step of the clock and a long life cost."""

from __future__ import annotations

from dataclasses import dataclass

from commercetools_connect.emulator.cache import IdentityCache
from commercetools_connect.emulator.collection import Collection
from commercetools_connect.emulator.journal import Journal, JournalEntry
from commercetools_connect.emulator.settings import Settings


@dataclass(frozen=True)
class Thing:
    id: str
    due_at: float | None = None
    key: str | None = None


def entry(number: int) -> JournalEntry:
    return {
        "time": "2026-01-01T00:00:00.000Z", "method": "GET", "path": f"/{number}", "query": "", "status": 200,
        "duration": 0.0, "client": None,
    }  # fmt: skip


def test_a_step_of_the_clock_touches_only_what_is_due_in_the_order_of_time() -> None:
    things: Collection[Thing] = Collection()
    for number in range(1000):
        things.put(Thing(f"t{number}", due_at=2000.0 - number), 0)
    things.put(Thing("stuck"), 0)
    assert [each.id for each in things.due(1003)] == ["t999", "t998", "t997"]
    assert list(things.due(1003)) == []


def test_an_object_that_changed_in_between_is_due_at_its_new_time_only() -> None:
    things: Collection[Thing] = Collection()
    for due_at in (1.0, 5.0, 3.0):
        things.put(Thing("a", due_at), 0)
    things.put(Thing("b", 1.0), 0)
    things.remove("b", 0)
    assert list(things.due(2)) == []
    assert list(things.due(9)) == [Thing("a", 3.0)]


def test_a_list_renders_only_what_changed() -> None:
    rendered: list[str] = []

    def render(thing: Thing, _settings: Settings) -> str:
        rendered.append(thing.id)
        return thing.id

    cache, settings = IdentityCache(render), Settings()
    things = [Thing(f"t{number}") for number in range(500)]
    for _ in range(3):
        assert [cache(each, settings) for each in things] == [each.id for each in things]
    assert len(rendered) == 500
    cache(Thing("t0"), settings)
    cache(things[0], Settings())
    assert len(rendered) == 502


def test_a_memo_forgets_the_oldest() -> None:
    cache: IdentityCache[Thing, Settings, list[str]] = IdentityCache(lambda thing, _: [thing.id])
    settings = Settings()
    first = Thing("first")
    kept = cache(first, settings)
    assert cache(first, settings) is kept
    for number in range(5000):
        cache(Thing(str(number)), settings)
    assert cache(first, settings) is not kept


def test_stale_reads_see_the_last_thousand_removed_objects_and_no_more() -> None:
    things: Collection[Thing] = Collection()
    for number in range(1500):
        things.put(Thing(f"t{number}"), 1)
        things.remove(f"t{number}", 2)
    assert len(things.all(at=1)) == 1000
    assert things.all(at=1)[-1].id == "t1499"
    assert things.all() == []


def test_the_journal_keeps_the_last_hundred_thousand_calls() -> None:
    journal = Journal()
    for number in range(100_010):
        journal.add(entry(number), journal.clearings)
    assert len(journal.entries()) == 100_000
    assert [each["path"] for each in journal.last(2)] == ["/100009", "/100008"]
