"""The build of the site, tried on small sites of their own."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from bs4 import BeautifulSoup

from hooks import pages

ROOT = Path(__file__).parent.parent.parent
TITLE = "# %% [markdown]\n# # A page\n"
FIGURE = "figures.beside(figures.Grid([1, 2]), caption='Two numbers.', alt='The numbers 1 and 2.')"


SOURCES = {"index.md": "# Home\n"}  # of the good site: each test adds what it looks at


def program(*cells, prose=""):
    """Write a page that is a program: a title, prose, and cells."""
    cells = "".join(f"\n# %%{cell}\n" for cell in cells)
    return f"{TITLE}# {prose}\n{cells}"


def source(name, text):
    """Add a file to the good site; the decorator of the test that looks at it."""
    SOURCES[name] = text
    return lambda test: test


def page(name, *cells, prose=""):
    """Add a page that is a program to the good site."""
    return source(f"guide/{name}.py", program(*cells, prose=prose))


class Site:
    """A folder with a small site in it, to be built by copies of conv and of the hooks."""

    def __init__(self, root):
        self.root = root

    def begin(self, sources):
        """Lay out the folder."""
        for folder in ("conv", "hooks"):
            ignored = shutil.ignore_patterns("__py*")
            shutil.copytree(ROOT / folder, self.root / folder, ignore=ignored)
        shutil.copy(ROOT / "mkdocs.yml", self.root)
        (self.root / "requirements").mkdir()
        shutil.copy(ROOT / "requirements" / "site.txt", self.root / "requirements")
        (self.root / "small.yml").write_text("INHERIT: mkdocs.yml\nnav: null\n")
        for name, text in sources.items():
            self.write(name, text)

    def write(self, name, text):
        path = self.root / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def page(self, name, *cells, prose=""):
        self.write(f"guide/{name}.py", program(*cells, prose=prose))

    def build(self, folder="site", **environment):
        """Build strictly; return whether that succeeded."""
        command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", "small.yml"]
        done = subprocess.run(
            [*command, "--site-dir", folder],
            cwd=self.root,
            env=os.environ | {"REPOSITORY_URL": "", "NO_COLOR": "1"} | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        (self.root / f"{folder}.txt").write_text(done.stdout + done.stderr, "utf-8")
        return done.returncode == 0

    def printed(self, folder="site"):
        return (self.root / f"{folder}.txt").read_text("utf-8")

    def executed(self, folder="site"):
        return set(re.findall(r"Executed docs/guide/(\w+)\.py", self.printed(folder)))

    def html(self, name, folder="site"):
        return (self.root / folder / "guide" / name / "index.html").read_text("utf-8")


@pytest.fixture
def site(tmp_path):
    """Return a site of one page, for a test that changes it or has it fail."""
    site = Site(tmp_path)
    site.begin({"index.md": "# Home\n"})
    return site


@pytest.fixture(scope="session")
def good(once, git):
    """Return the good site, built in site, and then with a repository's address in linked."""

    def make(root):
        site = Site(root)
        site.begin(SOURCES)
        git(root, "init", "--quiet")
        git(root, "add", "docs/guide/found.py")
        git(root, "commit", "--quiet", "--message", "Begin")
        assert site.build(SITE_URL="https://example.org/sub"), site.printed()
        linked = {"REPOSITORY_URL": "https://example.org/conv/"}
        assert site.build("linked", **linked), site.printed("linked")

    return Site(once("good", make))


@page(
    "shown",
    "\nprint('printed words')\n6 * 7",
    f"\nfrom conv import figures\n{FIGURE}",
    " tags=['answer']\n40 + 100",
    "\nimport conv\ntry:\n    conv.flip(1)\nexcept conv.ShapeError as error:\n    print(error)",
    " tags=['hide']\n'shown without its code'",
    prose="The square $x^2$, and a [link](../index.md).\n#\n# $$\\sum_i a_i$$",
)
def test_what_a_page_shows(good):
    """Code, printed text, values, figures, formulas and hidden answers reach the HTML."""
    html = good.html("shown")
    text = re.sub(r"<[^>]+>", "", html)
    assert "printed words" in text
    assert "42" in text
    assert "kernel must have one to four axes" in text
    assert re.search(r'<details class="answer">\s*<summary>Show the answer</summary>', html)
    assert (
        html.index("<summary>Show the answer")
        < html.index("140")
        < html.index("</details>")
    )
    assert 'aria-label="The numbers 1 and 2."' in html
    assert "<figcaption>Two numbers.</figcaption>" in html
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in html
    assert '<math display="block">' in html
    assert text.count("shown without its code") == 1
    assert 'href="../.."' in html


