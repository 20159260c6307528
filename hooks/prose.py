"""Read a page, fill in what its text computes, and check the numbers that are typed.

Nothing here knows MkDocs, or executes anything.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jupytext
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from pygments.lexers.python import PythonLexer
from pygments.token import Number

FORMAT = {"extension": ".py", "format_name": "percent", "comment_magics": False}
# The line that begins a cell, and what is blank around it.
MARK = re.compile(r"(^\ufeff?\s*#[ \t]*%%+(?!\S).*\s*)", re.MULTILINE)
# Code in a text, and what looks like it: the role {eval}.
CODE = re.compile(
    r"""^\#?[ ]?(?P<fence>`{3,}|~{3,})[^`\n]*\n.*?^\#?[ ]?(?P=fence)
    | \{eval\}`(?P<expression>[^`\n]+)`(?!`)
    | (?<!`)(?P<ticks>`+)(?!`)(?:(?!\n\#?[ ]*\r?\n).)+?(?<!`)(?P=ticks)(?!`)""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
THOUSANDS = ",\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
DIGITS = r"(?<!\w)(?:(?:\d{1,3}(?:[%s]\d{3})+(?!\d)|\d+)(?:\.\d+)*(?:e[+-]?\d+)?|\.\d+)"
TYPED = DIGITS % f"{THOUSANDS} "
PRINTED = DIGITS % THOUSANDS  # a space stands between the numbers of an array
VERSION = re.compile(r"\..*\.")
WORDS = "chapter|issue|page|question|request|section|version|volume|Python"
# What a text holds besides its own words and numbers.
EXEMPT = re.compile(
    rf"""\$\$.*?\$\$ | (?<!\\)\$(?:(?!\n[ ]*\n)[^$])+\$  # formulas
    | \[\^[^]]*\] | !?\[[^]]*\](?:\([^)]*\)|\[[^]]*\]|:[ ][^\n]*)  # footnotes, links
    | <[a-zA-Z/!][^>]*> | https?://\S+ | \{{[:\#. ][^}}\n]*\}}  # HTML, URLs, attributes
    | ^[ ]*(?:\#+[ ](?:\w+[ ])?)?\d+[.:)](?=\s)  # headings and items that are numbered
    | \b(?:{WORDS})s?\s{TYPED}(?:(?:,|,?\s(?:and|or|to))\s{TYPED})*
    | (?<![\w.,])(?:19|20)\d\d(?:-\d\d-\d\d)?(?![\w%]|[.,]\d)  # years and days""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)


class PageError(Exception):
    """A page that must not be published; the message names page, line and cell."""


@dataclass(frozen=True)
class Cell:
    """A cell as it is written: its mark, and its text from the first word on."""

    mark: str
    text: str
    line: int  # of the file, at which the text begins; from 1
    node: NotebookNode

    @property
    def is_code(self) -> bool:
        """Whether the kernel executes it."""
        return self.node.cell_type == "code"

    @property
    def prose(self) -> str:
        """The text of a cell that is not executed."""
        return "" if self.is_code else self.text

    def roles(self) -> list[tuple[int, str]]:
        """Return what its text computes: lines of the file, and expressions."""
        return [
            (self.line + self.text.count("\n", 0, match.start()), match["expression"])
            for match in CODE.finditer(self.prose)
            if match["expression"]
        ]

    def filled(self, values: Iterator[str]) -> str:
        """Return the cell with the next values in place of its roles."""
        text = CODE.sub(lambda m: next(values) if m["expression"] else m[0], self.prose)
        return self.mark + (self.text if self.is_code else text)

    def typed(self) -> list[tuple[int, str]]:
        """Return the numbers of two or more digits, or with a point, with their lines."""
        text = CODE.sub(_blank, self.prose)
        text = re.sub(r"^# ?|\r$", "", text, flags=re.MULTILINE)
        text = EXEMPT.sub(_blank, text)
        return [
            (self.line + text.count("\n", 0, match.start()), match[0])
            for match in re.finditer(rf"{TYPED}(?:\s?%)?", text)
            if re.search(r"\d.*\d|[.]", match[0]) and not VERSION.search(match[0])
        ]


@dataclass(frozen=True)
class Page:
    """A page as it is written: a percent script."""

    name: str
    cells: list[Cell]

    @classmethod
    def read(cls, path: Path, name: str) -> Page:
        """Read a page.

        Raises
        ------
        PageError
            If it is not UTF-8, or its cells cannot be told apart.
        """
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            raise PageError(f"{name}:{line}: is not UTF-8: {error.reason}") from None
        nodes = _notebook(text).cells
        before, *parts = MARK.split(text)  # marks and texts by turns
        marks, texts = parts[::2], parts[1::2]
        if before or len(marks) != len(nodes):
            raise PageError(f"{name}: has {len(marks)} marks of cells, {len(nodes)} cells")
        cells, line = [], 1
        for mark, text, node in zip(marks, texts, nodes, strict=True):
            line += mark.count("\n")
            cells.append(Cell(mark, text, line, node))
            line += text.count("\n")
        return cls(name, cells)

    def place(self, number: int) -> str:
        """Say where a cell stands; ``number`` counts from 1."""
        return f"{self.name}:{self.cells[number - 1].line}, cell {number}"

    def executed(
        self, outputs: list[list[NotebookNode]], values: list[str]
    ) -> NotebookNode:
        """Return the page as a notebook with its outputs, its text filled in.

        Raises
        ------
        PageError
            If a number is typed that no code and no output holds.
        """
        self._check(outputs)
        shown, remaining = iter(outputs), iter(values)
        script = "".join(cell.filled(remaining) for cell in self.cells)
        notebook = _notebook(script)
        for number, node in enumerate(notebook.cells, 1):
            node.id = f"cell-{number}"
            if node.cell_type == "code":
                node.outputs = next(shown)
        notebook.metadata = NotebookNode(script=script)
        return notebook

    def _check(self, outputs: list[list[NotebookNode]]) -> None:
        """Raise a PageError that tells of all numbers that are typed and stand nowhere."""
        code = "\n".join(cell.node.source for cell in self.cells if cell.is_code)
        shown = itertools.chain.from_iterable(outputs)
        values = _tokens(code).union(*map(_shown, shown))
        wrong = [
            f"{self.name}:{line}: {text} is typed, and stands in no code and no output of "
            "this page; compute it with {eval}, or say in a word what it refers to"
            for cell in self.cells
            for line, text in cell.typed()
            if not _stands_in(values, text)
        ]
        if wrong:
            raise PageError("\n".join(wrong))


def _notebook(text: str) -> NotebookNode:
    return jupytext.reads(text.removeprefix("\N{BYTE ORDER MARK}"), fmt=FORMAT)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", "·", match[0])


def _value(text: str) -> float:
    return float(re.sub(r"[^\d.e+-]", "", text))


def _stands_in(values: set[float], text: str) -> bool:
    meant = [_value(text), _value(text) / 100] if "%" in text else [_value(text)]
    return any(math.isclose(one, other) for one in meant for other in values)


def _tokens(source: str) -> set[float]:
    """Return the numbers of code, without those in strings and comments."""
    tokens = PythonLexer().get_tokens(source)
    return {_value(text) for kind, text in tokens if kind in (Number.Integer, Number.Float)}


def _shown(output: NotebookNode) -> set[float]:
    """Return the numbers in text and tables, but for those that are measured."""
    data = output.get("data", {})
    text = output.get("text", "") or data.get("text/plain", "")
    if "text/markdown" in data:
        text = CODE.sub("", data["text/markdown"])
    elif "text/html" in data:
        tables = BeautifulSoup(data["text/html"], "html.parser")("table")
        text = " ".join(table.get_text(" ") for table in tables)
    found = [] if "conv-measured" in text else re.findall(PRINTED, text)
    return {_value(number) for number in found if not VERSION.search(number)}
