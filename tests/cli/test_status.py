"""One command reports what runs in many projects; its exit code says whether a user has to act."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from rich.console import Console
from typer.testing import Result

from commercetools_connect.cli.status import EstateRow, EstateVerdict, age_of, page_of, watch_rows
from commercetools_connect.emulator import ClientSpec
from tests.cli.stacks import Run
from tests.support.terminal import terminal
from tests.support.world import PROJECT, World

SECRET = "c4n4ry-5ecret"


@pytest.fixture
def estate(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Give a way to write the file; each further project has a client of its own."""

    def write(*others: str, **changes: Any) -> str:
        scopes = {PROJECT: f"manage_project:{PROJECT}", **{name: f"manage_project:{name}" for name in others}}
        world.emulator.admin.clients(
            [
                {"clientId": "demo-client", "clientSecret": "demo-secret", "scopes": [scopes[PROJECT]]},
                *(ClientSpec(clientId=name, clientSecret=SECRET, scopes=[scopes[name]]) for name in others),
            ]
        )
        entries: list[dict[str, Any]] = [{"projectKey": PROJECT, "connectUrl": world.emulator.url}]
        for name in others:
            prefix = name.upper().replace("-", "_")
            monkeypatch.setenv(f"{prefix}_CLIENT_ID", name)
            monkeypatch.setenv(f"{prefix}_CLIENT_SECRET", SECRET)
            entries.append({"projectKey": name, "connectUrl": world.emulator.url, "credentials": prefix})
        path = tmp_path / "estate.yaml"
        path.write_text(json.dumps([{**each, **changes} for each in entries]))
        return str(path)

    return write


def rows(result: Result) -> list[dict[str, str]]:
    return list(json.loads(result.stdout))


def test_an_estate_that_runs_what_is_published_is_fine(world: World, run: Run, estate: Callable[..., str]) -> None:
    world.deployed(key="api")

    result = run("status", "--projects", estate())

    assert result.exit_code == 0, result.output
    (line,) = [line for line in result.stdout.splitlines() if " api " in line]
    assert line.split()[:7] == [PROJECT, "api", "europe-west1.gcp", "Greeter", "v1.0.0", "v1.0.0", "Deployed"]
    assert result.stdout.splitlines()[-1] == "1 current"


def test_an_older_tag_than_the_published_one_is_behind(world: World, run: Run, estate: Callable[..., str]) -> None:
    staged, _ = world.published()
    world.create("Deployment", world.deployment_inputs(staged.id, key="api"))
    newer = {"url": "https://github.com/acme/demo-connector.git", "tag": "v1.1.0"}
    staged = world.up("ConnectorStaged", staged, world.staged_inputs(repository=newer))
    world.create("ConnectorPublication", world.publication_inputs(staged), name="again")

    result = run("status", "--projects", estate(), "--json")

    assert result.exit_code == 3
    (row,) = rows(result)
    assert (row["tag"], row["publishedTag"], row["verdict"]) == ("v1.0.0", "v1.1.0", "behind")


def test_a_failed_deployment_is_broken_and_shows_its_last_report_line(
    world: World, run: Run, estate: Callable[..., str]
) -> None:
    state = world.deployed(key="api")
    entry = {"type": "Error", "application": "service", "title": "Build\x1b[31m failed", "message": "exit code 1"}
    world.emulator.admin.patch(
        "deployments", str(state.outputs["deploymentId"]), {"status": "Failed", "report": [entry]}
    )

    result = run("status", "--projects", estate())

    assert result.exit_code == 4
    assert "broken" in result.stdout
    assert "service: Build" in result.stdout
    assert "exit code 1" in result.stdout
    assert "\x1b" not in result.stdout


def test_a_project_that_cannot_be_asked_hides_no_other(
    world: World, run: Run, estate: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.deployed(key="api")
    path = estate("acme-us")
    monkeypatch.setenv("ACME_US_CLIENT_SECRET", "wrong-c4n4ry")

    result = run("status", "--projects", path, "--json")

    assert result.exit_code == 1
    assert [(row["project"], row["verdict"]) for row in rows(result)] == [
        (PROJECT, "current"),
        ("acme-us", "unasked"),
    ]
    assert rows(result)[1]["message"]
    assert "c4n4ry" not in result.output


def test_each_project_is_asked_with_its_own_credentials(
    world: World, run: Run, estate: Callable[..., str]
) -> None:
    path = estate("acme-us", "acme-eu")
    world.emulator.admin.clear_journal()

    assert run("status", "--projects", path).exit_code == 0
    asked = {
        call["path"].split("/")[1]: call["client"]
        for call in world.emulator.admin.journal()
        if "deploy" in call["path"]
    }
    assert asked == {PROJECT: "demo-client", "acme-us": "acme-us", "acme-eu": "acme-eu"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"projctKey": "x"}, "projects[0].projctKey: unknown argument; did you mean projectKey?"),
        ({"credentials": "UNKNOWN"}, "projects[0]: UNKNOWN_CLIENT_ID and UNKNOWN_CLIENT_SECRET must be set"),
        ({"connectUrl": None}, "projects[0]: needs region, or connectUrl and authUrl"),
        ({"projectKey": "!"}, "projects[0].projectKey: must have 2 to 36 characters"),
    ],
)
def test_a_mistake_in_the_file_is_named(
    run: Run, estate: Callable[..., str], changes: dict[str, Any], said: str
) -> None:
    result = run("status", "--projects", estate(**changes))

    assert result.exit_code == 1
    assert said in result.stderr