@page(
    "answers",
    " [markdown] tags=['answer']\n# In words.",
    " tags=['answer']\n6 * 7",
    "\n'between'",
    " tags=['answer']\n40 + 100",
)
def test_answers_that_follow_each_other_share_a_block(good):
    """A text and the code after it are one answer; a cell between begins another."""
    blocks = re.findall(r"<details.*?</details>", good.html("answers"), re.DOTALL)
    assert len(blocks) == 2
    assert "In words." in blocks[0]
    assert "42" in blocks[0]
    assert "140" in blocks[1]


@page("offered", "\n1 + 1")
def test_a_page_offers_itself_as_notebook_and_script(good):
    """The downloads are the page's own source, and the same as a notebook without outputs."""
    programs = good.root / "site" / "assets" / "programs" / "guide"
    source = (good.root / "docs" / "guide" / "offered.py").read_text()
    assert (programs / "offered.py").read_text() == source
    notebook = json.loads((programs / "offered.ipynb").read_text())
    assert [cell["cell_type"] for cell in notebook["cells"]] == ["markdown", "code"]
    assert notebook["cells"][1]["outputs"] == []
    for suffix in ("ipynb", "py"):
        assert f'href="../../assets/programs/guide/offered.{suffix}" download' in good.html(
            "offered"
        )


@page(
    "pictures",
    "\nfrom conv import figures\n"
    "figures.pictures({'dot': [[0, 1, 0]]}, caption='A dot.', alt='A white dot.')",
)
def test_pictures_become_files(good):
    """A picture is a file beside the page, with its size, and not part of the HTML."""
    html = good.html("pictures")
    assert "data:image" not in html
    [name] = re.findall(
        r'<img [^>]*height="3"[^>]* src="../../(assets/figures/\w+\.png)" width="9"', html
    )
    assert (good.root / "site" / name).read_bytes().startswith(b"\x89PNG")


def test_prose_that_must_not_be_published(site):
    """A dead link and a dead anchor fail the build, which names their pages."""
    site.page("lost", "\n1 + 1", prose="[nowhere](nowhere.md)")
    site.page("adrift", "\n1 + 1", prose="[no anchor](../index.md#there)")
    assert not site.build()
    assert re.search("guide/lost.py.*'nowhere.md'", site.printed()), site.printed()
    assert re.search("guide/adrift.py.*#there", site.printed()), site.printed()


def test_a_bad_formula_must_not_be_published(site):
    """Bad LaTeX fails the build, which names the page and the formula."""
    site.page("wrong", "\n1 + 1", prose=r"$\frac{1}$")
    assert not site.build()
    message = r"guide/wrong.py: cannot read the formula '\\\\frac\{1\}'"
    assert re.search(message, site.printed()), site.printed()


def test_only_what_changed_is_executed_again(site, good):
    """A change of prose executes nothing, a change in conv all, no change none."""
    site.page("one", "\n1 + 1", prose="Before.")
    site.page("two", "\nimport conv\nconv.flip([1, 2])")
    assert site.build(), site.printed()
    assert site.executed() == {"one", "two"}
    site.page("one", "\n1 + 1", prose="After.")
    assert site.build(), site.printed()
    assert site.executed() == set()
    assert "After." in site.html("one")
    with (site.root / "conv" / "convolution.py").open("a") as file:
        file.write("\n\ndef flip(kernel):\n    return 'changed'\n")
    assert site.build(), site.printed()
    assert site.executed() == {"one", "two"}
    assert "changed" in site.html("two")
    assert "shown" in good.executed()
    assert good.executed("linked") == set()


@page("a", "\nimport conv\nconv.flip = None\nshared = 1")
@page("b", "\nimport conv\nconv.flip([1, 2]), 'shared' in globals()")
def test_pages_do_not_see_each_other(good):
    """What one page defines or changes is unknown to the others."""
    assert "(array([2, 1]), False)" in re.sub(r"<[^>]+>", "", good.html("b"))


@page("formula", "\n1", prose=r"$\sum_{t'} \alpha$")
@page("plain", "\n1")
def test_the_font_of_formulas_is_the_sites_own(good):
    """A page with formulas has a style sheet that holds the font, small; others do not."""
    sheet = (good.root / "site" / "assets" / "formulas.css").read_text(encoding="utf-8")
    [(name, data)] = re.findall(r'"(.+)";\n.+;base64,([^"]+)"', sheet)
    font = base64.b64decode(data)
    assert font[:4] == b"wOF2"
    assert len(font) < 60_000
    assert sheet.count(f'font-family: "{name}"') == 1
    assert f'font-family: "{name}"' in (ROOT / "docs/assets/site.css").read_text()
    assert "assets/formulas.css" in good.html("formula")
    assert "assets/formulas.css" not in good.html("plain")


