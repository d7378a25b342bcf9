"""The page `/__admin/`: what a person sees and can do, and what another site cannot."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from bs4 import BeautifulSoup
from bs4.element import Tag
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.emulator import Emulator
from commercetools_connect.emulator.ui.text import visible

from .conftest import TLS

PAGE = "/__admin/"
FORM = {"content-type": "application/x-www-form-urlencoded"}
NASTY = '<script>alert("x")</script>\x1b[31m\u202eexe\x00'


class Page:
    """A person without a browser: reads the page and sends its forms."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, trust_env=False, timeout=60, verify=TLS, follow_redirects=True)
        self.soup = BeautifulSoup()
        self.address = self.http.base_url

    def look(self, query: str = "") -> BeautifulSoup:
        return self._read(self.http.get(f"{PAGE}{query}"))

    def _read(self, response: httpx.Response, status: int = 200) -> BeautifulSoup:
        assert response.status_code == status, response.text
        self.soup = BeautifulSoup(response.text, "html.parser")
        self.address = response.url
        return self.soup

    def section(self, name: str) -> Tag:
        found = self.soup.find("section", attrs={"aria-labelledby": name})
        assert isinstance(found, Tag)
        return found

    def says(self, name: str) -> str:
        return " ".join(self.section(name).get_text(" ").split())

    def submit(self, button: str, status: int = 200, **fields: str) -> BeautifulSoup:
        """Press a button, with the form filled in as a browser would send it."""
        pressed = self.soup.find(
            lambda tag: tag.name == "button" and button in {tag.get_text(strip=True), tag.get("aria-label")}
        )
        assert isinstance(pressed, Tag), button
        form = pressed.find_parent("form")
        assert isinstance(form, Tag)
        assert fields.keys() <= {str(each["name"]) for each in form.select("[name]")}
        sent = {**filled_in(form), **fields}
        if pressed.get("name"):
            sent[str(pressed["name"])] = str(pressed["value"])
        return self._read(self.http.post(self.address.join(str(form["action"])), data=sent), status)


def filled_in(form: Tag) -> dict[str, str]:
    values = {str(each["name"]): str(each.get("value", "")) for each in form.find_all("input")}
    for select in form.find_all("select"):
        options = select.find_all("option")
        chosen = next((each for each in options if each.has_attr("selected")), options[0])
        values[str(select["name"])] = str(chosen.get("value", chosen.get_text(strip=True)))
    return values


@pytest.fixture
def page(emulator: Emulator) -> Iterator[Page]:
    page = Page(emulator.url)
    with closing(page.http):
        yield page


def test_an_empty_emulator_says_so(page: Page) -> None:
    page.look()
    assert "None yet." in page.says("deployments")
    assert "No calls yet." in page.says("calls")
    assert "acme-dev 0 drafts, 0 Deployments dev" in page.says("projects")


def test_a_check_that_was_skipped_is_no_error_beside_a_healthy_connector(api: Any, page: Page) -> None:
    """The real reports call it one (API §8.1); a publication that failed still shows its own."""
    api.published()
    page.look()
    assert "Connector runtime security check skipped" in page.says("connectors")
    assert not page.section("connectors").select(".badge.bad")
    api.admin.outcome("publish", "acme-tax", "failure")
    api.set_tag("v2")
    api.publish()
    page.look()
    assert [each.text for each in page.section("connectors").select(".badge.bad")] == ["Failed", "Error"]


def test_a_look_shows_what_is_there(api: Any, page: Page) -> None:
    api.published()
    api.admin.outcome("deploy", "tax", "warning")
    api.deploy()
    api.start(key="tax-us", region="us-central1.gcp")
    api.refused("GET", "/connectors/drafts/key=unknown")
    api.admin.outcome("publish", "acme-*", "failure", times=3)
    api.admin.fault({"status": 503, "retryAfter": 2}, method="POST", path="/*/deployments", times=2)
    page.look()
    assert "acme-dev 1 draft, 2 Deployments dev" in page.says("projects")
    newest, oldest = page.section("deployments").select("tbody tr")
    assert "tax-us" in newest.text
    assert "Queued" in newest.text
    for words in ("tax", "Deployed", "version 2", "v1", "acme-tax", "Warning", "'postDeploy' script", "(service)"):
        assert words in oldest.text
    for words in ("acme-tax", "Published", "version 3, private", "last of 5"):
        assert words in page.says("connectors")
    assert "publish of acme-* : failure , 3 times" in page.says("outcome")
    assert "POST /*/deployments : status 503, retryAfter 2 , 2 times, armed after 0 hits" in page.says("fault")
    assert "404 GET /connectors/drafts/key=unknown dev" in page.says("calls")


