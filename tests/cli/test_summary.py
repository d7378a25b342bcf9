"""The summary says what a run of Pulumi did; text of the API cannot change its form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from commercetools_connect.cli.summary import LONGEST_DOCUMENT, annotation, markdown_table, step_output
from commercetools_connect.core.text import escape_untrusted
from tests.cli.stacks import Run
from tests.support.github_runner import commands_in
from tests.support.marks import SECRETS_MARK, SIGNATURE

ATTACKS = [
    "done\n::error::forged",
    "done\r::stop-commands::x",
    "done\r\n::set-env name=PATH::/tmp",
    "::add-mask::a",
    "  ::warning::b",
    "%0A::error::forged",
    "%250A%25",
    "a,file=/etc/passwd,line=1::b",
    "##[error]forged",
    "text ##[command]forged",
    "##vso[task.setvariable variable=x]y",
    "\x1b[31mred\x1b]0;title\x07",
    "a\u2028::error::b\u2029\u0085::error::c\x0b::error::d\x0c::error::e",
    "name=x<<EOF\nchanged=true\nEOF",
]
MARKUP = [
    "| a | b |\n| --- |",
    "</code><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[link](https://evil.example) ![x](https://evil.example/x.png)",
    "https://evil.example www.evil.example dev@evil.example",
    "@everyone #1 acme/shop#1 0123456789abcdef0123456789abcdef01234567",
    "`code` **bold** _em_ ~~x~~ \\| $x$ :tada: &lt;b&gt; &#60;",
    "# head\n- list\n> quote",
    "<!-- hidden",
]
TEXTS = st.one_of(st.sampled_from(ATTACKS + MARKUP), st.text(max_size=60))
URN = "urn:pulumi:dev::shop::commercetools-connect:index:Deployment::greeter"


@given(TEXTS, TEXTS)
def test_an_annotation_is_one_command_with_any_text_in_it(title: str, message: str) -> None:
    """The runner finds exactly the one that is meant, with the text that is meant."""
    (command,) = commands_in(f"{annotation('error', title, message)}\nnext")

    assert command.name == "error"
    assert command.properties == {"title": escape_untrusted(title, 120)}
    assert command.data == escape_untrusted(message, 2_000)


@given(TEXTS)
def test_an_output_is_one_line_with_any_text_in_it(text: str) -> None:
    written = step_output("deployments", [{"tag": text}])

    assert written.isascii()
    assert written.splitlines() == [written[:-1]]
    assert json.loads(written.partition("=")[2]) == [{"tag": text}]


@given(TEXTS)
def test_a_cell_shows_its_text_and_nothing_else(text: str) -> None:
    """Rendered, it is code in a cell: no link, picture, mention, tag or further cell."""
    rendered = (
        MarkdownIt("commonmark", {"html": True})
        .enable("table")
        .render(markdown_table(("a", "b"), [(text, "x")], 9_999))
    )
    row = BeautifulSoup(rendered, "html.parser").find("tbody")

    assert row is not None
    first, second = row.find_all("td")
    assert {each.name for each in row.find_all()} <= {"tr", "td", "code"}
    assert first.get_text() == escape_untrusted(text, 400).strip() or first.get_text() == escape_untrusted(
        text, 400
    )
    assert second.get_text() == "x"


def test_a_long_table_says_how_much_is_left_out() -> None:
    """GitHub refuses a comment that is too long as a whole."""
    written = markdown_table(("name",), [(f"target-{number}",) for number in range(20_000)], LONGEST_DOCUMENT)

    assert len(written) < LONGEST_DOCUMENT + 100
    shown = written.count("target")
    assert f"\n{20_000 - shown} more are left out.\n" in written


def write(path: Path, *events: dict[str, Any]) -> str:
    path.write_text("".join(json.dumps(each) + "\n" for each in events))
    return str(path)


def step(op: str, *, failed: bool = False, urn: str = URN, **more: Any) -> dict[str, Any]:
    metadata = {"op": op, "urn": urn, "type": "commercetools-connect:index:Deployment", **more}
    return {"resOpFailedEvent" if failed else "resOutputsEvent": {"metadata": metadata}}


def diagnostic(message: str, severity: str = "error", urn: str = URN) -> dict[str, Any]:
    return {"diagnosticEvent": {"urn": urn, "message": message, "severity": severity}}


def ended(result: str = "succeeded", *, preview: bool = False) -> dict[str, Any]:
    return {"summaryEvent": {"result": result, "isPreview": preview, "resourceChanges": {}}}


def exported(path: Path, report: list[dict[str, str]], **outputs: Any) -> str:
    outputs = {
        "projectKey": "acme-dev",
        "key": "greeter",
        "region": "europe-west1.gcp",
        "type": "sandbox",
        "connectorKey": "greeter",
        "deployedTag": "v1.0.0",
        "status": "Deployed",
        "report": report,
        **outputs,
    }
    resource = {"urn": URN, "type": "commercetools-connect:index:Deployment", "outputs": outputs}
    path.write_text(json.dumps({"version": 3, "deployment": {"resources": [resource]}}))
    return str(path)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Name the files that the runner names."""
    names = ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
    for name in names:
        monkeypatch.setenv(name, str(tmp_path / name))
    return {name: tmp_path / name for name in names}