@page(
    "timed", "\n1 + 1", " tags=['hide']\n'not counted'\n" + "1\n" * 9, prose="word " * 359
)
def test_a_page_says_how_long_it_takes(good):
    """A page says above its title how many minutes it takes, for its words and its code."""
    head = BeautifulSoup(good.html("timed"), "html.parser").select_one(".conv-head")
    words = " ".join(head.p.text.split())
    assert re.fullmatch(
        r"Guide \d+ of \d+ · 3 min( · after: .+)?", words
    )  # 361 words, a line


@page("edited", "\n1 + 1")
def test_links_to_the_repository_come_from_the_environment(good):
    """With its address, pages link to it and install from it; without, nowhere."""
    notebook = "assets/programs/guide/edited.ipynb"
    html = good.html("edited")
    assert 'rel="edit"' not in html
    assert "pip install" not in html
    assert "Colab" not in html
    assert "pip install" not in (good.root / "site" / notebook).read_text()
    html = good.html("edited", "linked")
    assert 'href="https://example.org/conv/edit/main/docs/guide/edited.py"' in html
    assert 'href="https://example.org/conv"' in html
    assert "<code>pip install git+https://example.org/conv</code>" in html
    assert '<a href="https://colab.research.google.com/">Colab</a>' in html
    first = json.loads((good.root / "linked" / notebook).read_text())["cells"][0]
    assert first["cell_type"] == "code"
    assert "".join(first["source"]) == "%pip install git+https://example.org/conv"


@source("reference/glossary.md", '# Terms\n\n## Stride { #stride }\n\nA "step" & more.\n')
@page("linked", "\n1", prose="The [stride](../reference/glossary.md#stride).")
def test_links_to_the_glossary_say_what_the_term_means(good):
    """The meaning that the glossary gives is the title of every link to the term."""
    assert (
        '<a href="../../reference/glossary/#stride" title="A &quot;step&quot; &amp; more.">'
        in good.html("linked")
    )


def test_an_address_without_a_page_says_where_to_go(good):
    """The 404 page links to the front page and others, wherever the site stands."""
    html = (good.root / "site" / "404.html").read_text(encoding="utf-8")
    assert "There is no page here" in html
    for place in (".", "guide/first/", "explorer/", "reference/api/"):
        assert f'href="/sub/{place}"' in html


LONG = "word " * 60


@page(
    "described",
    "\n1",
    prose=f"\n# The `mean` of\n# [a window](../index.md). It is <b>short</b>. {LONG}.",
)
def test_a_page_is_described_by_its_first_sentences(good):
    """Search engines get plain words: no markup, no half sentence, no more than fit."""
    expected = '<meta name="description" content="The mean of a window. It is short.">'
    assert expected in good.html("described")


@page("found", prose='\n# What "found" & lost mean.')
def test_what_a_link_to_a_page_and_a_machine_find(good):
    """Cards and the sitemap name the site's own address, and the last commit's day."""
    address = "https://example.org/sub/"
    html = good.html("found")
    card = re.search(r'<meta property="og:image" content="(.*)">', html)[1]
    assert card == f"{address}assets/card.png"
    for name in ("logo.svg", "icon.png"):
        assert re.search(rf'rel="icon"[^>]* href="../../assets/{name}"', html)
    for tag in (
        '<meta property="og:title" content="A page">',
        '<meta property="og:description" content="What &quot;found&quot; &amp; lost mean.">',
        f'<meta property="og:url" content="{address}guide/found/">',
        '<meta name="twitter:card" content="summary_large_image">',
        '<time datetime="2001-01-02">2001-01-02</time>',
    ):
        assert html.count(tag) == 1, tag
    assert "Last updated" not in (good.root / "site" / "index.html").read_text()

    sitemap = ElementTree.parse(good.root / "site" / "sitemap.xml").getroot()
    found = {page[0].text: page[1].text for page in sitemap}
    assert found[f"{address}guide/found/"] == "2001-01-02"


def test_pages_ask_for_the_python_that_the_package_needs():
    """The version beside the downloads is the oldest that pyproject.toml admits."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == f">={pages.OLDEST}"


def test_the_changelog_begins_with_this_version():
    """The newest heading of CHANGELOG.md is of the version in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    newest = re.search(r"^## ([\d.]+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest[1] == project["version"]


def test_the_citation_is_of_this_version():
    """CITATION.cff has what its format requires, and the version and title of the package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= citation.keys()
    assert citation["version"] == project["version"]
    assert citation["title"].lower().replace(", ", "-") == project["name"]
    assert citation["authors"] == project["authors"]
