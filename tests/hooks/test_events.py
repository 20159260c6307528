"""The events of a build, in this process, on pages that execute nothing."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

ROOT = Path(__file__).parent.parent.parent
GLOSSARY = "# Terms\n\n## Stride { #stride }\n\nA step.\n"
TALK = "A $x'$, and a [stride](../reference/glossary.md#stride).\n\n| a | b |\n| - | - |\n| 1 | 2 |\n"


@pytest.fixture
def site(tmp_path):
    """Return a function that builds a site strictly, and gives its pages."""

    def build_site(pages, nav=None):
        for name, text in pages.items():
            path = tmp_path / "docs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        config = load_config(
            str(ROOT / "mkdocs.yml"),
            docs_dir=str(tmp_path / "docs"),
            site_dir=str(tmp_path / "site"),
            nav=nav or sorted(pages),
        )
        config.plugins.on_startup(command="build", dirty=False)
        build(config)
        return {
            path.relative_to(tmp_path / "site").parent.as_posix(): BeautifulSoup(
                path.read_text(encoding="utf-8"), "html.parser"
            )
            for path in (tmp_path / "site").rglob("*.html")
        }

    return build_site


def test_what_one_build_keeps_is_gone_in_the_next(site):
    """A link has no meaning any more that the glossary has lost."""
    pages = {"index.md": "# Home\n", "guide/a.md": f"# A\n\n{TALK}"}
    before = site(pages | {"reference/glossary.md": GLOSSARY})
    assert before["guide/a"].find("a", title="A step.")
    after = site(pages | {"reference/glossary.md": GLOSSARY.replace("\n\nA step.", "")})
    assert after["guide/a"].find("a", href="../../reference/glossary/#stride")
    assert not after["guide/a"].find("a", title="A step.")


def test_what_the_rooms_add_reaches_the_page(site):
    """Formulas, tables, the policy and the name of the dialog; a heading's formula is readable."""
    pages = {"index.md": "# Home\n", "reference/glossary.md": GLOSSARY}
    page = site(pages | {"guide/a.md": f"# A\n\n## The $n^2$\n\n{TALK}"})["guide/a"]
    assert page.article.p.math.mo.text == "′"
    assert [cell.text for cell in page.article("td")] == ["1", "2"]
    assert "n^2" in page.select_one(".md-nav--secondary li").text
    assert (
        page.find("meta", {"http-equiv": "Content-Security-Policy"})["content"].count(
            "sha256"
        )
        == 4
    )
    assert page.find(role="dialog")["aria-label"] == "Search"
    assert page.find("h2").find("a")["aria-label"] == "Link to this section"


def test_nav_may_have_links_and_deeper_levels(site):
    """They stand in the menu."""
    nav = [
        "index.md",
        {"Source": "https://example.org/"},
        {"Guide": [{"Deep": ["guide/a.md", {"Deeper": ["guide/b.md"]}]}]},
    ]
    pages = {"index.md": "# Home\n", "guide/a.md": "# A\n", "guide/b.md": "# B\n"}
    menu = site(pages, nav)["guide/b"].select_one(".md-nav--primary")
    assert menu.find("a", href="https://example.org/")
    assert menu.find("a", href="../a/")


def test_a_typo_in_nav_is_named_by_mkdocs(site, caplog):
    """Without a traceback of the templates."""
    with caplog.at_level(logging.WARNING), pytest.raises(Abort):
        site({"index.md": "# Home\n"}, ["index.md", {"Typo": "guide/typo.md"}])
    assert "'guide/typo.md' is included in the 'nav'" in caplog.text


def test_formulas_that_cannot_be_read_fail_the_build(site, caplog):
    """All of a page are named with it."""
    pages = {"index.md": "# Home\n\n$\\frac{1}$ and $\\nosuch$\n"}
    with pytest.raises(Abort):
        site(pages)
    assert caplog.text.count("index.md: cannot read the formula") == 2
