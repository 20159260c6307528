"""Turn an executed page into Markdown, files, and what a reader downloads."""

from __future__ import annotations

import ast
import base64
import copy
import hashlib
import re
from collections.abc import Iterator
from itertools import groupby
from urllib.parse import urljoin

import nbformat
from bs4 import BeautifulSoup, Tag
from nbformat import NotebookNode

PICTURE = re.compile(
    r"data:image/(?P<kind>png|svg)[+xml]*;base64,(?P<data>[A-Za-z0-9+/=]+)"
)
DARK = "(prefers-color-scheme: dark)"
EXERCISE = re.compile(r"^(?=#+ Exercise\b)", re.MULTILINE)
COMMENT = re.compile(r"(?:#.*\n?)+")
# A link to another page by its source, up to that page's name.
LINK = re.compile(r"(?<=\]\()(?![a-z]+:)(?P<path>[^)?#\s]+)\.(?:py|md)(?=[)?#])")


def markdown(notebook: NotebookNode, folder: str) -> tuple[str, dict[str, bytes]]:
    """Return an executed notebook as Markdown, and its pictures by their file names.

    Parameters
    ----------
    notebook : NotebookNode
        With outputs.
    folder : str
        Address of the folder in which the pictures will be found.
    """
    pictures: dict[str, bytes] = {}
    blocks = (block.strip("\n") for block in _blocks(notebook, folder, pictures))
    return "\n\n".join(filter(None, blocks)) + "\n", pictures


def download(notebook: NotebookNode, install: str, address: str) -> str:
    """Return a notebook as a reader gets it: without outputs, to be run and read anywhere.

    Parameters
    ----------
    notebook : NotebookNode
        As executed.
    install : str
        The command that installs what the page needs, run by a first cell of its own;
        empty if there is none.
    address : str
        Of the page's source on the site, to which its links are relative.
    """
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
        else:
            cell.source = LINK.sub(lambda link: _page(address, link["path"]), cell.source)
    if install:
        notebook.cells.insert(0, nbformat.v4.new_code_cell(f"%{install}", id="install"))
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
    }
    return nbformat.writes(notebook) + "\n"


def _page(address: str, path: str) -> str:
    """Return the address of the page whose source lies at a path from another's."""
    return re.sub("(?<=/)index/$", "", urljoin(address, f"{path}/"))


def _blocks(
    notebook: NotebookNode, folder: str, pictures: dict[str, bytes]
) -> Iterator[str]:
    """Give the blocks of a notebook's Markdown.

    An exercise, from its heading to its answer, has a frame. What follows each other of an
    answer is folded as one, and so are imports and helpers.
    """
    exercise = answer = False
    for cell in _joined(notebook.cells):
        tags = cell.metadata.get("tags", [])
        if answer and "answer" not in tags:
            yield "////"
            if exercise:
                yield "/////"
            exercise = answer = False
        elif not answer and "answer" in tags:
            yield "//// details | Show the answer\n    type: answer\n"
            answer = True
        if cell.cell_type == "markdown":
            before, *inside = EXERCISE.split(cell.source, maxsplit=1)
            yield before
            if inside:
                yield f"///// html | div.conv-exercise\n\n{inside[0]}"
                exercise = True
        elif cell.cell_type == "code":
            shown = [_shown(output, folder, pictures) for output in cell.outputs]
            if "helper" in tags:
                yield _fold("helper", f"code of {_defined(cell.source)}", cell.source)
            if {"hide", "helper"} & set(tags):
                yield from shown
            else:
                yield from _unfolded(cell.source, shown, answer)
    yield from ["////"] * answer + ["/////"] * exercise


def _joined(cells: list[NotebookNode]) -> Iterator[NotebookNode]:
    """Give cells; helpers that follow each other as one, and imports likewise."""
    for kind, group in groupby(cells, _kind):
        run = list(group)
        if kind:
            source = "\n\n".join(cell.source for cell in run)
            outputs = [output for cell in run for output in cell.outputs]
            run = [NotebookNode(run[0] | {"source": source, "outputs": outputs})]
        yield from run


def _kind(cell: NotebookNode) -> str:
    """Return what a cell is joined with; nothing for most."""
    tags = cell.metadata.get("tags", [])
    if cell.cell_type == "code" and not tags and _imports(_statements(cell.source)):
        return "imports"
    return "helper" if "helper" in tags else ""


def _unfolded(source: str, shown: list[str], answer: bool) -> Iterator[str]:
    """Give a cell's code and outputs; what a reader can do without at first is folded.

    These are imports, checks at the end, and the call that shows a function's source. An
    answer begins with its comment, as text.
    """
    comment = COMMENT.match(source) if answer else None
    if comment:
        yield re.sub("^# ?", "", comment[0], flags=re.MULTILINE)
        source = source[comment.end() :]
    statements = _statements(source)
    if statements and all(map(_is_source, statements)):
        source = ""
    elif _imports(statements):
        yield _fold("imports", "imports", source)
        source = ""
    code, checks, count = _without_checks(source)
    if code.strip():
        yield _fence(code, "python")
    yield from shown
    if count:
        yield _fold("checks", f"{count} check{'s' * (count > 1)} passed", checks)


