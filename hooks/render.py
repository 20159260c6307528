"""Turn an executed page into Markdown, files, and a notebook to download."""

from __future__ import annotations

import base64
import copy
import hashlib
import re
from pathlib import Path

import nbformat
from nbconvert import MarkdownExporter
from nbformat import NotebookNode

SUFFIXES = {"image/png": "png", "image/svg+xml": "svg"}
PICTURE = re.compile(r"data:(?P<kind>[a-z/+]+);base64,(?P<data>[A-Za-z0-9+/=]+)")
# What a plain notebook chooses by the system's colour scheme, the site chooses by its own.
SCHEMES = re.compile(
    r'<picture><source media="\(prefers-color-scheme: dark\)" srcset="(?P<dark>[^"]+)">'
    r'(?P<before><img src=")(?P<light>[^"]+)(?P<after>"[^>]*>)</picture>'
)


def markdown(notebook: NotebookNode, folder: str) -> tuple[str, dict[str, bytes]]:
    """Return an executed notebook as Markdown, and its pictures by their file names.

    Parameters
    ----------
    notebook : NotebookNode
        With outputs.
    folder : str
        Address of the folder in which the pictures will be found.
    """
    exporter = MarkdownExporter(
        extra_template_basedirs=[str(Path(__file__).parent)], template_name="template"
    )
    text, _ = exporter.from_notebook_node(notebook)
    pictures: dict[str, bytes] = {}

    def address(match: re.Match[str]) -> str:
        contents = base64.b64decode(match["data"])
        digest = hashlib.sha256(contents).hexdigest()[:16]
        name = f"{digest}.{SUFFIXES[match['kind']]}"
        pictures[name] = contents
        return f"{folder}/{name}"

    text = SCHEMES.sub(
        r"\g<before>\g<light>#only-light\g<after>\g<before>\g<dark>#only-dark\g<after>",
        text,
    )
    text = re.sub(r"\n{3,}", "\n\n", PICTURE.sub(address, text)).strip() + "\n"
    return text, pictures


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