@pytest.mark.parametrize(("content", "said"), [(None, "cannot be read"), ("{[", "neither YAML nor JSON")])
def test_a_file_that_is_none_is_reported(run: Run, tmp_path: Path, content: str | None, said: str) -> None:
    path = tmp_path / "estate.yaml"
    if content is not None:
        path.write_text(content)

    result = run("status", "--projects", str(path))

    assert result.exit_code == 1
    assert said in result.stderr


NOW = datetime(2026, 11, 20, 10, tzinfo=timezone.utc)


def a_row(**changes: Any) -> EstateRow:
    members = {
        "project": "acme-eu",
        "verdict": EstateVerdict.CURRENT,
        "deployment": "api",
        "key": "api",
        "id": "1",
    }
    more = {
        "connector": "Tax",
        "tag": "v1",
        "published_tag": "v1",
        "status": "Deployed",
        "region": "us-east-2.aws",
    }
    return EstateRow(**{**members, **more, **changes})


def test_key_id_and_age_of_a_deployment_are_shown(world: World, run: Run, estate: Callable[..., str]) -> None:
    state = world.deployed(key="api")
    created = (datetime.now(timezone.utc) - timedelta(hours=3, minutes=5)).timestamp()
    entry: Any = {"type": "Information", "title": "Deployment is done", "createdAt": created}
    world.emulator.admin.patch("deployments", str(state.outputs["deploymentId"]), {"report": [entry]})

    table, listed = run("status", "--projects", estate()), run("status", "--projects", estate(), "--json")

    (row,) = rows(listed)
    assert (row["key"], row["deployment"], row["id"]) == ("api", "api", state.outputs["deploymentId"])
    assert row["reportedAt"].startswith(f"{datetime.fromtimestamp(created, timezone.utc):%Y-%m-%dT%H:%M}")
    assert table.stdout.split()[:2] == ["project", "key"]
    (line,) = [line for line in table.stdout.splitlines() if " api " in line]
    assert line.split()[7:9] == ["3", "h"]


