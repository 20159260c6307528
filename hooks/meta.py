"""What is known about a page: its description, its last change, the terms it links to."""

from __future__ import annotations

import math
import re
import subprocess
from collections.abc import MutableMapping
from html import escape
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from bs4 import BeautifulSoup
from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from nbformat import NotebookNode

GLOSSARY = "reference/glossary.md"
TERM = re.compile(r"^## .*\{ #(?P<anchor>[\w-]+) \}\n+(?P<meaning>.+)$", re.MULTILINE)
LINK = re.compile(r"\[(.+?)\]\(.+?\)")
PARAGRAPH = re.compile(r"[A-Z]")  # not a heading, a list or HTML
WORDS, LINES = 180, 15  # of text and of code that are read in a minute
BOOST = 4  # the guide comes first among the results of a search


class Links(Treeprocessor):
    """Says on links to the glossary what a term means, on cards how long a page takes."""

    def __init__(
        self, md: Markdown, terms: dict[str, str], minutes: dict[str, int]
    ) -> None:
        super().__init__(md)
        self.terms, self.minutes = terms, minutes

    def run(self, root: Element) -> None:
        """Write titles into links to terms, and minutes into cards."""
        for link in root.iter("a"):
            page, _, anchor = link.get("href", "").partition("#")
            if page.endswith("glossary.md") and anchor in self.terms:
                link.set("title", self.terms[anchor])
            card = {"conv-card", "conv-start"} & set(link.get("class", "").split())
            if card and self.minutes[page] > 1:  # what takes less is no reading
                SubElement(link, "small").text = f"{self.minutes[page]} min"


def extend(md: Markdown, terms: dict[str, str], minutes: dict[str, int]) -> None:
    """Let a Markdown converter complete links, while they still name sources."""
    md.treeprocessors.register(Links(md, terms, minutes), "links", 4)


def minutes(notebook: NotebookNode, lines: int) -> int:
    """Return how many minutes it takes to read a page's text and its lines of code."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    words = sum(len(text.split()) for text in texts)
    return math.ceil(words / WORDS + lines / LINES)


def terms(glossary: str) -> dict[str, str]:
    """Return what each anchor's term means, by the glossary's Markdown, without links."""
    return {anchor: LINK.sub(r"\1", meaning) for anchor, meaning in TERM.findall(glossary)}


def alphabet(glossary: str) -> str:
    """Return the glossary with a line of letters that lead to the first term of each."""
    found = re.findall(r"^## (\w).* \{ #([\w-]+) \}$", glossary, re.MULTILINE)
    first = {letter.upper(): anchor for letter, anchor in reversed(found)}
    line = " ".join(f"[{letter}](#{first[letter]})" for letter in sorted(first))
    return glossary.replace("\n## ", f"\n{line}\n{{ .conv-letters }}\n\n## ", 1)


def description(markdown: str) -> str:
    r"""Return a page's first sentences as plain text for HTML, no more than is shown.

    Examples
    --------
    >>> description("# Sums\n\nFor `x < 3` and *y > 2* the sum is 4. Or not.")
    'For x &lt; 3 and y &gt; 2 the sum is 4. Or not.'
    """
    text = next(filter(PARAGRAPH.match, re.split(r"\n{2,}", markdown)), "")
    text = BeautifulSoup(Markdown().convert(text), "html.parser").get_text()
    sentences = re.match(r".{,240}[.?](?= |$)", " ".join(text.split()))
    return escape(sentences[0]) if sentences else ""


def describe(
    meta: MutableMapping[str, Any], page: str, markdown: str, days: dict[str, str]
) -> None:
    """Complete what a page says about itself; what it says already stays.

    Parameters
    ----------
    meta : mapping
        The page's own, in which MkDocs, its search and the theme look.
    page : str
        Path below ``docs/``.
    markdown : str
        Its text.
    days : dict of str to str
        See `days_of_last_commits`.
    """
    if text := description(markdown):
        meta.setdefault("description", text)
    if page in days:
        meta["updated"] = days[page]
    if page.startswith("guide/"):
        meta.setdefault("search", {"boost": BOOST})


def day_of_commit(folder: str) -> str:
    """Return when the commit was made that a folder is at; empty without Git."""
    command = ["git", "-C", folder, "log", "-1", "--format=%cs"]
    try:
        return subprocess.check_output(
            command, stderr=subprocess.DEVNULL, text=True
        ).strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def days_of_last_commits(folder: str) -> dict[str, str]:
    """Return when each file last changed; nothing without Git and its whole history."""
    git = ["git", "-C", folder, "-c", "core.quotePath=false"]
    shallow = ["rev-parse", "--is-shallow-repository"]
    log = ["log", "--format=%x00%cs", "--name-only", "--relative", "--", "."]
    try:
        is_shallow, commits = (
            subprocess.check_output([*git, *command], stderr=subprocess.DEVNULL, text=True)
            for command in (shallow, log)
        )
    except (OSError, subprocess.CalledProcessError):
        return {}
    days: dict[str, str] = {}
    if is_shallow.strip() == "false":
        for commit in commits.split("\0"):  # the newest comes first
            day, *names = commit.split("\n")
            for name in filter(None, names):
                days.setdefault(name, day)
    return days
