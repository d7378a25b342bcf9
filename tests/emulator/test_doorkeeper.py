"""An emulator answers only under its own names, holds no endless body, and cannot be broken from its controls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from commercetools_connect.emulator import AdminError, Emulator
from tests.emulator.conftest import TLS

PATHS = [
    ("GET", "/connectors/drafts"),
    ("GET", "/acme-dev/deployments"),
    ("POST", "/oauth/token"),
    ("POST", "/oauth/introspect"),
    ("GET", "/nowhere"),
    ("GET", "/__admin/"),
    ("GET", "/__admin/dump"),
    ("PUT", "/__admin/settings"),
]
OTHER_HOSTS = [
    "evil.example", "localhost.evil.example:8085", "127.0.0.1.evil.example", "[::1", "emulator:8085",
    "printer.local", "host.docker.internal", "0x7f.1",
]  # fmt: skip
OWN = ["localhost:8085", "LOCALHOST", "app.localhost", "127.0.0.1", "[::1]:8085", "192.168.1.7:80"]


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("host", OTHER_HOSTS)
def test_a_name_that_is_not_its_own_reaches_nothing_on_any_path(
    api: Any, method: str, path: str, host: str
) -> None:
    """A site can let its own name mean 127.0.0.1 (DNS rebinding); the browser then still says that name."""
    answer = api.http.request(method, path, headers={"host": host})
    assert (answer.status_code, answer.json()["statusCode"]) == (403, 403)
    assert "--allow-host " in answer.json()["message"]
    assert "acme" not in answer.text


@pytest.mark.parametrize("host", OWN)
def test_addresses_and_localhost_are_its_own_names(api: Any, host: str) -> None:
    for path in ("/connectors/drafts", "/__admin/settings"):
        assert api.http.get(path, headers={"host": host}).status_code == 200


def test_the_refusal_names_the_option_that_lets_the_name_in(api: Any) -> None:
    reported = api.http.get("/connectors/drafts", headers={"host": "Emulator:8085"}).json()["message"]
    assert reported.endswith("start it with --allow-host emulator.")


@pytest.fixture(scope="module")
def allowing() -> Iterator[Emulator]:
    with Emulator(allow_hosts=["emulator", "*.Local"]) as emulator:
        yield emulator


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("emulator:8085", 200), ("EMULATOR", 200), ("mac.local", 200), ("localhost", 200),
        ("other", 403), ("local", 403), ("deep.mac.local", 403), ("emulator.evil.example", 403),
    ],
)  # fmt: skip
def test_a_name_that_was_asked_for_works(allowing: Emulator, host: str, status: int) -> None:
    with httpx.Client(base_url=allowing.url, trust_env=False, verify=TLS) as client:
        assert client.get("/__admin/settings", headers={"host": host}).status_code == status


def test_a_body_that_is_too_large_is_refused_and_the_next_call_works(api: Any) -> None:
    big = b" " * (11 * 1024 * 1024)
    answer = api.http.post("/connectors/drafts", content=big, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["statusCode"]) == (413, 413)
    assert "10 MiB" in answer.json()["message"]
    api.create_connector_staged()


def test_a_body_without_a_length_is_bounded_too(api: Any) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(11):
            yield b" " * 1024 * 1024

    assert api.http.post("/connectors/drafts", content=parts()).status_code == 413


@pytest.mark.parametrize("seconds", [1e300, 1e308, 1e11])
@pytest.mark.parametrize("mode", ["manual", "real"])
def test_the_clock_cannot_be_moved_to_where_no_time_can_be_written(api: Any, seconds: float, mode: str) -> None:
    api.published()
    api.admin.settings(clock=mode)
    with pytest.raises(AdminError, match="advance: the clock ends with the year 2199"):
        api.admin.advance(seconds)
    assert api.deploy(key="later")["status"] == "Deployed"


def test_many_small_steps_do_not_break_the_clock_either(api: Any) -> None:
    api.published()
    for _ in range(5):
        api.admin.advance(1e9)
    with pytest.raises(AdminError):
        api.admin.advance(1e9)
    api.log_in()
    api.publish()
    assert api.start()["status"] == "Queued"


@pytest.mark.parametrize(
    "settings",
    [
        {"delays": {"deploying": 1e300}},
        {"tokenLifetime": 1e300},
        {"latency": 1e300},
        {"rateLimit": 1e-320},
    ],
)
def test_a_setting_that_would_break_later_calls_is_refused(api: Any, settings: Any) -> None:
    with pytest.raises(AdminError):
        api.admin.settings(**settings)


def test_a_moment_that_cannot_be_written_is_refused_wherever_it_comes_from(api: Any) -> None:
    api.published()
    api.deploy()
    entry = {"type": "Error", "title": "Late", "createdAt": 1e300}
    with pytest.raises(AdminError, match="createdAt"):
        api.admin.patch("deployments", "tax", {"report": [entry]})
    with pytest.raises(AdminError, match="timestamp"):
        api.admin.log("acme-dev", "tax", [{"applicationName": "service", "message": "m", "timestamp": 1e300}])
    dump = api.admin.dump()
    dump["clock"]["now"] = 1e300
    with pytest.raises(AdminError, match="clock"):
        api.admin.load(dump)
    assert api.deployment()["status"] == "Deployed"