def test_a_look_changes_nothing_and_is_no_call(api: Any, page: Page) -> None:
    api.admin.clear_journal()
    before = api.admin.dump()
    page.look()
    assert page.http.get("/__admin").url.path == PAGE
    assert api.admin.dump() == before
    assert api.admin.journal() == []


def test_a_person_scripts_an_outcome(api: Any, page: Page) -> None:
    api.published()
    page.look()
    after = page.submit("Script it", key="tax", outcome="failure", times="2")
    assert "The outcome is scripted." in after.text
    assert "deploy of tax : failure , 2 times" in page.says("outcome")
    assert api.deploy()["status"] == "Failed"
    page.look()
    page.submit("Remove the outcome failure of tax")
    assert "None: every run succeeds." in page.says("outcome")
    assert api.redeploy()["status"] == "Deployed"


def test_a_person_steps_and_stops_the_clock(api: Any, page: Page) -> None:
    api.admin.settings(delays={"queued": 60, "deploying": 60})
    api.published()
    api.start()
    page.look()
    page.submit("Step", seconds="61.5")
    assert "Deploying" in page.says("deployments")
    page.submit("Step by 1 min")
    assert "Deployed" in page.says("deployments")
    page.submit("Let it run")
    assert api.admin.settings()["clock"] == "real"
    page.submit("Stop it")
    assert api.admin.settings()["clock"] == "manual"


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"kind": "status", "value": "503"}, {"status": 503}),
        ({"kind": "status-after", "value": "500"}, {"status": 500, "when": "after"}),
        ({"kind": "html"}, {"html": True}),
        ({"kind": "drop-before"}, {"drop": "before"}),
        ({"kind": "drop-after"}, {"drop": "after"}),
        ({"kind": "truncate"}, {"truncate": True}),
        ({"kind": "slow", "value": "0.5"}, {"slow": 0.5}),
        ({"kind": "stale", "value": "60"}, {"stale": 60.0}),
        ({"kind": "garbage", "value": "7"}, {"garbage": 7}),
    ],
)
def test_a_person_arms_each_kind_of_fault(page: Page, emulator: Emulator, fields: Any, fault: Any) -> None:
    page.look()
    page.submit("Arm it", method="GET", path="/connectors/*", times="3", skip="1", **fields)
    (armed,) = page.http.get("/__admin/faults").json()
    assert armed["rule"] == {"method": "GET", "path": "/connectors/*", "skip": 1, "times": 3, "fault": fault}
    assert len(page.section("fault").select("li")) == 1
    remove = page.section("fault").select_one("li button")
    assert remove is not None
    page.submit(str(remove["aria-label"]))
    assert emulator.admin.dump()["faults"] == []


@pytest.mark.parametrize(
    ("button", "fields", "reason"),
    [
        ("Step", {"seconds": "soon"}, "seconds: a number is needed"),
        ("Step", {"seconds": "-1"}, "seconds: more than 0"),
        ("Step", {"seconds": "nan"}, "seconds: more than 0"),
        ("Step", {"seconds": "1e300"}, "seconds: more than 0"),
        ("Script it", {"key": ""}, "key:"),
        ("Script it", {"key": "a", "times": "0"}, "times:"),
        ("Script it", {"key": "a", "times": "many"}, "times: a whole number"),
        ("Script it", {"key": "a", "outcome": "cancelled"}, "only a preview can be cancelled"),
        ("Arm it", {"kind": "status", "value": "99"}, "fault.status:"),
        ("Arm it", {"kind": "slow", "value": ""}, "value: a number is needed here (seconds)"),
        ("Arm it", {"kind": "earthquake"}, "kind: choose one"),
    ],
)
def test_what_cannot_be_is_said_beside_its_form_which_stays_filled_in(
    page: Page, emulator: Emulator, button: str, fields: dict[str, str], reason: str
) -> None:
    before = emulator.admin.dump()
    page.look()
    page.submit(button, 400, **fields)
    alert = page.soup.select_one("[role=alert]")
    assert isinstance(alert, Tag)
    assert reason in alert.text
    form = alert.find_parent("section")
    assert isinstance(form, Tag)
    kept = {str(each["name"]): str(each["value"]) for each in form.select("form input[value]")}
    assert {name: text for name, text in fields.items() if name in kept}.items() <= kept.items()
    assert emulator.admin.dump() == before
    assert page.http.get(page.address).url.path == PAGE
    page.submit("Script it", key="right", times="1", outcome="failure")
    assert "right" in page.says("outcome")


