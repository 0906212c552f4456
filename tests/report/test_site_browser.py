"""The site in a real browser, from the file system: it works, and asks nothing of another machine."""

import shutil

import pytest
from playwright.sync_api import Page, sync_playwright

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the path"),
]


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def open_page(browser, built):
    """Open pages of the site; when the test ends, none may have asked elsewhere or complained."""
    asked, complaints, contexts = [], [], []

    def opened(name: str, **options) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto((built / name).as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert asked
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert complaints == []


def shown(page):
    """Return the names of the figures' images that can be seen."""
    images = page.locator(".cm-figure img").all()
    return [image.get_attribute("src").rsplit("/", 1)[-1] for image in images if image.is_visible()]


@pytest.mark.parametrize("width", [390, 1300])
def test_every_page_fits_and_describes_its_images(open_page, built, width):
    page = open_page("index.html", viewport={"width": width, "height": 844})
    for path in sorted(built.glob("*.html")):
        page.goto(path.as_uri())
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path.name} is {wide} pixels wide"
        images = page.locator("img").all()
        assert all((image.get_attribute("alt") or "").strip() for image in images)
        loaded = "[...document.images].filter(i => i.offsetParent && i.complete && !i.naturalWidth).length"
        assert page.evaluate(loaded) == 0


def test_the_dark_switch_changes_the_figure(open_page):
    page = open_page("01_summary.html", color_scheme="light")
    assert shown(page) == ["prices.svg"]
    switch = page.locator("button.theme-toggle:visible").first
    while page.locator("body").get_attribute("data-theme") != "dark":
        switch.click()
    assert shown(page) == ["prices-dark.svg"]


def test_a_dark_system_shows_the_dark_figure(open_page):
    assert shown(open_page("01_summary.html", color_scheme="dark")) == ["prices-dark.svg"]


def test_search_finds_a_word(open_page):
    page = open_page("index.html")
    page.locator("input[name=q]").first.fill("aardvark")
    page.locator("input[name=q]").first.press("Enter")
    page.wait_for_selector("#search-results li a")
    assert {"The market", "Token prices"} <= set(page.locator("#search-results li a").all_inner_texts())


def test_code_is_folded_until_asked_for(open_page):
    page = open_page("01_summary.html")
    code = page.locator("div.cell_input").first
    assert not code.is_visible()
    page.get_by_text("Show the code").first.click()
    assert code.is_visible()


def column(page):
    return page.locator("div.cell_output table tbody tr:visible td:nth-child(2)").all_inner_texts()


def test_tables_sort_and_filter(open_page):
    page = open_page("01_summary.html")
    printed = column(page)
    assert printed[0] == "model-11"
    page.get_by_role("button", name="usd").click()
    assert column(page) == [f"model-{step}" for step in range(12)]
    page.get_by_role("button", name="usd").click()
    assert column(page) == printed
    page.get_by_label("Filter the rows").fill("model-1")
    assert column(page) == ["model-11", "model-10", "model-1"]


def test_tables_read_without_scripts(open_page):
    page = open_page("01_summary.html", java_script_enabled=False)
    assert len(column(page)) == 12
    assert page.locator("input.cm-filter").count() == 0
