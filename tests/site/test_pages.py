"""The built site as files, and what readers do on single pages of it."""

from __future__ import annotations

import gzip
import itertools
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tinyhtml5.parser import HTMLParser

import conv
from tests.site.conftest import NOWHERE, wait_until

SCHEMES = ("light", "dark")


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


WRONG = "a button, button a"  # controls inside controls


def test_markup(site):
    """HTML's own parser has nothing to mend; ids are unique, and labels are of something."""
    for name, soup in site.soups.items():
        parser = HTMLParser()
        parser.parse(site.read(name))
        assert parser.errors == [], name
        ids = Counter(element["id"] for element in soup.select("[id]"))
        assert [one for one, count in ids.items() if count > 1] == [], name
        assert {label["for"] for label in soup.select("label[for]")} <= ids.keys(), name
        assert soup.select(WRONG) == [], name


LOADS = (
    "script[src], img[src], iframe, object, embed, link[rel~=stylesheet], link[rel~=icon]"
)


def test_nothing_is_foreign_or_inline(site):
    """No page or style sheet loads from another host, and no handler stands in the markup."""
    for name, soup in site.soups.items():
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
        policy = soup.select_one('meta[http-equiv="Content-Security-Policy"]')["content"]
        assert "'unsafe-eval'" not in policy, name
        assert "script-src 'self' 'sha256-" in policy, name
    for sheet in site.folder.rglob("*.css"):
        assert not re.search(
            r"""(url\(|@import)\s*["']?(https?:)?//""", sheet.read_text()
        ), sheet


def test_the_index_of_the_search_is_read_when_somebody_searches(open_page):
    """Not before: it is the largest file of the site. Then it finds what is looked for."""
    page, requests = open_page(None, first=True), []
    page.on("request", lambda request: requests.append(request.url))
    page.goto("http://conv.localhost/conv/", wait_until="networkidle")
    assert not any("search_index" in url for url in requests)
    page.keyboard.press("/")
    page.keyboard.type("even kernel")
    page.locator(".md-search-result__link").first.wait_for()
    assert any("search_index" in url for url in requests)


def test_figures_are_described(site):
    """Each picture has words that say what it shows: enough of them, and its own."""
    for name, soup in site.soups.items():
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
    """Each name that conv or conv.figures exports stands as a heading in its reference."""
    pages = [site.soups[f"reference/{name}/index.html"] for name in ("api", "api_figures")]
    entries = {heading.get("id") for soup in pages for heading in soup.select("h3, h4")}
    exported = {
        f"{module.__name__}.{name}"
        for module in (conv, conv.figures)
        for name in module.__all__
    }
    assert exported <= entries


def test_headings_are_in_order(site):
    """A page has one first heading, and no level is left out below it."""
    for name, soup in site.soups.items():
        levels = [int(h.name[1]) for h in soup.article.select("h1, h2, h3, h4, h5, h6")]
        assert levels[0] == 1, name
        assert levels.count(1) == 1, name
        assert all(b <= a + 1 for a, b in itertools.pairwise(levels)), name


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
    pages = [name for name in site.soups if 'class="linenos"' in site.read(name)]
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


def test_the_front_page_is_light(open_page, site):
    """Its first visit takes at most 150 kB compressed."""
    page = open_page(first=True)
    page.wait_for_load_state("networkidle")
    addresses = page.evaluate(
        "[location.href, ...performance.getEntriesByType('resource').map((e) => e.name)]"
    )
    names = {address.partition("#")[0].removeprefix(site.address) for address in addresses}
    files = [site.folder / (name or "index.html") for name in names]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) <= 150_000


def test_cards_and_menu_number_the_guide_alike(open_page, site):
    """Title, place and minutes of a page are the same on its card, in the menu and above its text."""
    cards = site.soups["index.html"].select(".conv-card")[:7]
    menu = ".md-sidebar--primary li:has(> a small) > a:visible"
    mark = "one => getComputedStyle(one.querySelector('.md-ellipsis'), '::before').content"
    links = open_page("guide/first/").locator(menu)
    assert links.count() == len(cards) == 7
    for number, (card, link) in enumerate(zip(cards, links.all(), strict=True), 1):
        title, minutes = link.inner_text().split("\n")
        assert card.strong.text == f"{number} {title}"
        assert card.small.text == minutes
        assert link.evaluate(mark).startswith("counter(page)")
        head = site.soups[f"{card['href']}index.html"].select_one(".conv-head p").text
        assert " ".join(head.split()).startswith(f"Guide {number} of 7 · {minutes}")
    assert open_page("reference/api/").locator(menu).evaluate(mark) == "none"


def test_a_page_is_named_by_its_own_title(site):
    """In the browser and where a link is shown, also where the menu has a shorter title."""
    for name, soup in site.soups.items():
        if name not in ("index.html", "404.html"):
            heading = soup.h1
            own = "".join(heading.find_all(string=True, recursive=False)).strip()
            assert own, name
            assert soup.title.text.startswith(own), name
            assert soup.find("meta", property="og:title")["content"] == own, name