def test_a_form_sent_twice_by_reload_is_not_done_twice(page: Page) -> None:
    """A post is answered by a redirect, so what a browser reloads is the look."""
    page.http.follow_redirects = False
    answer = page.http.post(
        "/__admin/page/outcome", data={"lifecycle": "deploy", "key": "a", "outcome": "failure"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "../?done=outcome#outcome")


def test_what_another_person_removed_is_gone_already(page: Page) -> None:
    answer = page.http.post("/__admin/page/fault-removed", data={"mark": "nothing"})
    assert "It was gone already." in answer.text


def test_foreign_text_is_text_and_what_is_unseen_is_spelled_out(api: Any, page: Page) -> None:
    api.create_connector_staged(name=NASTY)
    api.publish()
    api.deploy()
    api.admin.patch("deployments", "tax", {"report": [{"type": "Error", "title": NASTY, "message": NASTY}]})
    api.admin.outcome("deploy", NASTY, "failure")
    api.admin.fault({"status": 500}, path=NASTY)
    api.http.get("/<script>alert(1)</script>")
    page.look("?q=&done=<script>")
    assert page.soup.find_all(["script", "img", "iframe"]) == []
    for section in ("deployments", "connectors", "outcome", "fault"):
        assert '<script>alert("x")</script>\\x1b[31m\\u202eexe\\x00' in page.says(section), section
    assert not {"\x1b", "\u202e", "\x00"} & set(page.http.get(PAGE).text)
    page.submit("Script it", 400, key=NASTY, times="x")
    assert page.soup.find_all("script") == []


@given(st.text())
def test_every_text_becomes_visible(text: str) -> None:
    shown = visible(text)
    assert isinstance(shown, str)
    assert all(each.isprintable() or each in "\n\t" or unicodedata.category(each) == "Zs" for each in shown)
    assert visible(shown) == shown


def test_no_secret_is_ever_on_the_page(api: Any, page: Page) -> None:
    """That a secured value is set is shown; the value, client secrets, tokens and scripted bodies are not."""
    canary = "canary-7f3a"
    api.admin.clients([{"clientId": "dev", "clientSecret": f"dev-{canary}", "scopes": "manage_project:acme-dev"}])
    token = api.http.post(
        "/oauth/token", auth=("dev", f"dev-{canary}"), data={"grant_type": "client_credentials"}
    ).json()["access_token"]
    api.http.headers["authorization"] = f"Bearer {token}"
    api.published()
    values = {
        "applicationName": "service",
        "standardConfiguration": [{"key": "COUNTRY", "value": "Utopia"}],
        "securedConfiguration": [{"key": "TAX_API_KEY", "value": canary}],
    }
    api.deploy(configurations=[values])
    api.admin.fault({"status": 400, "body": {"secret": canary}}, path="/nowhere")
    api.admin.fault({"html": f"<p>{canary}</p>"}, path="/nowhere")
    page.look()
    text = str(page.soup)
    assert canary not in text
    assert token not in text
    details = page.section("deployments").select_one("details")
    assert details
    configuration = " ".join(details.get_text(" ").split())
    assert "COUNTRY Utopia" in configuration
    assert "TAX_API_KEY set, secured" in configuration


def test_a_search_narrows_what_is_shown(api: Any, page: Page) -> None:
    api.published()
    for number in range(3):
        api.start(key=f"tax-{number}", region="us-central1.gcp" if number else "europe-west1.gcp")
    page.look("?q=US-CENTRAL1+queued")
    assert [each.text.split()[0] for each in page.section("deployments").select("tbody th")] == ["tax-2", "tax-1"]
    assert "2 of 3" in page.says("deployments")
    assert "Nothing says that." in page.says("connectors")
    page.look("?q=unknown")
    assert "Nothing says that." in page.says("deployments")


def test_of_hundreds_the_newest_hundred_are_shown(api: Any, page: Page) -> None:
    api.published()
    for number in range(102):
        api.start(key=f"tax-{number}")
    page.look()
    rows = [each.text.split()[0] for each in page.section("deployments").select("tbody th")]
    assert (len(rows), rows[0], rows[-1]) == (100, "tax-101", "tax-2")
    assert "the 100 newest of 102" in page.says("deployments")


def test_a_connector_whose_draft_is_gone_is_still_shown(api: Any, page: Page) -> None:
    api.published()
    api.admin.delete("drafts", "acme-tax")
    page.look()
    assert "draft deleted" in page.says("connectors")


def test_the_page_asks_nothing_of_the_network_and_runs_no_script(page: Page) -> None:
    response = page.http.get(PAGE)
    page.look()
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"
    (style,) = page.soup.select("link[href]")
    assert style["href"] == "page/style.css"
    assert page.http.get("/__admin/page/style.css").headers["content-type"].startswith("text/css")
    assert page.soup.find_all(["script", "img"]) + page.soup.select("[style], [onclick]") == []
    addresses = [str(each.get("href", each.get("action"))) for each in page.soup.select("[href], [action]")]
    assert not [each for each in addresses if ":" in each or each.startswith("//")]


def test_it_looks_again_by_itself_only_if_asked(page: Page) -> None:
    refresh: Any = {"http-equiv": "refresh"}
    assert page.look().find("meta", attrs=refresh) is None
    assert page.look("?refresh=on").find("meta", attrs=refresh)


def test_everything_has_a_name_for_those_who_do_not_see_it(api: Any, page: Page) -> None:
    api.published()
    api.deploy()
    api.admin.outcome("deploy", "a", "failure")
    api.admin.fault({"status": 500}, path="/nowhere")
    page.look()
    assert page.soup.html is not None
    assert page.soup.html["lang"] == "en"
    for control in page.soup.select("input, select"):
        labelled = control.find_parent("label") or page.soup.find("label", attrs={"for": str(control["id"])})
        assert labelled, control
    names = [each.get("aria-label") or each.get_text(strip=True) for each in page.soup.select("button")]
    assert all(names)
    assert len(names) == len(set(names))
    for table in page.soup.select("table"):
        assert all(each.get("scope") in {"col", "row"} for each in table.select("th"))
    for link in page.soup.select('a[href^="#"]'):
        assert page.soup.find(id=str(link["href"])[1:]), link


OTHER_SITES = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:1"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
]


