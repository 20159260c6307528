"""Every change to what the theme Material writes that its options and blocks do not offer.

What its blocks can do stands in ``hooks/theme``; what has to be done in the browser, in
``docs/assets/theme.js``; colours and sizes, in ``docs/assets/site.css``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions.toc import TocExtension, TocTreeprocessor
from mkdocs.exceptions import PluginError
from pygments.token import STANDARD_TYPES, Operator, Punctuation, Whitespace


@dataclass(frozen=True)
class Change:
    """A change to what the theme writes.

    Attributes
    ----------
    where : str
        Pattern of the files that have it, by their path in the site; a single page need not
        be there.
    before, after : str
        Regular expression of what the theme writes, and what stands there instead.
    why, gain : str
        The fault, and what a reader has of the change. Times are those in which the API
        reference blocks input while it loads, on a processor slowed down four times, with
        this change alone taken back.
    upstream : str
        Where the fault is reported.
    """

    where: str
    before: str
    after: str
    why: str
    gain: str
    upstream: str = "none known"


CHANGES = (
    Change(
        where="**/*.html",
        before=r'data-md-component="search" role="dialog"',
        after=r'\g<0> aria-label="Search"',
        why="the search dialog has no name (axe: aria-dialog-name)",
        gain="a screen reader says which dialog was opened",
    ),
    Change(
        where="assets/stylesheets/palette.*.css",
        before=r"\[data-md-color-switching\] \*,[^}]*}",
        after="",
        why="while the scheme is chosen, at every load, a rule concerns all elements:"
        " a recalculation of all styles",
        gain="1.3 s without, 0.7 s with it",
    ),
    Change(
        where="assets/javascripts/bundle.*.js",
        before='{name:"color-scheme"}',
        after='{name:"theme-scheme"}',
        why="the script adds a <meta name=color-scheme> at every load, which site.css"
        " makes needless: a recalculation of all styles",
        gain="1.4 s without, 0.7 s with it",
    ),
    Change(
        where="assets/javascripts/bundle.*.js",
        before=r'\$\(location\.protocol!=="file:"\)(,\w+\("search"\))',
        after=r"$(!1)\1",
        why="the index of the search is read at every first visit, not when somebody"
        " searches (as search.highlight would, too, a feature that is not chosen)",
        gain="77 kB less to load, of 204 kB for the front page",
    ),
    *(
        change
        for page in ("api", "api_figures")
        for change in (
            Change(
                where=f"reference/{page}/index.html",
                before=r'<span title="[^"]*">([^<]*)</span>',
                after=r"\1",
                why="mkdocstrings gives each name in a signature that leads nowhere a"
                " tooltip",
                gain='no tooltip says "str" on str; 1.5 s without, 0.9 s with it',
            ),
            Change(
                where=f"reference/{page}/index.html",
                before=r'<span class="n">([^<]*)</span>',
                after=r"\1",
                why="each name in code is an element that looks like the code around it",
                gain="2,400 of 11,100 elements less; with those that `PLAIN` saves, 1 s",
            ),
        )
    ),
)

# Tokens that look like the code around them: the theme gives them too little contrast, and
# the API reference has thousands. (Names cannot be among them: mkdocstrings needs those.)
PLAIN = (Operator, Punctuation, Whitespace)


class Headings(TocTreeprocessor):
    """Names the link beside a heading for screen readers, where the theme has a tooltip."""

    def add_permalink(self, c: Element, elem_id: str) -> None:
        """Add the link."""
        super().add_permalink(c, elem_id)
        c[-1].set("aria-label", c[-1].attrib.pop("title"))


def extend(md: Markdown, contents: Mapping[str, Any]) -> None:
    """Let a Markdown converter write headings so; `contents` are the options of ``toc``."""
    options = TocExtension(**contents).getConfigs()
    md.treeprocessors.register(Headings(md, options), "toc", 5)


def leave_plain() -> None:
    """Let Pygments give operators and punctuation no elements of their own."""
    STANDARD_TYPES.update(dict.fromkeys(PLAIN, ""))


def mend(site: Path, changes: tuple[Change, ...] = CHANGES) -> None:
    """Make the changes in a site that is built.

    Raises
    ------
    PluginError
        If a change finds no file, or nothing to change in one: the theme is another one.
    """
    for change in changes:
        files = list(site.glob(change.where))
        found = bool(files) or "*" not in change.where
        for file in files:
            text, count = re.subn(change.before, change.after, file.read_text("utf-8"))
            file.write_text(text, "utf-8")
            found &= count > 0
        if not found:
            raise PluginError(
                f"the theme has no {change.before!r} in {change.where} any more: mend or"
                f" delete that row of hooks/material.py, which is there as {change.why}"
            )
