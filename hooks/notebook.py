"""Turn an executed page into Markdown, files, and what a reader downloads."""

from __future__ import annotations

import base64
import copy
import hashlib
import re
from collections.abc import Iterator
from html import escape

import nbformat
from bs4 import BeautifulSoup, Tag
from nbformat import NotebookNode

PICTURE = re.compile(
    r"data:image/(?P<kind>png|svg)[+xml]*;base64,(?P<data>[A-Za-z0-9+/=]+)"
)
DARK = "(prefers-color-scheme: dark)"
ANSWER = "/// details | Answer\n    type: success\n"
PYTHON = "Python 3.11"  # as in pyproject.toml
COLAB = "https://colab.research.google.com/"  # opens notebooks by address from GitHub alone


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


def download(notebook: NotebookNode, install: str) -> str:
    """Return a notebook as a reader gets it: without outputs, to be run anywhere.

    Parameters
    ----------
    notebook : NotebookNode
        As executed.
    install : str
        The command that installs what the page needs, run by a first cell of its own;
        empty if there is none.
    """
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    if install:
        notebook.cells.insert(0, nbformat.v4.new_code_cell(f"%{install}", id="install"))
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
    }
    return nbformat.writes(notebook) + "\n"


def with_downloads(text: str, install: str, notebook: str, script: str) -> str:
    """Return a page's Markdown with links to the downloads below its title."""
    title, _, rest = text.partition("\n")
    elsewhere = ""
    needed = "the package <code>conv</code>, which <code>make</code> installs in a clone."
    if install:
        elsewhere = f' · or upload the notebook to <a href="{COLAB}">Colab</a>'
        needed = f"<code>{escape(install)}</code>, which the notebook runs first."
    note = (
        '<p class="conv-downloads" data-search-exclude>This page is a program: '
        f'<a href="{notebook}" download>notebook</a> · '
        f'<a href="{script}" download>script</a>{elsewhere}.<br>'
        f"You need {PYTHON} or newer, and {needed}</p>"
    )
    return f"{title}\n\n{note}\n{rest}"


def _blocks(
    notebook: NotebookNode, folder: str, pictures: dict[str, bytes]
) -> Iterator[str]:
    """Give the blocks of a notebook's Markdown; answers that follow each other are one."""
    answer = False
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if answer != ("answer" in tags):
            answer = not answer
            yield ANSWER if answer else "///"
        if cell.cell_type == "markdown":
            yield cell.source
        elif cell.cell_type == "code":
            if "hide" not in tags:
                yield _fence(cell.source, "python")
            for output in cell.outputs:
                yield _shown(output, folder, pictures)
    if answer:
        yield "///"


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
