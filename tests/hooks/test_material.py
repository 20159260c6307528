"""What is changed in the theme, and that a change which finds nothing fails the build."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from markdown import Markdown
from markdown.extensions import Extension
from mkdocs.exceptions import PluginError

from hooks import material

TEMPLATES = Path(find_spec("material").submodule_search_locations[0], "templates")
SEARCH = (TEMPLATES / "partials" / "search.html").read_text(encoding="utf-8")
CODE = "```` { .python }\nx = [1, 2]  # two numbers\n````"


@pytest.mark.parametrize("change", material.CHANGES)
def test_the_theme_has_what_is_changed(change):
    """Each change finds its place once in the theme's templates, and says all about itself."""
    templates = (path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html"))
    assert sum(len(re.findall(change.before, text)) for text in templates) == 1
    assert all(vars(change).values())


def test_the_search_dialog_has_a_name():
    """A screen reader says what it has opened."""
    dialog = BeautifulSoup(material.mended(SEARCH, "index.html"), "html.parser").div
    assert dialog["aria-label"] == "Search"


def test_a_change_that_matches_nothing_fails_the_build():
    """The message names the page, the row and the file that holds it."""
    gone = replace(material.CHANGES[0], before="no such dialog", why="of a fault")
    with pytest.raises(PluginError) as raised:
        material.mended(SEARCH, "guide/index.html", (gone,))
    for word in ("guide/index.html", "no such dialog", "hooks/material.py", "of a fault"):
        assert word in str(raised.value)
    assert material.mended(SEARCH, "search.xml", (gone,)) == SEARCH


def test_operators_and_punctuation_look_like_the_code_around_them():
    """They are no elements; what has a colour keeps it."""
    material.leave_plain()
    html = Markdown(extensions=["pymdownx.highlight", "pymdownx.superfences"]).convert(CODE)
    code = BeautifulSoup(html, "html.parser").code
    assert code.text.strip() == "x = [1, 2]  # two numbers"
    assert [span["class"] for span in code("span", class_=True)] == [
        ["n"],
        ["mi"],
        ["mi"],
        ["c1"],
    ]


class Headings(Extension):
    """Headings alone."""

    def extendMarkdown(self, md):
        material.extend(md, {"permalink": True, "permalink_title": "Link to this section"})


def test_links_beside_headings_are_named_and_have_no_tooltip():
    """A screen reader says what the sign is for."""
    html = Markdown(extensions=["toc", Headings()]).convert("## A heading")
    link = BeautifulSoup(html, "html.parser").h2.a
    assert link["aria-label"] == "Link to this section"
    assert link["href"] == "#a-heading"
    assert link.get("title") is None