def _without_checks(source: str) -> tuple[str, str, int]:
    """Part the last checks of a cell from the rest, and count them."""
    statements = _statements(source)
    last = len(statements)
    if statements and isinstance(statements[-1], ast.Expr):
        last -= 1  # what the cell shows
    first = last
    while first and _is_check(statements[first - 1]):
        first -= 1
    if first == last:
        return source, "", 0
    lines = source.splitlines()
    begin = statements[first - 1].end_lineno if first else 0
    end = statements[last - 1].end_lineno
    checks = "\n".join(lines[begin:end]).strip("\n")
    return "\n".join(lines[:begin] + lines[end:]), checks, count_checks(checks)


def count_lines(notebook: NotebookNode) -> int:
    """Return how many lines of code a page shows while nothing is unfolded."""
    blocks = (
        block
        for cell in notebook.cells
        if cell.cell_type == "code"
        and not {"hide", "helper", "answer"} & set(cell.metadata.get("tags", []))
        for block in _unfolded(cell.source, [], answer=False)
        if not block.startswith("///")
    )
    return sum(block.count("\n") - 1 for block in blocks)  # but for the fence


def count_checks(source: str) -> int:
    r"""Return how many assert statements code has.

    >>> count_checks("for n in range(9):\n    assert n < 9")
    1
    """
    nodes = (node for statement in _statements(source) for node in ast.walk(statement))
    return sum(isinstance(node, ast.Assert) for node in nodes)


def _statements(source: str) -> list[ast.stmt]:
    """Return the statements of a cell; none of what IPython alone understands."""
    try:
        return ast.parse(source).body
    except SyntaxError:
        return []


def _imports(statements: list[ast.stmt]) -> bool:
    """Say whether there are statements, and all of them import."""
    kinds = ast.Import | ast.ImportFrom
    return bool(statements) and all(isinstance(one, kinds) for one in statements)


def _defined(source: str) -> str:
    """Return the names of the functions that code defines, as Markdown."""
    functions = (s for s in _statements(source) if isinstance(s, ast.FunctionDef))
    return ", ".join(f"`{function.name}`" for function in functions)


def _is_check(statement: ast.stmt) -> bool:
    """Say whether a statement is an assertion, or a loop of nothing else."""
    if isinstance(statement, ast.For):
        return all(map(_is_check, statement.body))
    return isinstance(statement, ast.Assert)


def _is_source(statement: ast.stmt) -> bool:
    return ast.unparse(statement).startswith("figures.source(")


def _fold(kind: str, title: str, code: str) -> str:
    return f"/// details | {title}\n    type: {kind}\n\n{_fence(code, 'python')}\n\n///"


def _shown(output: NotebookNode, folder: str, pictures: dict[str, bytes]) -> str:
    """Return an output as Markdown."""
    if output.output_type == "error":
        return _fence(f"{output.ename}: {output.evalue}", "text .conv-output .conv-error")
    if output.output_type == "stream":
        error = " .conv-error" if output.name == "stderr" else ""
        return _fence(output.text, "text .conv-output" + error)
    if "text/markdown" in output.data:
        return str(output.data["text/markdown"])
    if "text/html" in output.data:
        return _with_files(output.data["text/html"], folder, pictures)
    return _fence(output.data["text/plain"], "text .conv-output")


def _fence(text: str, kind: str) -> str:
    """Return a block of code, between more backticks than it has anywhere."""
    ticks = "`" * max(4, *(len(run) + 1 for run in re.findall("`+", text)), 0)
    lines = text.strip("\n")
    return f"{ticks} {{ .{kind} }}\n{lines}\n{ticks}"


def _with_files(html: str, folder: str, pictures: dict[str, bytes]) -> str:
    """Return an output's HTML with each of its pictures in a file.

    What a plain notebook chooses by the system's colour scheme, the site does by its own.
    """
    if "data:image" not in html:
        return html
    soup = BeautifulSoup(html, "html.parser")
    for image in soup("img", src=PICTURE):
        dark = image.find_previous_sibling("source", media=DARK, srcset=PICTURE)
        address = _file(str(image["src"]), folder, pictures)
        image["src"] = address
        if isinstance(dark, Tag) and image.parent is not None:
            other = copy.copy(image)
            other["src"] = f"{_file(str(dark['srcset']), folder, pictures)}#only-dark"
            image["src"] = f"{address}#only-light"
            image.parent.replace_with(image, other)
    return str(soup)


def _file(source: str, folder: str, pictures: dict[str, bytes]) -> str:
    """Keep a picture, and return its address."""
    match = PICTURE.fullmatch(source)
    assert match is not None, source
    contents = base64.b64decode(match["data"])
    name = f"{hashlib.sha256(contents).hexdigest()[:16]}.{match['kind']}"
    pictures[name] = contents
    return f"{folder}/{name}"