def test_one_way_to_run_it_is_shown_at_a_time(open_page):
    """Without scripts, and by keyboard, a reader chooses among three; none has over three lines."""
    page = open_page(java_script_enabled=False)
    page.get_by_role("radio", name="script").focus()
    shown = page.locator(".conv-try pre:visible")
    for words in ("python docs/guide/first.py", "jupyter lab", "make serve"):
        assert words in shown.inner_text()
        assert len(shown.inner_text().splitlines()) <= 3
        page.keyboard.press("ArrowRight")


def test_a_search_begins_where_no_page_is(open_page, site):
    """The keyboard reaches the field, and Enter leads to the front page with what was found."""
    page = open_page()
    page.goto(site.address + NOWHERE)
    field = page.get_by_role("searchbox", name="Search the site")
    field.fill("associative")
    field.press("Enter")
    page.locator(".md-search-result__link").first.wait_for()
    assert page.url.startswith(f"{site.address}?q=associative")


def test_print(open_page, site):
    """On paper stand the text and all answers, and nothing that wants to be pressed."""
    page = open_page("explorer/")
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Play").is_visible()
    assert not page.locator(".md-sidebar").first.is_visible()
    answers = [name for name in site.soups if 'class="answer"' in site.read(name)]
    page = open_page(answers[0].removesuffix("index.html"))
    page.emulate_media(media="print")
    inside = page.locator("details.answer > :not(summary)").first
    assert inside.evaluate("e => e.checkVisibility({ contentVisibilityAuto: true })")


def test_the_keyboard_comes_to_the_text_first(open_page):
    """The first stop is a link past the menu; its target is the text."""
    page = open_page("guide/padding/")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "Skip to content"
    page.keyboard.press("Enter")
    assert "#full-same-valid" in page.url


def test_from_the_file_system(open_page, site):
    """Opened as a file, a page has its text, its style, and its figures, which stand still."""
    page = open_page(java_script_enabled=False)
    page.goto(f"file://{site.folder}/guide/padding/index.html")
    assert page.locator("h1").inner_text().startswith("Full, same, valid")
    assert page.locator(".conv-figure svg").first.is_visible()
    page = open_page()
    page.goto(f"file://{site.folder}/guide/smoothing/index.html")
    assert page.locator("h1").inner_text().startswith("Smoothing")
    assert page.locator(".conv-figure svg").first.is_visible()
    page.wait_for_timeout(300)
    assert page.locator("conv-slide button").count() == 0


QUERIES = {
    "associative": "guide/flip/",
    "atrous": "reference/glossary/",
    "backpropagation": "beyond/gradients/",
    "checkerboard": "beyond/gradients/",
    "depthwise": "beyond/layers/",
    "output_padding": "beyond/gradients/",
    "receptive field": "reference/glossary/",
    "dask": "beyond/workers/",
    "map_overlap": "beyond/workers/",
    "larger than memory": "beyond/large/",
    "GEMM": "reference/glossary/",
    "unsharp mask": "beyond/gallery/",
    "circulant": "guide/fully_connected/",
    "colour image": "guide/naive/",
    "commutative": "guide/flip/",
    "convolve2d": "beyond/libraries/",
    "embossing": "guide/naive/",
    "equivariance": "reference/glossary/",
    "even kernel": "guide/padding/",
    "explorer": "explorer/",
    "feature map": "reference/glossary/",
    "Geometry": "reference/api/",
    "Grace Hopper": "guide/first/",
    "im2col": "guide/matmul/",
    "blur": "guide/naive/",
    "cross-correlation": "guide/flip/",
    "edge detection": "guide/first/",
    "flip": "guide/flip/",
    "fully connected": "guide/fully_connected/",
    "OpenCV": "beyond/libraries/",
    "output size": "guide/padding/",
    "padding same": "guide/padding/",
    "kernel_matrix": "reference/api/",
    "floor or ceil": "guide/padding/",
    "parameter sharing": "reference/glossary/",
    "naive": "guide/naive/",
    "permutation": "guide/fully_connected/",
    "PyTorch same stride": "guide/padding/",
    "same padding": "guide/padding/",
    "sensor": "guide/smoothing/",
    "ShapeError": "reference/api/",
    "motion_blur": "reference/api/",
    "uint8": "reference/article/",
    "步幅": "reference/glossary/",
}


def test_search_finds_the_right_page_first(open_page, site):
    """For what readers look for, the first result is the page that explains it best."""
    page = open_page("?q=anything")  # which opens the search
    box = page.get_by_role("textbox", name="Search")
    results = page.locator(".md-search-result__link")
    wrong = {}
    for query, expected in QUERIES.items():
        for text in ("", query):
            box.fill(text)
            box.press("Shift")  # the theme reads what stands there when a key is released
            results.first.wait_for(state="attached" if text else "detached")
        place = results.first.get_attribute("href").removeprefix(site.address)
        if re.split("[?#]", place)[0] != expected:
            wrong[query] = place
    assert wrong == {}


def test_an_address_holds_a_search(open_page):
    """What is looked for in the address is looked for."""
    page = open_page("?q=associative")
    assert page.get_by_role("textbox", name="Search").input_value() == "associative"
    page.locator(".md-search-result__link").first.wait_for()
