"""The page in a real browser: Chromium without a window, and without JavaScript unless a test needs it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Response, sync_playwright

from commercetools_connect.emulator import Emulator

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MILLISECONDS = 15_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the Chromium that is on PATH; without one, these tests say that they did not run."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip(f"no Chromium on PATH (looked for {', '.join(NAMES)})")
    # Chromium refuses to run as root with its sandbox, which is how containers run tests.
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"] if as_root else [], timeout=4 * MILLISECONDS
        )
        yield browser
        browser.close()


def opened(browser: Browser, **options: Any) -> BrowserContext:
    context = browser.new_context(**options)
    context.set_default_timeout(MILLISECONDS)
    return context


@pytest.fixture
def page(browser: Browser, emulator: Emulator) -> Iterator[Page]:
    """Open the page without JavaScript."""
    context = opened(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{emulator.url}/__admin/")
    yield page
    context.close()


def section(page: Page, name: str) -> str:
    return " ".join(page.locator(f"section[aria-labelledby={name}]").inner_text().split())


def test_a_person_scripts_a_failure_and_watches_it_come(api: Any, page: Page) -> None:
    api.admin.settings(delays={"queued": 30, "deploying": 60})
    api.published()
    page.get_by_label("of (key, id or pattern)").fill("tax")
    page.get_by_label("ends in").select_option("failure")
    page.get_by_role("button", name="Script it").click()
    assert page.get_by_role("status").inner_text() == "The outcome is scripted."
    assert "deploy of tax: failure, 1 time" in section(page, "outcome")
    api.start()
    page.reload()
    assert "Queued" in section(page, "deployments")
    page.get_by_role("textbox", name="Seconds").fill("95")
    page.get_by_role("button", name="Step", exact=True).click()
    assert "Failed" in section(page, "deployments")
    assert "Health check for application service failed" in section(page, "deployments")
    assert api.deployment()["status"] == "Failed"


def test_everything_can_be_done_from_the_keyboard(api: Any, page: Page) -> None:
    page.get_by_label("What happens").focus()
    page.keyboard.type("Half of")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("/connectors/*")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?done=fault*")
    (armed,) = api.admin.dump()["faults"]
    assert armed["rule"] == {"path": "/connectors/*", "times": 1, "skip": 0, "fault": {"truncate": True}}
    page.get_by_role("button", name="Remove the fault truncate True").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/?done=fault-removed*")
    assert api.admin.dump()["faults"] == []


def test_the_configuration_opens_and_shows_no_secret(api: Any, page: Page) -> None:
    api.published()
    api.deploy()
    page.reload()
    assert not page.get_by_text("TAX_API_KEY").is_visible()
    page.get_by_text("Configuration").click()
    assert page.get_by_text("TAX_API_KEY").is_visible()
    assert "set, secured" in section(page, "deployments")
    assert "s3cret" not in page.content()


def test_a_wrong_number_is_said_and_can_be_corrected(page: Page) -> None:
    page.get_by_role("textbox", name="Seconds").fill("soon")
    page.get_by_role("button", name="Step", exact=True).click()
    assert "a number is needed" in page.get_by_role("alert").inner_text()
    page.get_by_role("textbox", name="Seconds").fill("1")
    page.get_by_role("button", name="Step", exact=True).click()
    assert page.get_by_role("status").inner_text() == "The clock has moved."


def test_it_fits_a_phone_and_follows_the_colours_of_the_system(browser: Browser, api: Any) -> None:
    api.published()
    api.deploy()
    grounds = set()
    for scheme in ("light", "dark"):
        context = opened(browser, color_scheme=scheme, viewport={"width": 380, "height": 800})
        page = context.new_page()
        page.goto(f"{api.http.base_url}/__admin/")
        grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert page.evaluate("document.documentElement.scrollWidth") <= 380
        context.close()
    assert len(grounds) == 2


def test_foreign_text_runs_nothing_and_nothing_is_fetched_from_elsewhere(browser: Browser, api: Any) -> None:
    api.published(name="<img src=x onerror=alert(1)><script>alert(2)</script>")
    api.deploy()
    context = opened(browser)
    page = context.new_page()
    alarms: list[str] = []
    asked: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        alarms.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.on("console", lambda message: alarms.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{api.http.base_url}/__admin/", wait_until="networkidle")
    assert "<script>alert(2)</script>" in section(page, "connectors")
    assert alarms == []
    assert {url.partition("/__admin/")[0] for url in asked} == {str(api.http.base_url).rstrip("/")}
    context.close()


def test_another_site_in_the_same_browser_can_do_nothing(browser: Browser, api: Any) -> None:
    """Another site's page posts a form to the emulator and tries to read it, as any site in a tab can."""
    api.create_connector_staged()
    before = api.admin.dump()
    target = str(api.http.base_url).rstrip("/")
    html = f"""
        <form method=post action="{target}/__admin/page/clock"><input name=seconds value=60></form>
        <script>
          window.heard = fetch("{target}/__admin/dump").then(r => r.text(), () => "nothing");
          window.reset = fetch("{target}/__admin/reset", {{method: "POST", mode: "no-cors"}}).catch(() => "no");
        </script>"""
    context = opened(browser)
    context.route("http://other.example/**", lambda route: route.fulfill(body=html, content_type="text/html"))
    page = context.new_page()
    page.goto("http://other.example/")
    assert page.evaluate("window.heard") == "nothing"
    page.evaluate("window.reset.then(() => 0)")
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - playwright marks what it is given
    with page.expect_navigation():
        page.evaluate("document.forms[0].submit()")
    assert [each.status for each in answers] == [403]
    assert api.admin.dump() == before
    context.close()
