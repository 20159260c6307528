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
from collections.abc import Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

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
EXECUTOR = [
    Path(__file__).with_name(f"{name}.py") for name in ("execute", "kernel", "prose")
]
MOST_LINES = 10  # of code in a cell
LIMIT = 120.0  # seconds that the cells of a page may take
PATIENCE = 10.0  # seconds after which the build says what it waits for
# Pages run side by side: each computes on one thread, and none opens a window.
THREADS = ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM")
SETTINGS = {f"{library}_NUM_THREADS": "1" for library in THREADS} | {"MPLBACKEND": "agg"}

log = logging.getLogger("mkdocs.hooks.execute")
silent = logging.Logger("kernels", logging.CRITICAL + 1)  # a PageError says it, too


class Run(NamedTuple):
    """What executing a page gave: outputs by code cells, and the values in its text."""

    outputs: list[list[NotebookNode]]
    values: list[str]


def execute_all(paths: Iterable[Path], *, limit: float = LIMIT) -> dict[Path, NotebookNode]:
    """Execute pages, or take what they gave from the cache if nothing has changed it.

    Parameters
    ----------
    paths : iterable of Path
        Percent scripts below ``docs/``.
    limit : float
        Seconds that the cells of a page may take.

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
    paths = list(paths)
    results = _run(Build(limit).pages(paths))
    if errors := [result for result in results if isinstance(result, PageError)]:
        raise PageError("\n\n".join(map(str, errors)))
    return dict(zip(paths, results, strict=True))


def _run(pages: Coroutine[Any, Any, list[NotebookNode | PageError]]) -> list[Any]:
    """Wait for pages, also where an event loop runs already, as in Jupyter."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(pages)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, pages).result()


class Build:
    """Pages that are executed together, as many at once as there are processors."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.processors = asyncio.Semaphore(os.cpu_count() or 1)
        self.waiting = 0
        patterns = (
            "conv/**/*.py",
            "conv/**/*.json",
            "requirements/*.txt",
        )
        files = [file for pattern in patterns for file in sorted(ROOT.glob(pattern))]
        contents = [(_name(file), file.read_bytes()) for file in [*files, *EXECUTOR]]
        self.depended_on = _digest(sys.version, contents)

    async def pages(self, paths: list[Path]) -> list[NotebookNode | PageError]:
        """Return the executed pages, or what is wrong with them."""
        # The address of a socket has about 100 characters at most.
        parent = tempfile.gettempdir() if len(tempfile.gettempdir()) < 60 else "/tmp"
        with tempfile.TemporaryDirectory(prefix="conv-", dir=parent) as folder:
            jobs = [self.page(path, Path(folder, str(n))) for n, path in enumerate(paths)]
            return await asyncio.gather(*jobs)

    async def page(self, path: Path, folder: Path) -> NotebookNode | PageError:
        """Return an executed page, or what is wrong with it."""
        try:
            page = _read(path)
            cache = _cache(page, self.depended_on)
            run = _kept(cache, page) or await self.run(page, folder, cache)
            return page.executed(*run)
        except PageError as error:
            return error

    async def run(self, page: Page, folder: Path, cache: Path) -> Run:
        """Execute a page when there is a processor for it, and say how far the build is."""
        self.waiting += 1
        async with self.processors:
            self.waiting -= 1
            log.info("Executing %s; %d to go", page.name, self.waiting)
            start = time.perf_counter()
            run = await Kernel(page, folder).run(self.limit)
            log.info("Executed %s in %.1f s", page.name, time.perf_counter() - start)
        _keep(run, cache)
        return run


class Kernel:
    """What executes one page. Its sockets and settings are in a folder of its own."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self.folder = folder
        self.place = f"{page.name}, before its first cell"
        manager = AsyncKernelManager(
            transport="ipc",
            ip=f"{folder}/socket",
            connection_file=f"{folder}/connection.json",
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),  # this Python's own
            log=silent,
        )
        notebook = nbformat.v4.new_notebook()
        self.client: Any = NotebookClient(
            notebook,
            km=manager,
            extra_arguments=["--HistoryManager.enabled=False"],
            force_raise_errors=True,
            log=silent,
        )

    async def run(self, limit: float) -> Run:
        """Execute the page.

        Raises
        ------
        PageError
            If a cell raises, warns, writes to stderr, takes too long, shows a picture
            without alternative text, ends the kernel, or leaves something behind.
        """
        manager = self.client.km
        try:
            await self._start()
            return await self._watched(limit)
        except DeadKernelError:
            raise PageError(f"{self.place}: ends the process that executes it") from None
        except (RuntimeError, OSError) as error:
            raise PageError(f"{self.place}: cannot be executed: {error!r}") from None
        finally:
            if manager.has_kernel:
                await ensure_async(manager.shutdown_kernel(now=True))
            if self.client.kc:
                self.client.kc.stop_channels()

    async def _start(self) -> None:
        self.folder.mkdir()
        path = [
            str(EXECUTOR[0].parent.parent),
            *filter(None, [os.environ.get("PYTHONPATH")]),
        ]
        own = {"PYTHONPATH": os.pathsep.join(path), "IPYTHONDIR": str(self.folder)}
        environment = os.environ | SETTINGS | own
        environment.pop("PYTHONSTARTUP", None)
        await self.client.async_start_new_kernel(cwd=str(ROOT), env=environment)
        await self.client.async_start_new_kernel_client()
        await self._ask(f"prepare({self.page.name!r})")

    async def _watched(self, limit: float) -> Run:
        """Execute the cells, say after a while that they are at work, and end them."""
        cells = asyncio.ensure_future(self._cells())
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

    async def _cells(self) -> Run:
        run = Run([], [])
        for number, cell in enumerate(self.page.cells, 1):
            self.place = self.page.place(number)
            if cell.is_code:
                run.outputs.append(await self._show(cell.node.source, cell.begin))
                if left := await self._ask("left_behind()"):
                    raise PageError(f"{self.place}: leaves {left} behind")
            for line, expression in cell.roles():
                self.place = (
                    f"{self.page.name}:{line}, cell {number}: {{eval}}`{expression}`"
                )
                value = await self._ask(f"evaluate({expression!r})")
                if value is None or not value.strip() or "\n" in value:
                    raise PageError(
                        f"{self.place}: is {value!r}, and not a text of one line"
                    )
                run.values.append(value)
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
            if "execution_count" in output:
                output.execution_count = None
            if outputs and output.get("name", "") == outputs[-1].get("name"):
                outputs[-1].text += output.text  # a stream may come in pieces
            else:
                outputs.append(output)
        for output in outputs:
            if output.get("name") == "stderr":
                raise PageError(f"{self.place}: writes to stderr:\n{output.text.rstrip()}")
            _require_words(output.get("data", {}), self.place)
        return outputs

    async def _ask(self, call: str) -> str | None:
        """Call a function of `hooks.kernel` in the kernel."""
        expression = f"__import__('hooks.kernel', fromlist=['']).{call}"
        request = self.client.kc.execute("", silent=True, user_expressions={"": expression})
        reply = await self.client.async_wait_for_reply(request)
        answer = reply["content"]["user_expressions"][""]
        if answer["status"] == "error":
            raise PageError(f"{self.place}: {answer['ename']}: {answer['evalue']}")
        return ast.literal_eval(answer["data"]["text/plain"])


