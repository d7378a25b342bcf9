"""The emulator judges a connect.yaml as Connect does: recorded verdicts, derived ones, files made to harm."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from commercetools_connect.emulator import Emulator
from commercetools_connect.emulator.connect_yaml import InvalidConnectYamlError, parse
from tests.emulator import connect_yaml_verdicts as derived

RECORDED = Path(__file__).parent / "connect_yaml_cases"
VERDICTS: dict[str, str] = json.loads((RECORDED / "verdicts.json").read_text(encoding="utf-8"))
"""What npm `@commercetools-connect/specification` 0.0.16 says of each file (API §13, §22)."""

URL = "https://example.com/acme/connector"
SERVICE = derived.SERVICE
SECONDS = 20


def decoded(content: str | bytes) -> str:
    """Read a file as the vendor does: as UTF-8, with U+FFFD for what is none."""
    return content if isinstance(content, str) else content.decode("utf-8", "replace")


def recorded(name: str) -> str:
    return decoded((RECORDED / name).read_bytes())


def problems(text: str) -> list[str]:
    """Return why a file is refused; empty if it is accepted."""
    try:
        parse(text)
    except InvalidConnectYamlError as error:
        return error.problems
    return []


def test_there_are_enough_cases() -> None:
    assert len(VERDICTS) == 100
    assert len({each.name for each in derived.CASES}) == len(derived.CASES) >= 300
    assert set(derived.CORRECTED) <= {each.name for each in derived.CASES}


@pytest.mark.parametrize("name", VERDICTS)
def test_a_recorded_file_has_the_verdict_of_the_vendors_parser(name: str) -> None:
    found = problems(recorded(name))

    assert ("refused" if found else "accepted") == VERDICTS[name], found


@pytest.mark.parametrize("case", derived.CASES, ids=lambda case: case.name)
def test_a_file_has_the_verdict_that_the_documented_rules_give_it(case: derived.Case) -> None:
    found = problems(decoded(case.text))

    assert (not found) == case.accepted, found
    assert all(each.startswith("[") and "]: " in each and each.isprintable() for each in found)


def test_each_refused_file_says_path_and_reason_when_it_is_seeded(emulator: Emulator) -> None:
    """The control call takes all of them, and warns of those that Connect refuses."""
    texts = {name: recorded(name) for name in VERDICTS} | {each.name: decoded(each.text) for each in derived.CASES}

    answer = emulator.admin.repositories(
        [{"url": URL, "tag": name, "connectYaml": text} for name, text in texts.items()]
    )

    warned = {each["tag"]: each["warnings"] for each in answer if "warnings" in each}
    assert warned == {name: found for name, text in texts.items() if (found := problems(text))}
    assert [each["tag"] for each in answer] == list(texts)


HARMFUL = {
    "ten megabytes": (
        SERVICE + "#" * 10_000_000,
        "[connect.yaml]: not valid YAML: the file has 10000080 characters",
    ),
    "ten megabytes of brackets": (
        "[" * 10_000_000,
        "[connect.yaml]: not valid YAML: the file has 10000000 characters",
    ),
    "brackets": ("deployAs: " + "[" * 50_000, "[connect.yaml]: not valid YAML: more than 64 levels are nested"),
    "nested blocks": ("- " * 50_000, "[connect.yaml]: not valid YAML: more than 64 levels are nested"),
    "nested aliases": (derived.LAUGHS, "[connect.yaml]: not valid YAML: the anchor a4 is used too often"),
    "an alias to itself": (
        "deployAs: &a [*a]",
        "[connect.yaml]: not valid YAML: the alias a has no anchor, line 1, column 15",
    ),
    "one alias a hundred times": (
        "a: &a x\nb:\n" + "- *a\n" * 100,
        "[connect.yaml]: not valid YAML: the anchor a is used too often, line 102, column 3",
    ),
    "thousands of mistakes": (
        "deployAs:\n" + "  -\n" * 5_000,
        "[deployAs.0]: expected an object, found null; an empty value is null: remove it or give it a value",
    ),
    "a digit that is none": ('deployAs: "\\UFFFFFFFF"', "[connect.yaml]: not valid YAML: it cannot be read"),
    "a number with a million digits": (
        "deployAs: " + "9" * 90_000,
        "[deployAs]: expected an array, found a number",
    ),
    "a hexadecimal number": ("deployAs: 0x" + "9" * 90_000, "[deployAs]: expected an array, found a number"),
    "a schedule that never ends": (
        derived.schedule("1," * 40_000),
        "[deployAs.0.properties.schedule]: must be a schedule",
    ),
    "half a character": ("\ud800: x", "[connect.yaml]: unrecognized member(s): \ufffd"),
    "a duplicate key with line ends": (
        '"a\\n\\e[2J": 1\n"a\\n\\e[2J": 1\n',
        "[connect.yaml]: not valid YAML: the key a\ufffd\ufffd[2J appears more than once, line 2, column 1",
    ),
}


@pytest.mark.parametrize(("text", "reason"), HARMFUL.values(), ids=HARMFUL.keys())
def test_a_file_that_is_made_to_harm_is_refused_with_its_reason(text: str, reason: str) -> None:
    """In bounded time, and with few lines."""
    before = time.process_time()

    found = problems(text)

    assert time.process_time() - before < SECONDS
    assert found[0].startswith(reason)
    assert len(found) <= 51
    assert len("\n".join(found)) < 10_000


def test_two_escapes_that_make_one_character_do_so() -> None:
    """As in JSON; half of one would break every answer that shows it."""
    (service,) = parse(derived.default('"\\ud83d\\ude80 \\ud83d"')).applications

    assert service.keys.standard[0].default == "\U0001f680 \ufffd"


def test_numbers_may_be_written_in_every_form_of_yaml() -> None:
    policy = "{strategy: exponential-backoff, minBackoffSeconds: 0x0A, maxBackoffSeconds: 6e1, maxAttempts: 0o17}"
    (event,) = parse(derived.retry(policy)).applications

    assert event.retry_policy is not None
    assert event.retry_policy.model_dump() == {
        "strategy": "exponential-backoff",
        "min_backoff_seconds": 10,
        "max_backoff_seconds": 60,
        "max_attempts": 15,
    }


def test_a_refused_file_is_named_in_the_report_and_on_the_page(api: Any) -> None:
    text = f"{SERVICE}    configuration:\n      securedConfiguration:\n"
    (answer,) = api.admin.repositories([{"url": URL, "tag": "v1", "connectYaml": text}])
    api.create_connector_staged(repository={"url": URL, "tag": "v1"})

    (entry,) = api.preview()["previewableReport"]["entries"]

    reason = "[deployAs.0.configuration.securedConfiguration]: expected an array, found null"
    assert entry["message"].startswith(reason)
    assert answer["warnings"][0].startswith(reason)
    page = api.http.get("/__admin/").text
    assert "Refused connect.yaml files" in page
    assert page.count(reason) == 2


def test_a_page_without_refused_files_does_not_speak_of_them(api: Any) -> None:
    api.admin.repositories([{"url": URL, "tag": "v1", "connectYaml": SERVICE}])

    assert "Refused connect.yaml files" not in api.http.get("/__admin/").text


def test_half_a_character_in_a_control_call_breaks_no_answer(api: Any) -> None:
    body = b'[{"url": "u", "tag": "t", "connectYaml": "\\ud800: x"}]'
    api.http.put("/__admin/repositories", content=body)

    assert api.http.get("/__admin/dump").status_code == 200
    assert api.http.get("/__admin/").status_code == 200
