"""`make audit` says that nothing is known only after it has asked about every locked version."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.supply.environments import tool

pytestmark = pytest.mark.long

LOCK = """
sound==1.0 \\
    --hash=sha256:00
old==1.0 ; python_full_version < '3.11' \\
    --hash=sha256:00
old==2.0 ; python_full_version >= '3.11' \\
    --hash=sha256:00
elsewhere==3.0 ; sys_platform == 'win32' \\
    --hash=sha256:00
"""
KNOWN = {
    "id": "OSV-1",
    "summary": "bad",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "old"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.5"}]}],
        }
    ],
}


class Database:
    """An OSV database that knows what a test says, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: set[tuple[str, str]] = set()
        self.known: dict[tuple[str, str], object] = {}
        self.status = 200
        database = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                pin = (query["package"]["name"], query["version"])
                database.asked.add(pin)
                found = database.known.get(pin)
                self.send_response(database.status)
                self.end_headers()
                self.wfile.write(json.dumps({"vulns": [found]} if found else {}).encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1/query"


@pytest.fixture
def database() -> Iterator[Database]:
    made = Database()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    file = tmp_path / "requirements.txt"
    file.write_text(LOCK)
    return file


def test_every_locked_version_is_looked_up(database: Database, lock: Path) -> None:
    """Also those that only another system or another Python installs."""
    done = tool("audit.py", "--osv-url", database.url, lock)

    assert done.returncode == 0, done.stderr
    assert done.stdout == "4 locked versions, no known vulnerability\n"
    assert database.asked == {("sound", "1.0"), ("old", "1.0"), ("old", "2.0"), ("elsewhere", "3.0")}


def test_a_known_vulnerability_is_reported_with_its_id_and_the_version_that_has_none(
    database: Database, lock: Path
) -> None:
    database.known["old", "1.0"] = KNOWN

    done = tool("audit.py", "--osv-url", database.url, lock)

    assert done.returncode == 1
    assert done.stderr == "old 1.0: OSV-1, fixed: 1.5\n"
    assert done.stdout == ""


def test_without_network_it_fails_and_says_that_nothing_was_audited(lock: Path) -> None:
    done = tool("audit.py", "--osv-url", "http://127.0.0.1:9/v1/query", lock)  # no server listens there

    assert done.returncode == 2
    assert done.stderr.startswith("not audited: http://127.0.0.1:9/v1/query could not be asked.")
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_database_that_cannot_answer_is_no_all_clear(database: Database, lock: Path) -> None:
    database.status = 503

    done = tool("audit.py", "--osv-url", database.url, lock)

    assert done.returncode == 2
    assert done.stderr.startswith("not audited: ")


def test_a_file_without_versions_is_no_all_clear(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("# nothing here\n")

    done = tool("audit.py", file)

    assert done.returncode == 1
    assert "no locked version" in done.stderr
