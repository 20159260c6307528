"""What is changed in the theme, and that a change which finds nothing fails the build."""

from __future__ import annotations

import shutil
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
CODE = "```` { .python }\nx = [1, 2]  # two numbers\n````"


@pytest.fixture
def site(tmp_path):
    """Return a folder with the files of the theme that are changed."""
    shutil.copytree(TEMPLATES / "assets", tmp_path / "assets")
    search = (TEMPLATES / "partials" / "search.html").read_text(encoding="utf-8")
    for name in ("api", "api_figures"):
        api = tmp_path / "reference" / name / "index.html"
        api.parent.mkdir(parents=True)
        api.write_text(f'{search}<span class="n"><span title="str">str</span></span>')
    return tmp_path


@pytest.mark.parametrize("change", material.CHANGES)
def test_each_change_says_all_about_itself(change):
    """What it is for, where that is reported, and what a reader has of it."""
    assert all((change.where, change.before, change.why, change.upstream, change.gain))


def test_the_changes_find_their_places_in_the_theme(site):
    """In the style sheets, scripts and templates that are installed."""
    material.mend(site)
    html = (site / "reference" / "api" / "index.html").read_text(encoding="utf-8")
    assert BeautifulSoup(html, "html.parser").div["aria-label"] == "Search"
    assert "<span" not in html
    theme = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.min.*s"))
    assert "color-switching] *" not in theme
    assert '{name:"color-scheme"}' not in theme


@pytest.mark.parametrize(
    "fault", [{"before": "no such dialog"}, {"where": "assets/stylesheets/gone.*.css"}]
)
def test_a_change_that_matches_nothing_fails_the_build(site, fault):
    """The message names the place, the row and the file that holds it."""
    gone = replace(material.CHANGES[0], why="there was a fault", **fault)
    with pytest.raises(PluginError) as raised:
        material.mend(site, (gone,))
    for words in (*fault.values(), "hooks/material.py", "there was a fault"):
        assert words in str(raised.value)


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
