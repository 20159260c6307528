"""Turn an executed page into Markdown, and its pictures into files."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

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
