"""Execute pages in kernels, several at a time, and keep what they show.

Nothing here knows MkDocs. A page runs in a kernel of its own, as in Jupyter, through
nbclient. What is kept between builds are outputs and values; texts are filled in anew.
"""

from __future__ import annotations

import ast
import asyncio
import hashlib
import json
import logging
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from bs4 import BeautifulSoup
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_async
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from hooks.prose import Page, PageError

__all__ = ["ROOT", "PageError", "execute_all"]

ROOT = Path(__file__).parent.parent
HOOKS = Path(__file__).parent
MOST_LINES = 10  # of code in a cell
LIMIT = 120.0  # seconds that a page may take
PATIENCE = 10.0  # seconds after which the build says what it waits for
# Pages run side by side: each computes on one thread, and none opens a window.
SETTINGS = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
SETTINGS |= {"VECLIB_MAXIMUM_THREADS": "1", "MPLBACKEND": "agg", "PYTHONSTARTUP": ""}

log = logging.getLogger("mkdocs.hooks.execute")
silent = logging.Logger(
    "kernels", logging.CRITICAL + 1
)  # what they log is said in a PageError, too


@dataclass
class Run:
    """What executing a page gave: outputs by code cells, and the values of its roles."""

    outputs: list[list[NotebookNode]] = field(default_factory=list)
    values: list[str] = field(default_factory=list)


def execute_all(
    paths: Iterable[Path], *, limit: float | None = None
) -> dict[Path, NotebookNode]:
    """Execute pages, or take what they gave from the cache if nothing has changed it.

    Parameters
    ----------
    paths : iterable of Path
        Percent scripts below ``docs/``.
    limit : float, optional
        Seconds that a page may take.

    Returns
    -------
    dict of Path to NotebookNode
        The executed notebooks, with their texts filled in. ``metadata["script"]`` is the
        script as a reader downloads it.

    Raises
    ------
    PageError
        If any page fails; the message tells of all that do.
    """
    pages, runs, failures = {}, {}, _doubles(paths := list(paths))
    common = _digest(sys.version.encode(), *_depended_on())
    caches = {}
    for path in paths:
        try:
            page = pages[path] = _read(path)
        except PageError as error:
            failures.append(str(error))
            continue
        caches[path] = _cache(page, common)
        if run := _kept(caches[path], page):
            runs[path] = run
    missing = {path: page for path, page in pages.items() if path not in runs}
    if missing:
        executed = asyncio.run(_execute(missing, LIMIT if limit is None else limit, caches))
        runs |= {path: run for path, run in executed.items() if isinstance(run, Run)}
        failures += [str(run) for run in executed.values() if isinstance(run, PageError)]
    notebooks = {}
    for path, run in runs.items():
        try:
            notebooks[path] = pages[path].executed(run.outputs, run.values)
        except PageError as error:
            failures.append(str(error))
    if failures:
        raise PageError("\n\n".join(failures))
    return {path: notebooks[path] for path in paths}


def _doubles(paths: list[Path]) -> list[str]:
    """Complain of pages whose address another source has, too."""
    sources = defaultdict(set)
    for path in [*paths, *(ROOT / "docs").rglob("*")]:
        if path.suffix in {".py", ".md", ".ipynb"}:
            is_folder = path.stem in {"index", "README"}
            sources[path.parent if is_folder else path.with_suffix("")].add(path)
    return [
        f"{' and '.join(_name(path) for path in sorted(same))}: have one address"
        for same in sources.values()
        if len(same) > 1 and not same.isdisjoint(paths)
    ]


def _read(path: Path) -> Page:
    page = Page.read(path, _name(path))
    for number, cell in enumerate(page.cells, 1):
        if cell.is_code and cell.node.source.strip("\n").count("\n") >= MOST_LINES:
            message = f"a cell has at most {MOST_LINES} lines"
            raise PageError(f"{page.place(number)}: {message}")
    return page