@pytest.mark.parametrize("headers", OTHER_SITES)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "page/outcome"),
        ("POST", "page/clock"),
        ("POST", "reset"),
        ("PUT", "settings"),
        ("DELETE", "faults"),
    ],
)
def test_another_site_cannot_post(api: Any, headers: dict[str, str], method: str, path: str) -> None:
    api.create_connector_staged()
    before = api.admin.dump()
    body = "lifecycle=deploy&key=a&outcome=failure&seconds=5"
    response = api.http.request(method, f"/__admin/{path}", headers={**FORM, **headers}, content=body)
    assert response.status_code == 403
    assert "other sites" in response.json()["message"]
    assert api.admin.dump() == before


def test_the_page_itself_can_post_and_a_link_from_elsewhere_opens_it(page: Page) -> None:
    base = str(page.http.base_url).rstrip("/")
    body = {"lifecycle": "deploy", "key": "a", "outcome": "failure"}
    own = {"origin": base, "sec-fetch-site": "same-origin"}
    assert page.http.post("/__admin/page/outcome", data=body, headers=own).status_code == 200
    assert page.http.get(PAGE, headers={"sec-fetch-site": "cross-site"}).status_code == 200


def test_a_form_that_is_none_is_refused(page: Page) -> None:
    sent = page.http.post("/__admin/page/clock", json={"seconds": 5})
    assert sent.status_code == 415
    big = page.http.post("/__admin/page/clock", headers=FORM, content="seconds=" + "1" * 70_000)
    assert big.status_code == 413


def test_the_json_calls_are_as_before(page: Page) -> None:
    assert json.loads(page.http.get("/__admin/journal").text) == []
    assert page.http.get("/__admin/nothing").json()["statusCode"] == 404