def outputs(files: dict[str, Path]) -> dict[str, Any]:
    lines = files["GITHUB_OUTPUT"].read_text().splitlines()
    return {name: json.loads(value) for name, _, value in (line.partition("=") for line in lines)}


def test_a_preview_tells_what_would_change_and_no_value(run: Run, tmp_path: Path) -> None:
    events = write(
        tmp_path / "events",
        step("update", detailedDiff={"connectorTag": {"diffKind": "update"}}, new={"inputs": {"x": "c4n4ry"}}),
        step("same", urn="urn:pulumi:dev::shop::commercetools-connect:index:Deployment::other"),
        ended(preview=True),
    )

    said = run("summary", "--events", events, "--title", "prod").stdout

    assert said.startswith("### <code>prod</code>: 1 to change\n")
    assert (
        "| <code>update</code> | <code>Deployment</code> | <code>greeter</code> | <code>connectorTag</code> |"
        in said
    )
    assert "other" not in said
    assert "c4n4ry" not in said


def test_nothing_to_do_is_no_change(run: Run, tmp_path: Path, files: dict[str, Path]) -> None:
    """Where the machine has its plugins is not worth a word."""
    found = diagnostic("using pulumi-resource-commercetools-connect from $PATH", "warning", urn="")
    events = write(tmp_path / "events", found, step("same"), step("read"), ended())

    said = run("summary", "--events", events, "--state", exported(tmp_path / "state", []), "--github").stdout

    assert outputs(files)["changed"] is False
    assert outputs(files)["deployments"] == [
        {
            "project": "acme-dev",
            "deployment": "greeter",
            "region": "europe-west1.gcp",
            "type": "sandbox",
            "connector": "greeter",
            "tag": "v1.0.0",
            "status": "Deployed",
        }
    ]
    assert ": no changes\n" in files["GITHUB_STEP_SUMMARY"].read_text()
    assert "PATH" not in files["GITHUB_STEP_SUMMARY"].read_text()
    assert said == ""


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_report_is_shown_line_by_line_and_gives_no_orders(
    run: Run, tmp_path: Path, files: dict[str, Path], attack: str
) -> None:
    """Errors and warnings of the failed run; what the engine says about the same is not repeated."""
    report = [
        {"type": "Error", "title": attack, "application": "service"},
        {"type": "Warning", "title": "slow", "message": attack},
        {"type": "Information", "title": "built"},
    ]
    said_by_engine = f"1 error occurred:\n\t* deployment failed\n{attack}\nslow\n"
    events = write(
        tmp_path / "events",
        diagnostic(said_by_engine),
        step("update", failed=True),
        diagnostic("update failed\n", urn=""),
        ended("failed"),
    )

    said = run("summary", "--events", events, "--state", exported(tmp_path / "state", report), "--github").stdout

    found = [(each.name, each.properties["title"], each.data) for each in commands_in(said)]
    assert found == [
        ("error", "greeter", escape_untrusted(f"service: {attack}", 2_000)),
        ("warning", "greeter", escape_untrusted(f"slow: {attack}", 2_000)),
    ]
    assert len(outputs(files)) == 2
    assert outputs(files)["changed"] is True


@pytest.mark.usefixtures("files")
def test_a_warning_does_not_hide_an_error_without_a_resource(run: Run, tmp_path: Path) -> None:
    """Only the engine's last word is left out, and only where an error of a resource says more."""
    lines = [
        diagnostic("taken over", severity="warning"),
        diagnostic("policy pack crashed\n", urn=""),
        diagnostic("update failed\n", urn=""),
        ended("failed"),
    ]

    said = run("summary", "--events", write(tmp_path / "events", *lines), "--github").stdout

    assert [each.data for each in commands_in(said)] == ["policy pack crashed", "update failed", "taken over"]