async def _execute(
    pages: dict[Path, Page], limit: float, caches: dict[Path, Path]
) -> dict[Path, Run | PageError]:
    """Execute as many pages at once as there are processors, and say how far that is."""
    processors = asyncio.Semaphore(os.cpu_count() or 1)
    remaining = len(pages)

    async def one(page: Page, cache: Path, folder: Path) -> Run | PageError:
        nonlocal remaining
        async with processors:
            log.info("Executing %s", page.name)
            start = time.perf_counter()
            try:
                run = await Execution(page, folder).within(limit)
            except PageError as error:
                return error
            finally:
                remaining -= 1
            seconds = time.perf_counter() - start
            log.info("Executed %s in %.1f s; %d to go", page.name, seconds, remaining)
            _keep(run, cache)
            return run

    # An address of a socket has about 100 characters at most.
    parent = tempfile.gettempdir() if len(tempfile.gettempdir()) < 60 else "/tmp"
    with tempfile.TemporaryDirectory(prefix="conv-", dir=parent) as folder:
        jobs = [
            one(page, caches[path], Path(folder, str(number)))
            for number, (path, page) in enumerate(pages.items())
        ]
        return dict(zip(pages, await asyncio.gather(*jobs), strict=True))


class Execution:
    """One page in one kernel."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self.folder = folder  # for the kernel's sockets and settings
        self.place = f"{page.name}, before its first cell"
        manager = AsyncKernelManager(
            transport="ipc",
            ip=f"{folder}/socket",
            connection_file=f"{folder}/connection.json",
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),  # of this Python
            log=silent,
        )
        notebook = nbformat.v4.new_notebook()
        self.client = NotebookClient(
            notebook, km=manager, force_raise_errors=True, log=silent
        )

    async def within(self, limit: float) -> Run:
        """Execute the page.

        Raises
        ------
        PageError
            If a cell raises, warns, writes to stderr, takes too long, shows a picture
            without alternative text, ends the kernel, or leaves something behind.
        """
        try:
            await self._start()
            return await self._watched(limit)
        except PageError:
            raise
        except DeadKernelError:
            raise PageError(f"{self.place}: ends the process that executes it") from None
        except Exception as error:
            raise PageError(f"{self.place}: cannot be executed: {error!r}") from None
        finally:
            if self.client.km and self.client.km.has_kernel:
                await ensure_async(self.client.km.shutdown_kernel(now=True))
            if self.client.kc:
                self.client.kc.stop_channels()

    async def _start(self) -> None:
        self.folder.mkdir()
        path = os.pathsep.join([str(HOOKS.parent), os.environ.get("PYTHONPATH", "")])
        settings = {"PYTHONPATH": path.strip(os.pathsep), "IPYTHONDIR": str(self.folder)}
        self.client.extra_arguments = ["--HistoryManager.enabled=False"]
        await self.client.async_start_new_kernel(
            cwd=str(ROOT), env=os.environ | SETTINGS | settings
        )
        await self.client.async_start_new_kernel_client()
        await self._ask(f"prepare({self.page.name!r})")

    async def _watched(self, limit: float) -> Run:
        """Execute the cells, say after a while that they are at work, and end them."""
        cells = asyncio.ensure_future(self._run())
        try:
            done, _ = await asyncio.wait([cells], timeout=min(PATIENCE, limit))
            if not done:
                log.info("Still executing %s", self.place)
                done, _ = await asyncio.wait([cells], timeout=max(0, limit - PATIENCE))
        finally:
            cells.cancel()
            await asyncio.gather(cells, return_exceptions=True)
        if not done:
            raise PageError(f"{self.place}: has not ended after {limit:g} s")
        return cells.result()

    async def _run(self) -> Run:
        run = Run()
        for number, cell in enumerate(self.page.cells, 1):
            self.place = self.page.place(number)
            if cell.is_code:
                run.outputs.append(await self._show(cell.node.source, cell.begin))
                if left := await self._ask("left_behind()"):
                    raise PageError(f"{self.place}: leaves {left} behind")
            for line, expression in cell.roles():
                place = f"{self.page.name}:{line}, cell {number}: {{eval}}`{expression}`"
                run.values.append(await self._evaluate(expression, place))
        return run

    async def _show(self, source: str, line: int) -> list[NotebookNode]:
        """Execute a cell, and return what it shows."""
        # Comments in front let a traceback name the line of the page.
        cell = nbformat.v4.new_code_cell("#\n" * (line - 1) + source.lstrip("\n"))
        self.client.nb.cells = [cell]
        try:
            await self.client.async_execute_cell(cell, 0)
        except CellExecutionError as error:
            lines = [line for each in cell.outputs for line in each.get("traceback", [])]
            text = "\n".join(lines or [f"{error.ename}: {error.evalue}"])
            text = text.replace(f"{ROOT}{os.sep}", "").strip()
            raise PageError(f"{self.place}:\n{text}") from None
        outputs: list[NotebookNode] = []
        for output in cell.outputs:
            last = outputs[-1] if outputs else {}
            if "execution_count" in output:
                output.execution_count = None
            if output.output_type == "stream" and output.name == last.get("name"):
                last["text"] += output.text
            else:
                outputs.append(output)
        for output in outputs:
            if output.get("name") == "stderr":
                raise PageError(f"{self.place}: writes to stderr:\n{output.text.rstrip()}")
            _require_words(output.get("data", {}), self.place)
        return outputs

    async def _evaluate(self, expression: str, place: str) -> str:
        """Return the text of an expression's value."""
        try:
            text = await self._ask(f"evaluate({expression!r})")
        except PageError as error:
            raise PageError(f"{place}: {error}") from None
        if text is None or not text.strip() or "\n" in text:
            raise PageError(f"{place}: is {text!r}, and not a text of one line")
        return text

    async def _ask(self, call: str) -> str | None:
        """Call a function of `hooks.kernel` in the kernel."""
        expression = f"__import__('hooks.kernel', fromlist=['']).{call}"
        kernel: Any = self.client.kc
        request = kernel.execute("", silent=True, user_expressions={"it": expression})
        reply: Any = await self.client.async_wait_for_reply(request)
        it = reply["content"]["user_expressions"]["it"]
        if it["status"] == "error":
            raise PageError(f"{it['ename']}: {it['evalue']}")
        return ast.literal_eval(it["data"]["text/plain"])


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


