"""Every change to what the theme Material writes that its options and blocks do not offer.

What its blocks can do stands in ``hooks/theme``; what has to be done in the browser, in
``docs/assets/theme.js``; colours and sizes, in ``docs/assets/site.css``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions.toc import TocExtension, TocTreeprocessor
from mkdocs.exceptions import PluginError
from pygments.token import STANDARD_TYPES, Operator, Punctuation, Whitespace


@dataclass(frozen=True)
class Change:
    """A change to the theme's HTML.

    Attributes
    ----------
    where : str
        Pattern of the pages that have it, by their path in the site.
    before : str
        Regular expression of what the theme writes.
    after : str
        What stands there instead.
    why, upstream, gain : str
        The fault, where it is reported, and what a reader has of the change.
    """

    where: str
    before: str
    after: str
    why: str
    upstream: str
    gain: str


CHANGES = (
    Change(
        where="*.html",
        before=r'data-md-component="search" role="dialog"',
        after=r'\g<0> aria-label="Search"',
        why="the search dialog has no name (axe: aria-dialog-name)",
        upstream="none known",
        gain="a screen reader says which dialog was opened; axe finds nothing else",
    ),
)

# Tokens that look like the code around them: the theme gives them too little contrast, and
# the API reference has thousands. (Names stay elements, as mkdocstrings looks for them.)
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


def mended(html: str, name: str, changes: tuple[Change, ...] = CHANGES) -> str:
    """Return a page of the site with what is changed in it.

    Raises
    ------
    PluginError
        If a change finds nothing to change: the theme is another one now.
    """
    for change in changes:
        if fnmatch(name, change.where):
            html, count = re.subn(change.before, change.after, html)
            if not count:
                raise PluginError(
                    f"{name}: the theme has no {change.before!r} any more; mend or delete "
                    f"the row of hooks/material.py that is there since {change.why}"
                )
    return html
