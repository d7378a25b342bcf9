"""The site in Chromium: it fits a desktop and a phone, its tabs and its search work, and everybody can use it."""

from __future__ import annotations

import importlib.resources
import os
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.site.test_site import copy_of_site, site_of

pytestmark = pytest.mark.pages

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
PAGES = ("index", "rotate-a-secret", "choose", "performance", "reference/Deployment", "reference/configuration")
AXE = importlib.resources.files("axe_playwright_python") / "axe.min.js"
"""The checks of axe-core for people who use a keyboard or a screen reader."""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and prints nothing."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in http.server
        pass


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the Chromium that is on PATH; without one, these tests say that they did not run."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(f"no Chromium on PATH (looked for {', '.join(NAMES)})")
    # Chromium refuses to run as root with its sandbox, which is how containers run tests.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*sandbox, "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Build the site and serve it on this machine."""
    assert browser.is_connected()  # without a browser there is nothing to build for
    folder = copy_of_site(tmp_path_factory.mktemp("site"))
    result = site_of(folder)
    assert result.returncode == 0, result.stdout + result.stderr
    handler = partial(Quiet, directory=str(folder / "build" / "site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(params=SIZES)
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """Give a browser of each size."""
    width, height = SIZES[request.param]
    phone = request.param == "phone"
    context = browser.new_context(viewport={"width": width, "height": height}, is_mobile=phone, has_touch=phone)
    yield context
    context.close()


def opened(context: BrowserContext, address: str, name: str, failures: list[str]) -> Page:
    """Open a page of the site; collect what could not be loaded and what its scripts complain about."""
    page = context.new_page()
    page.on("requestfailed", lambda request: failures.append(request.url))
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.goto(f"{address}/{name}.html", wait_until="networkidle")
    return page


def serious(page: Page) -> list[str]:
    """Return what axe finds serious or worse, each with its first place."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}"
        for each in found
        if each["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_the_screen_and_shows_its_pictures(context: BrowserContext, address: str, name: str) -> None:
    failures: list[str] = []
    page = opened(context, address, name, failures)
    page.evaluate("for (const each of document.images) each.loading = 'eager'")
    page.wait_for_load_state("networkidle")

    wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide[0] <= wide[1]
    assert not page.evaluate("[...document.images].filter(each => !each.naturalWidth).map(each => each.src)")
    assert not failures


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(context: BrowserContext, address: str, name: str, scheme: Any) -> None:
    page = opened(context, address, name, [])
    page.emulate_media(color_scheme=scheme)
    page.reload(wait_until="networkidle")

    assert not serious(page)


def test_axe_would_find_a_picture_without_a_text(context: BrowserContext, address: str) -> None:
    page = opened(context, address, "index", [])
    page.evaluate("document.querySelector('article').append(Object.assign(new Image(), {src: 'logo.png'}))")

    assert any(each.startswith("image-alt") for each in serious(page))


def test_a_tab_shows_the_program_of_its_language(context: BrowserContext, address: str) -> None:
    page = opened(context, address, "reference/Deployment", [])
    program = page.locator(".tabbed-block", has_text="import pulumi_commercetools_connect").first
    assert not program.is_visible()

    page.locator(".tabbed-labels label", has_text="Python").first.click()

    program.wait_for(state="visible")


def test_the_search_finds_a_word_of_a_page(context: BrowserContext, address: str) -> None:
    page = opened(context, address, "index", [])
    page.keyboard.press("Control+k")
    page.keyboard.type("redeployTrigger")

    page.locator("a[href*='settings'], a[href*='Deployment'], a[href*='rotate-a-secret']").locator(
        "visible=true"
    ).first.wait_for()