def _depended_on() -> list[bytes]:
    """Return what all pages depend on: the package, the lock files, and what executes."""
    package = [path for kind in ("py", "json") for path in ROOT.glob(f"conv/**/*.{kind}")]
    locks = [*ROOT.glob("requirements*.txt"), *ROOT.glob("requirements/*.txt")]
    executor = [HOOKS / f"{name}.py" for name in ("execute", "kernel", "prose")]
    parts = []
    for path in [*sorted(package), *sorted(locks), *executor]:
        parts += [_name(path).encode(), path.read_bytes()]
    return parts


def _cache(page: Page, common: str) -> Path:
    """Return the file for what a page gives, named after all that it depends on."""
    parts = []
    for cell in page.cells:
        parts += [repr(cell.node.metadata.get("tags")), cell.node.source] * cell.is_code
        parts += [f"eval {expression}" for _, expression in cell.roles()]
    digest = _digest(common.encode(), *(part.encode() for part in parts))
    folder = Path(page.name).relative_to("docs").with_suffix("")
    return ROOT / ".cache" / "pages" / folder / f"{digest}.json"


def _kept(cache: Path, page: Page) -> Run | None:
    """Return what a page gave in an earlier build; None if nothing readable is kept."""
    try:
        kept = json.loads(cache.read_text(encoding="utf-8"))
        outputs = [[nbformat.from_dict(each) for each in cell] for cell in kept["outputs"]]
        run = Run(outputs, list(kept["values"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    expected = sum(cell.is_code for cell in page.cells), len(page.roles())
    return run if (len(run.outputs), len(run.values)) == expected else None


def _keep(run: Run, cache: Path) -> None:
    """Write what a page gave, whole or not at all, and delete what it gave before."""
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=cache.parent, suffix=".part", delete=False, encoding="utf-8"
        ) as part:
            json.dump({"outputs": run.outputs, "values": run.values}, part)
        Path(part.name).replace(cache)
        for stale in cache.parent.glob("*.json"):
            if stale != cache:
                stale.unlink(missing_ok=True)
    except OSError as error:
        log.info("Could not keep what a page gave: %s", error)


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(b"%d:" % len(part) + part)
    return digest.hexdigest()[:20]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)