def _read(path: Path) -> Page:
    name, folder = _name(path), path.with_suffix("")
    beside = [path.with_suffix(".md"), path.with_suffix(".ipynb"), *folder.glob("index.*")]
    if others := [_name(other) for other in beside if other.exists()]:
        raise PageError(f"{name}: has the same address as {others[0]}")
    page = Page.read(path, name)
    for number, cell in enumerate(page.cells, 1):
        if cell.is_code and cell.node.source.strip("\n").count("\n") >= MOST_LINES:
            raise PageError(f"{page.place(number)}: a cell has at most {MOST_LINES} lines")
    return page


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


def _cache(page: Page, depended_on: str) -> Path:
    """Return the file for what a page gives, named after all that this depends on."""
    code: list[Any] = []
    for cell in page.cells:
        code += [cell.node.source, cell.node.metadata.get("tags")] if cell.is_code else []
        code.append([expression for _, expression in cell.roles()])
    folder = Path(page.name).relative_to("docs").with_suffix("")
    return ROOT / ".cache" / "pages" / folder / f"{_digest(depended_on, code)}.json"


def _kept(cache: Path, page: Page) -> Run | None:
    """Return what a page gave in an earlier build; None if nothing readable is kept."""
    try:
        kept = json.loads(cache.read_text(encoding="utf-8"))
        outputs = [[nbformat.from_dict(each) for each in cell] for cell in kept["outputs"]]
        run = Run(outputs, list(kept["values"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    cells = sum(cell.is_code for cell in page.cells)
    return (
        run if (len(run.outputs), len(run.values)) == (cells, len(page.roles())) else None
    )


def _keep(run: Run, cache: Path) -> None:
    """Write what a page gave, whole or not at all, and delete what it gave before."""
    cache.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=cache.parent, delete=False) as part:
        json.dump(run._asdict(), part)
    Path(part.name).replace(cache)
    for stale in set(cache.parent.glob("*.json")) - {cache}:
        stale.unlink(missing_ok=True)


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:20]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)
