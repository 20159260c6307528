"""What MkDocs calls while it builds the site: a table of contents of the build."""

from __future__ import annotations

import platform
import posixpath
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from jinja2 import Environment
from markdown import Markdown
from markdown.extensions import Extension
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url
from nbformat import NotebookNode

from hooks import execute, facts, formulas, material, meta, notebook, policy

FIGURES, PROGRAMS = "assets/figures", "assets/programs"
OLDEST = "3.11"  # the Python that readers need, as in pyproject.toml
NEEDS = {  # beside the package
    "beyond/large.py": "cloudpickle zarr",
    "beyond/workers.py": '"dask[array,distributed]" psutil zarr',
}
WIDE: dict[str, Any] = {"hide": ["navigation", "toc"]}
LAYOUTS = {"index.py": WIDE | {"template": "home.html"}, "explorer.py": WIDE}


@dataclass(frozen=True)
class Build:
    """What one build keeps from event to event; the next one begins with nothing."""

    days: dict[str, str] = field(default_factory=dict)  # of the last commits, by path
    terms: dict[str, str] = field(default_factory=dict)  # what each anchor's term means
    programs: dict[str, dict[str, Any]] = field(default_factory=dict)  # what templates ask
    characters: set[str] = field(default_factory=set)  # of all formulas
    unreadable: list[str] = field(default_factory=list)  # formulas of one page


class Rooms(Extension):
    """What the rooms add to Markdown."""

    def __init__(self, config: MkDocsConfig) -> None:
        super().__init__()
        self.contents = config.mdx_configs["toc"]

    def extendMarkdown(self, md: Markdown) -> None:
        """Extend a converter, as each page has its own."""
        formulas.extend(md, _build.characters, _build.unreadable)
        minutes = {name: page["minutes"] for name, page in _build.programs.items()}
        meta.extend(md, _build.terms, minutes)
        material.extend(md, self.contents)


_build = Build()


@event_priority(100)  # before mkdocstrings, which converts docstrings with what it finds
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Begin a build, and link to the repository if its address is known."""
    global _build
    _build = Build(days=meta.days_of_last_commits(config.docs_dir))
    config.markdown_extensions.append(Rooms(config))
    material.leave_plain()
    if address := (config.extra["repository"] or "").rstrip("/"):
        config.edit_uri_template = f"{address}/edit/main/docs/{{path}}"
        link = {"icon": "fontawesome/brands/git-alt", "link": address, "name": "Repository"}
        config.extra["social"] = [link]
        config.extra["install"] = f"pip install git+{address}"
    return config


@event_priority(-100)  # after mkdocs-jupyter, which finds the pages
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Execute every page that is a program, and publish what becomes of it."""
    if glossary := files.get_file_from_path(meta.GLOSSARY):
        _build.terms.update(meta.terms(glossary.content_string))
    pages = {Path(file.abs_src_path or ""): file for file in files if _is_program(file)}
    try:
        executed = execute.execute_all(pages)
    except execute.PageError as error:
        raise PluginError(f"pages that fail:\n\n{error}") from None
    for path, page in pages.items():
        _publish_program(executed[path], page, files, config)
    for name, contents in facts.FILES.items():
        _publish(name, contents(), files, config)
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Describe and date a page, rank the guide first, and give the glossary its letters."""
    meta.describe(page.meta, page.file.src_uri, markdown, _build.days)
    page.meta.update(_build.programs.get(page.file.src_uri, {}))
    page.meta.update(LAYOUTS.get(page.file.src_uri, {}))
    if day := page.meta.get("updated"):
        page.update_date = day
    return meta.alphabet(markdown) if page.file.src_uri == meta.GLOSSARY else markdown


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Fail on formulas that cannot be read."""
    if _build.unreadable:
        raise PluginError("\n".join(f"{page.file.src_uri}: {e}" for e in _build.unreadable))
    return html


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> None:
    """Publish the font of the formulas, and tell the templates what was executed."""
    env.globals["checks"] = sum(page["checks"] for page in _build.programs.values())
    env.globals["commit"] = meta.day_of_commit(config.docs_dir)
    env.globals["oldest"] = OLDEST
    env.globals["python"] = (
        f"Python {platform.python_version()} and NumPy {version('numpy')}"
    )
    sheet = formulas.style_sheet(frozenset(_build.characters))
    _publish("assets/formulas.css", sheet, files, config)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """State the page's policy."""
    return policy.stated(output)


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    """State that of the 404 page."""
    return policy.stated(output) if template_name.endswith(".html") else output


def on_post_build(config: MkDocsConfig) -> None:
    """Mend what the theme writes."""
    material.mend(Path(config.site_dir))


def on_serve(server: LiveReloadServer, config: MkDocsConfig, builder: object) -> None:
    """Rebuild when the package changes."""
    server.watch(str(execute.ROOT / "conv"))


def _is_program(file: File) -> bool:
    return file.is_documentation_page() and file.src_uri.endswith(".py")


def _publish_program(
    executed: NotebookNode, page: File, files: Files, config: MkDocsConfig
) -> None:
    """Publish an executed page's pictures and downloads, and hand MkDocs its Markdown."""
    text, pictures = notebook.markdown(executed, get_relative_url(FIGURES, page.url))
    for name, contents in pictures.items():
        _publish(f"{FIGURES}/{name}", contents, files, config)
    install = config.extra.get("install", "")
    address = urljoin(config.site_url or "", page.src_uri)
    if install and page.src_uri in NEEDS:
        install += f" {NEEDS[page.src_uri]}"
    stem = f"{PROGRAMS}/{posixpath.splitext(page.src_uri)[0]}"
    programs = {
        f"{stem}.ipynb": notebook.download(executed, install, address),
        f"{stem}.py": executed.metadata["script"],
    }
    for name, contents in programs.items():
        _publish(name, contents, files, config)
    minutes = meta.minutes(executed, notebook.count_lines(executed))
    _build.programs[page.src_uri] = {
        "downloads": list(programs),
        "install": install,
        "minutes": minutes,
        "checks": notebook.count_checks(executed.metadata["script"]),
        "subtitle": f"{minutes} min",
    }
    # With a text of its own, the page is no notebook any more that mkdocs-jupyter renders.
    page.content_string = text


def _publish(name: str, contents: str | bytes, files: Files, config: MkDocsConfig) -> None:
    if name not in files.src_uris:
        files.append(File.generated(config, name, content=contents))
