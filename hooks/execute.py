"""Execute a page: run the cells of a percent script in order, and keep what they show.

Nothing here knows MkDocs. Pages run in processes of their own, several at a time; what they
all import first is loaded once.
"""

from __future__ import annotations

import os

# Pages run side by side: each computes on one thread. Set before NumPy is loaded.
for _library in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

import hashlib
import io
import logging
import multiprocessing
import sys
import time
import traceback
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from bs4 import BeautifulSoup
from IPython.core.displayhook import CapturingDisplayHook
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbformat import NotebookNode
from traitlets.config import Config

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".cache" / "pages"
MOST_LINES = 10  # of code in a cell
PRELOADED = [
    "hooks.execute",
    "matplotlib.figure",
    "matplotlib.backends.backend_svg",
    "PIL.Image",
]

log = logging.getLogger("mkdocs.hooks.execute")


class PageError(Exception):
    """A page that must not be published; the message names page and cell."""


def execute_all(paths: Iterable[Path]) -> dict[Path, Path]:
    """Execute pages, or take them from the cache where nothing they depend on changed.

    Parameters
    ----------
    paths : iterable of Path
        Percent scripts.

    Returns
    -------
    dict of Path to Path
        The files of the executed notebooks; the name of each changes with its contents.

    Raises
    ------
    PageError
        If any page fails; the message tells of all that do.
    """
    lock = (ROOT / "requirements").glob("site.txt")
    common = _digest([*(ROOT / "conv").rglob("*.py"), *lock, Path(__file__)])
    cached = {
        path: CACHE / f"{path.stem}-{_digest([path], common)}.ipynb" for path in paths
    }
    missing = [path for path, cache in cached.items() if not cache.exists()]
    failures = []
    CACHE.mkdir(parents=True, exist_ok=True)
    for path, outcome in _run(missing):
        if isinstance(outcome, PageError):
            failures.append(str(outcome))
        else:
            for stale in CACHE.glob(f"{path.stem}-*.ipynb"):
                stale.unlink()
            nbformat.write(outcome, cached[path])
    if failures:
        raise PageError("\n\n".join(failures))
    return cached


def _run(paths: list[Path]) -> Iterator[tuple[Path, NotebookNode | PageError]]:
    """Execute pages in parallel, and say how far that is."""
    if not paths:
        return
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    with ProcessPoolExecutor(os.cpu_count(), context, max_tasks_per_child=1) as pool:
        waiting = {pool.submit(timed, path): path for path in paths}
        log.info("Executing %d pages", len(paths))
        for done, future in enumerate(as_completed(waiting), 1):
            path = waiting[future]
            try:
                outcome, seconds = future.result()
            except PageError as error:
                yield path, error
                continue
            log.info(
                "Executed %s in %.1f s; %d to go", _name(path), seconds, len(paths) - done
            )
            yield path, outcome


def timed(path: Path) -> tuple[NotebookNode, float]:
    """Execute a page in this process, and measure the seconds that it takes."""
    start = time.perf_counter()
    return execute(path), time.perf_counter() - start


def execute(path: Path) -> NotebookNode:
    """Execute a page in this process, which must not have executed another one.

    Raises
    ------
    PageError
        If a cell raises (and is not tagged ``raises-exception``), warns, writes to stderr,
        is too long, or shows a picture without alternative text.
    """
    text = path.read_text(encoding="utf-8")
    notebook = jupytext.reads(text, fmt="py:percent")
    config = Config(
        HistoryManager={"enabled": False}, InteractiveShell={"colors": "NoColor"}
    )
    shell = InteractiveShell.instance(config=config)
    end = 0
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"cell-{number}"
        if cell.cell_type != "code":
            continue
        start = text.index(cell.source, end)
        end = start + len(cell.source)
        line = text.count("\n", 0, start)
        place = f"{_name(path)}:{line + 1}, cell {number}"
        if cell.source.count("\n") >= MOST_LINES:
            raise PageError(f"{place}: a cell has at most {MOST_LINES} lines")
        _run_cell(shell, cell, path, line, place)
    notebook.metadata.pop("jupytext", None)
    return notebook


def _run_cell(
    shell: InteractiveShell, cell: Any, path: Path, line: int, place: str
) -> None:
    # Comments in front let a traceback name the line of the page.
    shell.compile.get_code_name = lambda *_: str(path)  # type: ignore[method-assign]
    results: list[dict[str, Any]] = []  # of the cell's last expression
    shell.display_trap.hook = CapturingDisplayHook(shell, results)
    with warnings.catch_warnings(), capture_output() as captured:
        warnings.simplefilter("error")
        result = shell.run_cell("#\n" * line + cell.source, store_history=False)
    error = result.error_before_exec or result.error_in_exec
    expected = "raises-exception" in cell.metadata.get("tags", [])
    if error and not expected:
        raise PageError(f"{place}:\n{_traceback(error, path)}")
    if expected and not error:
        raise PageError(f"{place}: is tagged raises-exception, and raises nothing")
    if captured.stderr:
        raise PageError(f"{place}: writes to stderr:\n{captured.stderr}")
    if error:
        shown = f"{type(error).__name__}: {error}\n"
        cell.outputs = [nbformat.v4.new_output("stream", name="stderr", text=shown)]
        return
    cell.outputs = []
    if captured.stdout:
        cell.outputs.append(nbformat.v4.new_output("stream", text=captured.stdout))
    for data in [output.data for output in captured.outputs] + [r["data"] for r in results]:
        _require_words(data, place)
        cell.outputs.append(nbformat.v4.new_output("display_data", data=data))


def _require_words(data: dict[str, Any], place: str) -> None:
    """Raise a PageError if an output shows a picture that is not described in words."""
    if pictures := [kind for kind in data if kind.startswith("image/")]:
        raise PageError(f"{place}: {pictures[0]} has no alternative text; show a Figure")
    for element in BeautifulSoup(data.get("text/html", ""), "html.parser")(["img", "svg"]):
        family = [element, *element.parents]
        words = [
            str(node.get(name, "")) for node in family for name in ("alt", "aria-label")
        ]
        if not "".join(words).strip():
            raise PageError(f"{place}: <{element.name}> has no alternative text")


def _traceback(error: BaseException, path: Path) -> str:
    """Format a traceback from the page's own line on."""
    frames = traceback.TracebackException.from_exception(error)
    own = [n for n, frame in enumerate(frames.stack) if frame.filename == str(path)]
    del frames.stack[: own[0] if own else 0]
    text = io.StringIO()
    print(*frames.format(), sep="", file=text)
    return text.getvalue().replace(f"{ROOT}{os.sep}", "").rstrip()


def _digest(paths: Iterable[Path], start: str = sys.version) -> str:
    digest = hashlib.sha256(start.encode())
    for path in sorted(paths):
        digest.update(f"\0{path}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:20]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
