"""The hooks that MkDocs calls: pages that are programs, formulas, downloads."""

from __future__ import annotations

import functools
import posixpath
import re
import subprocess
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

from hooks import execute, material, mathml, policy, render

_sources: dict[str, str] = {}  # Markdown of the executed pages, by their path below docs/
_characters: set[str] = set()  # what the formulas of this build use
_terms: dict[str, str] = {}  # the glossary: what each anchor's term means
_dates: dict[str, str] = {}  # days of the last commits, by the pages' paths below docs/

FIGURES, PROGRAMS = "assets/figures", "assets/programs"
GLOSSARY = "reference/glossary.md"
PARAGRAPH = re.compile(r"[A-Z]")  # not a heading, a list or HTML
PYTHON = "Python 3.11"  # as in pyproject.toml
COLAB = "https://colab.research.google.com/"  # opens notebooks by address from GitHub alone
LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")
TERM = re.compile(r"^## .*\{ #(?P<anchor>[\w-]+) \}\n+(?P<meaning>.+)$", re.MULTILINE)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Link to the repository and to each page's source there, if its address is known."""
    material.leave_plain()
    if address := (config.extra["repository"] or "").rstrip("/"):
        config.edit_uri_template = f"{address}/edit/main/docs/{{path}}"
        link = {"icon": "fontawesome/brands/git-alt", "link": address, "name": "Repository"}
        config.extra["social"] = [link]
        config.extra["install"] = f"pip install git+{address}"
    _dates.update(_days_of_last_commits(config.docs_dir))
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
        install = config.extra.get("install", "")
        text, pictures, notebook = _rendered(
            executed[path], _address(FIGURES, page), install
        )
        for name, contents in pictures.items():
            _publish(f"{FIGURES}/{name}", contents, files, config)
        programs = {
            f"{PROGRAMS}/{stem}.ipynb": notebook,
            f"{PROGRAMS}/{stem}.py": path.read_text(encoding="utf-8"),
        }
        for name, source in programs.items():
            _publish(name, source, files, config)
        links = [_address(name, page) for name in programs]
        _sources[page.src_uri] = _with_downloads(text, install, *links)
    return files


def on_page_read_source(page: Page, config: MkDocsConfig) -> str | None:
    """Hand MkDocs the Markdown of an executed page."""
    return _sources.get(page.file.src_uri)


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Describe a page by its first sentences, date it, and rank the guide first."""
    text = next(filter(PARAGRAPH.match, re.split(r"\n{2,}", markdown)), "")
    text = " ".join(re.sub(r"<[^>]*>|`", "", LINK.sub(r"\1", text)).split())
    if sentences := re.match(r".{,240}[.?](?= |$)", text):
        page.meta.setdefault("description", escape(sentences[0]))
    if day := _dates.get(page.file.src_uri):
        page.meta["updated"] = page.update_date = day
    if page.file.src_uri.startswith("guide/"):
        page.meta.setdefault("search", {"boost": 4})
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
    content = content.replace(
        'title="Link to this section"', 'aria-label="Link to this section"'
    )
    return re.sub(r'(href="[^"]*reference/glossary/#([\w-]+)")', _with_meaning, content)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Mend what the theme writes, and state the page's policy."""
    return policy.stated(material.mended(output, page.file.dest_uri))


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    """Do the same on the 404 page."""
    if not template_name.endswith(".html"):
        return output
    return policy.stated(material.mended(output, template_name))


def on_env(env: object, config: MkDocsConfig, files: Files) -> None:
    """Publish the font of the formulas, with the characters that they use."""
    sheet = mathml.style_sheet(frozenset(_characters))
    files.append(File.generated(config, "assets/formulas.css", content=sheet))


def on_serve(server: LiveReloadServer, config: MkDocsConfig, builder: object) -> None:
    """Rebuild when the package changes."""
    server.watch(str(execute.ROOT / "conv"))


def _is_program(file: File) -> bool:
    return file.is_documentation_page() and file.src_uri.endswith(".py")


def _with_meaning(link: re.Match[str]) -> str:
    return f'{link[1]} title="{escape(_terms.get(link[2], ""))}"'


@functools.cache  # while the site is served, most pages stay as they are
def _rendered(
    executed: Path, folder: str, install: str
) -> tuple[str, dict[str, bytes], str]:
    """Return a page's Markdown, its pictures, and its notebook."""
    notebook = nbformat.read(executed, as_version=4)
    text, pictures = render.markdown(notebook, folder)
    return text, pictures, render.download(notebook, install)


def _days_of_last_commits(folder: str) -> dict[str, str]:
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


def _address(name: str, page: File) -> str:
    return get_relative_url(name, page.url)


def _publish(name: str, contents: str | bytes, files: Files, config: MkDocsConfig) -> None:
    if name not in files.src_uris:
        files.append(File.generated(config, name, content=contents))


def _with_downloads(text: str, install: str, notebook: str, script: str) -> str:
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