def test_a_project_that_cannot_be_asked_says_what_to_do(
    run: Run, estate: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = estate("acme-us")
    monkeypatch.setenv("ACME_US_CLIENT_SECRET", "wrong-c4n4ry")

    table, listed = run("status", "--projects", path), run("status", "--projects", path, "--json")

    assert "that the API client still exists" in rows(listed)[0]["remedy"]
    assert "that the API client still exists" in table.stdout


@pytest.mark.parametrize(
    ("moment", "age"),
    [
        ("2026-11-20T09:59:30.000Z", "30 s"),
        ("2026-11-20T09:00:00Z", "1 h"),
        ("2026-11-20T11:00:00+02:00", "1 h"),
        ("2026-11-01T09:00:00.000Z", "19 d"),
        ("2026-11-20T09:55:00", "5 min"),
        ("2026-11-20T10:00:05Z", "0 s"),
        ("", ""),
        ("yesterday", ""),
        ("0001-01-01T00:00:00+14:00", "739940 d"),
    ],
)
def test_an_age_is_written_in_its_largest_unit(moment: str, age: str) -> None:
    assert age_of(moment, NOW) == age


class TestPage:
    """`--html FILE`: projects and connectors, for people who would rather look than read."""

    def test_it_has_a_row_for_each_project_and_a_column_for_each_connector(self) -> None:
        reported = "2026-11-17T10:00:00.000Z"
        found = [
            a_row(reported_at=reported),
            a_row(connector="Mail", verdict=EstateVerdict.BEHIND, tag="v1", published_tag="v2", deployment="mail"),
            a_row(
                project="acme-us", verdict=EstateVerdict.BROKEN, status="Failed", message="service: Build failed"
            ),
            EstateRow("acme-au", EstateVerdict.UNASKED, message="HTTP 401", remedy="Check CTP_CLIENT_ID."),
        ]

        soup = BeautifulSoup(page_of(found, NOW), "html.parser")

        assert [each.get_text() for each in soup.select("thead th")] == ["project", "Mail", "Tax"]
        lines = {
            line.select("th")[0].get_text(): [" ".join(cell.get_text(" ").split()) for cell in line.select("td")]
            for line in soup.select("tbody tr")
        }
        mail, tax = lines["acme-eu"]
        assert mail.split()[:4] == ["v1", "behind", "Deployed,", "published"]
        assert tax.split() == ["v1", "current", "Deployed", "api,", "us-east-2.aws,", "3", "d", "ago"]
        assert lines["acme-us"][0] == ""
        assert "broken Failed" in lines["acme-us"][1]
        assert "service: Build failed" in lines["acme-us"][1]
        (unread,) = lines["acme-au"]
        assert unread.split() == ["not", "read", "HTTP", "401", "Check", "CTP_CLIENT_ID."]
        assert "1 current, 1 unasked, 1 behind, 1 broken" in soup.select("h1")[0].get_text()

    def test_text_of_connect_is_no_markup_and_nothing_is_loaded(self) -> None:
        nasty = "<script>alert(1)</script><img src=x>\x1b[31m"
        text = page_of([a_row(connector=nasty, tag=nasty, deployment=nasty, project=nasty)], NOW)
        soup = BeautifulSoup(text, "html.parser")

        assert not soup.select("script, img, link, a, iframe")
        assert "\x1b" not in text
        assert "://" not in text
        assert "alert(1)" in soup.get_text()

    def test_it_is_written_beside_the_table_and_holds_no_secret(
        self, world: World, run: Run, estate: Callable[..., str], tmp_path: Path
    ) -> None:
        state = world.deployed(key="api")
        entry = {"type": "Error", "application": "service", "title": f"used {SECRET}"}
        path = estate("acme-us")
        changes: Any = {"status": "Failed", "report": [entry]}
        world.emulator.admin.patch("deployments", str(state.outputs["deploymentId"]), changes)
        target = tmp_path / "status.html"

        result = run("status", "--projects", path, "--html", str(target))

        assert result.exit_code == 4
        assert " api " in result.stdout
        written = target.read_text()
        assert all(each in written for each in (PROJECT, "api", "used "))
        assert SECRET not in written + result.output
        assert [each.name for each in tmp_path.iterdir() if "status" in each.name] == ["status.html"]

    def test_a_file_that_cannot_be_written_is_an_error_in_words(
        self, run: Run, estate: Callable[..., str], tmp_path: Path
    ) -> None:
        result = run("status", "--projects", estate(), "--html", str(tmp_path / "none" / "status.html"))

        assert result.exit_code == 1
        assert "cannot be written: No such file or directory." in result.stderr
        assert "folder that exists" in result.stderr


class TestWatch:
    """`--watch`: the same table, again and again."""

    def test_it_needs_a_terminal(self, world: World, run: Run, estate: Callable[..., str]) -> None:
        path = estate()
        world.emulator.admin.clear_journal()

        result = run("status", "--projects", path, "--watch")

        assert result.exit_code == 2
        assert "needs a terminal" in result.stderr
        assert world.emulator.admin.journal() == []

    def test_each_look_shows_what_is_there_then_with_the_worst_first(self) -> None:
        looks = [
            [a_row(tag="v1")],
            [a_row(tag="v2"), a_row(deployment="mail", verdict=EstateVerdict.BROKEN, status="Failed")],
        ]
        shown = Console(file=io.StringIO(), force_terminal=True, width=150)

        async def look() -> list[EstateRow]:
            return looks.pop(0)

        async def pause() -> None:
            if not looks:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            asyncio.run(watch_rows(look, shown, 30.0, pause))

        assert isinstance(shown.file, io.StringIO)
        first, second = shown.file.getvalue().split("every 30 s")[1:3]
        assert "v1" in first
        assert second.index("mail") < second.index("api")

    def test_ctrl_c_ends_it_with_the_last_table_and_its_exit_code(
        self, world: World, estate: Callable[..., str], environment: dict[str, str]
    ) -> None:
        state = world.deployed(key="api")
        command = [sys.executable, "-m", "commercetools_connect.cli", "status", "--watch", "--projects", estate()]
        env = {**os.environ, **environment, "TERM": "xterm-256color"}

        with terminal([*command, "--interval", "5"], env=env, columns=180) as watching:
            watching.wait_for(lambda lines: any("Ctrl-C ends" in line for line in lines))
            world.emulator.admin.patch("deployments", str(state.outputs["deploymentId"]), {"status": "Failed"})
            watching.wait_for(lambda lines: any("broken" in line for line in lines))
            watching.interrupt()
            code = watching.end()

        assert code == 4
        assert watching.lines[-1] == "1 broken"
        assert "Traceback" not in "\n".join(watching.scrolled)
