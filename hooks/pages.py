"""The hooks that MkDocs calls: pages that are programs, formulas, downloads."""

from __future__ import annotations

import functools
import posixpath
import re
from html import escape
from pathlib import Path

import nbformat
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url
from nbformat import NotebookNode

from hooks import execute, mathml, policy, render

_sources: dict[str, str] = {}  # Markdown of the executed pages, by their path below docs/
_characters: set[str] = set()  # what the formulas of this build use
_terms: dict[str, str] = {}  # the glossary: what each anchor's term means

FIGURES, PROGRAMS = "assets/figures", "assets/programs"
GLOSSARY = "reference/glossary.md"
PARAGRAPH = re.compile(r"[A-Z]")  # not a heading, a list or HTML
LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")
TERM = re.compile(r"^## .*\{ #(?P<anchor>[\w-]+) \}\n+(?P<meaning>.+)$", re.MULTILINE)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Link to the repository and to each page's source there, if its address is known."""
    if address := (config.extra["repository"] or "").rstrip("/"):
        config.edit_uri_template = f"{address}/edit/main/docs/{{path}}"
        link = {"icon": "fontawesome/brands/git-alt", "link": address, "name": "Repository"}
        config.extra["social"] = [link]
    return config


@event_priority(-100)  # after mkdocs-jupyter, which finds the pages
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Execute every page that is a program, and publish its pictures and downloads."""
    _characters.clear()
    if glossary := files.get_file_from_path(GLOSSARY):
        _terms.update(TERM.findall(glossary.content_string))
    pages = {Path(file.abs_src_path or ""): file for file in files if _is_program(file)}
    try:
        executed = execute.execute_all(pages)
    except execute.PageError as error:
        raise PluginError(f"pages that fail:\n\n{error}") from None
    for path, page in pages.items():
        stem = posixpath.splitext(page.src_uri)[0]
        text, pictures, notebook = _rendered(executed[path], _address(FIGURES, page))
        for name, contents in pictures.items():
            _publish(f"{FIGURES}/{name}", contents, files, config)
        programs = {
            f"{PROGRAMS}/{stem}.ipynb": notebook,
            f"{PROGRAMS}/{stem}.py": path.read_text(encoding="utf-8"),
        }
        for name, source in programs.items():
            _publish(name, source, files, config)
        links = [_address(name, page) for name in programs]
        _sources[page.src_uri] = _with_downloads(text, *links)
    return files


def on_page_read_source(page: Page, config: MkDocsConfig) -> str | None:
    """Hand MkDocs the Markdown of an executed page."""
    return _sources.get(page.file.src_uri)


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Describe a page to search engines by the first sentences of its first paragraph."""
    text = next(filter(PARAGRAPH.match, re.split(r"\n{2,}", markdown)), "")
    text = " ".join(re.sub(r"<[^>]*>|`", "", LINK.sub(r"\1", text)).split())
    if sentences := re.match(r".{,240}[.?](?= |$)", text):
        page.meta.setdefault("description", sentences[0])
    return markdown


@event_priority(-100)
def on_pre_page(page: Page, config: MkDocsConfig, files: Files) -> Page:
    """Let MkDocs render executed pages like all others, not mkdocs-jupyter."""
    vars(page).pop("render", None)
    return page


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Typeset formulas, and say on links to the glossary what each term means."""
    try:
        content = mathml.typeset(html)
    except mathml.FormulaError as error:
        raise PluginError(f"{page.file.src_uri}: {error}") from None
    _characters.update(mathml.characters(content))
    return re.sub(r'(href="[^"]*reference/glossary/#([\w-]+)")', _with_meaning, content)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Name the theme's search dialog for screen readers."""
    return _with_named_search(output)


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    """Name it on the 404 page, too."""
    return _with_named_search(output)


def on_env(env: object, config: MkDocsConfig, files: Files) -> None:
    """Publish the font of the formulas, with the characters that they use."""
    font = File.generated(
        config, "assets/stix-two-math.woff2", content=mathml.font(frozenset(_characters))
    )
    files.append(font)


def on_post_build(config: MkDocsConfig) -> None:
    """Write the security policy where Netlify and Cloudflare Pages look for headers."""
    site = Path(config.site_dir)
    pages = [page.read_text(encoding="utf-8") for page in site.rglob("*.html")]
    headers = f"/*\n  Content-Security-Policy: {policy.policy(pages)}\n"
    (site / "_headers").write_text(headers, encoding="utf-8")


def on_serve(server: LiveReloadServer, config: MkDocsConfig, builder: object) -> None:
    """Rebuild when the package changes."""
    server.watch(str(execute.ROOT / "conv"))


def _is_program(file: File) -> bool:
    return file.is_documentation_page() and file.src_uri.endswith(".py")


def _with_named_search(html: str) -> str:
    return html.replace('role="dialog"', 'role="dialog" aria-label="Search"', 1)


def _with_meaning(link: re.Match[str]) -> str:
    return f'{link[1]} title="{escape(_terms.get(link[2], ""))}"'


@functools.cache  # while the site is served, most pages stay as they are
def _rendered(executed: Path, folder: str) -> tuple[str, dict[str, bytes], str]:
    """Return a page's Markdown, its pictures, and its notebook without outputs."""
    notebook: NotebookNode = nbformat.read(executed, as_version=4)
    text, pictures = render.markdown(notebook, folder)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
    }
    return text, pictures, nbformat.writes(notebook) + "\n"


def _address(name: str, page: File) -> str:
    return get_relative_url(name, page.url)


def _publish(name: str, contents: str | bytes, files: Files, config: MkDocsConfig) -> None:
    if name not in files.src_uris:
        files.append(File.generated(config, name, content=contents))


def _with_downloads(text: str, notebook: str, script: str) -> str:
    title, _, rest = text.partition("\n")
    note = (
        f'<p class="conv-downloads">This page is a program: <a href="{notebook}" download>'
        f'notebook</a> · <a href="{script}" download>script</a></p>'
    )
    return f"{title}\n\n{note}\n{rest}"