def test_two_summaries_fit_into_one_comment(run: Run, tmp_path: Path) -> None:
    lines = [diagnostic(f"{number} {'long ' * 99}") for number in range(300)]

    written = run(
        "summary", "--events", write(tmp_path / "events", *lines, ended("failed")), "--limit", "30000"
    ).stdout

    assert "more are left out" in written
    assert 2 * len(written) < 65_536


def test_the_report_of_an_earlier_run_is_not_taken_for_this_ones(
    run: Run, tmp_path: Path, files: dict[str, Path]
) -> None:
    """A call that is refused now is reported; what failed last week is not."""
    events = write(tmp_path / "events", diagnostic("403 Forbidden"), step("update", failed=True), ended("failed"))
    report = [{"type": "Error", "title": "Health check failed"}]

    said = run("summary", "--events", events, "--state", exported(tmp_path / "state", report), "--github").stdout

    assert [each.data for each in commands_in(said)] == ["403 Forbidden"]
    assert files["GITHUB_OUTPUT"].exists()


def test_more_problems_than_github_shows_are_counted(run: Run, tmp_path: Path, files: dict[str, Path]) -> None:
    events = write(
        tmp_path / "events",
        *(diagnostic(f"problem {number}", urn=f"{URN}-{number}") for number in range(12)),
        ended("failed"),
    )

    said = run("summary", "--events", events, "--github").stdout

    found = commands_in(said)
    assert len(found) == 10
    assert (found[-1].properties["title"], found[-1].data) == ("3 more", "The job summary has all of them.")
    assert files["GITHUB_STEP_SUMMARY"].read_text().count("problem") == 12


def test_a_run_that_was_killed_is_not_called_a_success(run: Run, tmp_path: Path) -> None:
    """Its last line may be cut off; without any file nothing was run at all."""
    events = tmp_path / "events"
    write(events, step("create"))
    events.write_text(events.read_text() + '{"sequence": 7, "diagno')

    assert ": did not come to its end\n" in run("summary", "--events", str(events)).stdout
    assert ": did not come to its end\n" in run("summary", "--events", str(tmp_path / "none")).stdout


def test_violations_of_a_policy_are_reported_with_their_rule(run: Run, tmp_path: Path) -> None:
    violation = {
        "resourceUrn": URN,
        "message": "connectorTag is absent",
        "policyName": "production-names-its-tag",
        "enforcementLevel": "mandatory",
    }
    events = write(tmp_path / "events", {"policyEvent": violation}, ended("failed", preview=True))

    said = BeautifulSoup(run("summary", "--events", events).stdout, "html.parser").get_text()

    assert "| error | greeter | production-names-its-tag: connectorTag is absent |" in said


@pytest.mark.parametrize("empty", [True, False])
def test_a_state_that_could_not_be_exported_is_left_out(run: Run, tmp_path: Path, *, empty: bool) -> None:
    """`pulumi stack export > FILE` leaves an empty file when it fails; a job may also remove it."""
    state = tmp_path / "state"
    if empty:
        state.write_text("")

    said = run("summary", "--events", write(tmp_path / "events", ended()), "--state", str(state))

    assert said.exit_code == 0, said.output
    assert "no changes" in said.stdout


def test_secrets_of_the_state_are_never_read(run: Run, tmp_path: Path, files: dict[str, Path]) -> None:
    """What is secret in the state is not shown, wherever a program has put it."""
    mark = {SIGNATURE: SECRETS_MARK, "plaintext": '"c4n4ry-5ecret"'}
    state = exported(tmp_path / "state", [], key=mark, configurations={"service": {"k": "c4n4ry-5ecret"}})

    said = run("summary", "--events", write(tmp_path / "events", ended()), "--state", state, "--github")

    assert said.exit_code == 0, said.output
    written = said.output + "".join(path.read_text() for path in files.values())
    assert "acme-dev" in written
    assert "c4n4ry" not in written


@pytest.mark.parametrize(
    ("events", "state", "words"),
    [
        ('{"a": 1}\nnonsense\n{"a": 1}\n', "{}", "Line 2 of the events is not an event of Pulumi."),
        ("", "nonsense", "The state is not what `pulumi stack export` prints."),
    ],
)
def test_files_of_something_else_are_refused(
    run: Run, tmp_path: Path, events: str, state: str, words: str
) -> None:
    (tmp_path / "events").write_text(events)
    (tmp_path / "state").write_text(state)

    result = run("summary", "--events", str(tmp_path / "events"), "--state", str(tmp_path / "state"))

    assert result.exit_code == 1
    assert words in result.stderr


def test_outside_of_github_its_option_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)

    result = run("summary", "--events", write(tmp_path / "events", ended()), "--github")

    assert result.exit_code == 1
    assert "GITHUB_STEP_SUMMARY is not set." in result.stderr
