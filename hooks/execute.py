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
from collections.abc import AsyncIterator, Collection, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bs4 import BeautifulSoup
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbconvert.preprocessors import CoalesceStreamsPreprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from hooks.prose import Cell, Page, PageError

__all__ = ["ROOT", "PageError", "execute_all"]

ROOT = Path(__file__).parent.parent
DEPENDED_ON = ("conv/**/*.py", "conv/**/*.json", "requirements/*.txt", "hooks/*.py")
MOST_LINES = 10  # of code in a cell
LIMIT = 300.0  # seconds that the cells of a page may take
PATIENCE = 10.0  # seconds after which the build says what it waits for
# Pages run side by side: each computes on one thread, and none opens a window.
THREADS = ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM")
SETTINGS = {f"{library}_NUM_THREADS": "1" for library in THREADS}
SETTINGS |= {"MPLBACKEND": "agg", "PYTHONSTARTUP": ""}

log = logging.getLogger("mkdocs.hooks.execute")


class Run(NamedTuple):
    """What executing a page gave: outputs by code cells, and the values in its text."""

    outputs: list[list[NotebookNode]]
    values: list[str]


def execute_all(paths: Collection[Path]) -> dict[Path, NotebookNode]:
    """Execute pages, or take what they gave from the cache if nothing has changed it.

    Parameters
    ----------
    paths : collection of Path
        Percent scripts below ``docs/``.

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
    results = _run(Build().pages(paths))
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

    def __init__(self) -> None:
        self.processors = asyncio.Semaphore(os.cpu_count() or 1)
        self.waiting = 0
        files = [file for pattern in DEPENDED_ON for file in sorted(ROOT.glob(pattern))]
        contents = [(file.relative_to(ROOT), file.read_bytes()) for file in files]
        self.depended_on = _digest(sys.version, contents)

    async def pages(self, paths: Collection[Path]) -> list[NotebookNode | PageError]:
        """Return the executed pages, or what is wrong with them."""
        return await asyncio.gather(*map(self.page, paths))

    async def page(self, path: Path) -> NotebookNode | PageError:
        """Return an executed page, or what is wrong with it."""
        try:
            page = _read(path)
            cache = _cache(page, self.depended_on)
            run = _kept(cache, page) or await self.run(page, cache)
            return page.executed(*run)
        except PageError as error:
            return error

    async def run(self, page: Page, cache: Path) -> Run:
        """Execute a page when there is a processor for it, and say how far the build is."""
        self.waiting += 1
        async with self.processors:
            self.waiting -= 1
            log.info("Executing %s; %d to go", page.name, self.waiting)
            start = time.perf_counter()
            run = await Execution(page).run()
            log.info("Executed %s in %.1f s", page.name, time.perf_counter() - start)
        _keep(run, cache)
        return run


class Execution:
    """A page on its way through a kernel, and the place that it has reached."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.place = f"{page.name}, before its first cell"

    async def run(self) -> Run:
        """Execute the page.

        Raises
        ------
        PageError
            If a cell raises, warns, writes to stderr, takes too long, shows a picture
            without alternative text, ends the kernel, or leaves something behind.
        """
        loop = asyncio.get_running_loop()
        clock = asyncio.timeout(None)
        try:
            async with _kernel() as self.client, clock:
                await self._ask(f"prepare({self.page.name!r})")
                clock.reschedule(loop.time() + LIMIT)
                late = loop.call_later(PATIENCE, self._say)
                try:
                    return await self._cells()
                finally:
                    late.cancel()
        except (RuntimeError, OSError) as error:
            why = f"cannot be executed: {error!r}"
            if clock.expired():  # nbclient then takes the kernel for dead
                why = f"has not ended after {LIMIT:g} s"
            elif isinstance(error, DeadKernelError):
                why = "ends the process that executes it"
            raise PageError(f"{self.place}: {why}") from None

    def _say(self) -> None:
        log.info("Still executing %s", self.place)

    async def _cells(self) -> Run:
        run = Run([], [])
        for number, cell in enumerate(self.page.cells, 1):
            self.place = self.page.place(number)
            if cell.is_code:
                run.outputs.append(await self._show(cell))
            for line, expression in cell.roles():
                self.place = f"{self.page.name}:{line}, cell {number}"
                run.values.append(await self._evaluate(expression))
        return run

    async def _show(self, cell: Cell) -> list[NotebookNode]:
        """Execute a cell, and return what it shows."""
        # Comments in front let a traceback name the line of the page.
        code = new_code_cell("#\n" * (cell.line - 1) + cell.node.source.lstrip("\n"))
        self.client.nb.cells = [code]
        try:
            await self.client.async_execute_cell(code, 0)
        except CellExecutionError:
            lines = [line for each in code.outputs for line in each.get("traceback", [])]
            text = "\n".join(lines).replace(f"{ROOT}{os.sep}", "").strip()
            raise PageError(f"{self.place}:\n{text}") from None
        if left := await self._ask("left_behind()"):
            raise PageError(f"{self.place}: leaves {left} behind")
        # What a cell prints may come in pieces.
        CoalesceStreamsPreprocessor().preprocess_cell(code, {}, 0)
        for output in code.outputs:
            if output.get("name") == "stderr":
                raise PageError(f"{self.place}: writes to stderr:\n{output.text.rstrip()}")
            _require_words(output.get("data", {}), self.place)
        return code.outputs

    async def _evaluate(self, expression: str) -> str:
        """Return the text of an expression's value."""
        self.place += f": {{eval}}`{expression}`"
        value = await self._ask(f"evaluate({expression!r})")
        if value is None or not value.strip() or "\n" in value:
            raise PageError(f"{self.place}: is {value!r}, and not a text of one line")
        return value

    async def _ask(self, call: str) -> str | None:
        """Call a function of `hooks.kernel` in the kernel."""
        expression = f"__import__('hooks.kernel', fromlist=['']).{call}"
        request = self.client.kc.execute("", silent=True, user_expressions={"": expression})
        reply = await self.client.async_wait_for_reply(request)
        answer = reply["content"]["user_expressions"][""]
        if answer["status"] == "error":
            raise PageError(f"{self.place}: {answer['ename']}: {answer['evalue']}")
        return ast.literal_eval(answer["data"]["text/plain"])


@asynccontextmanager
async def _kernel() -> AsyncIterator[Any]:
    """Start a kernel whose sockets and settings are in a folder of its own, and end it."""
    # In a short path: the address of a socket has about 100 characters at most.
    with tempfile.TemporaryDirectory(prefix="conv-", dir="/tmp") as folder:
        manager = AsyncKernelManager(
            transport="ipc",
            connection_file=f"{folder}/connection.json",
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),  # this Python's own
        )
        client = NotebookClient(new_notebook(), km=manager)
        own = {"IPYTHONDIR": folder, "TMPDIR": folder}
        environment = os.environ | SETTINGS | own
        try:
            await client.async_start_new_kernel(cwd=str(ROOT), env=environment)
            await client.async_start_new_kernel_client()
            yield client
        finally:
            await manager.shutdown_kernel(now=True)
            if client.kc:
                client.kc.stop_channels()


def _read(path: Path) -> Page:
    name = path.relative_to(ROOT).as_posix()
    index = path.with_suffix("").glob("index.*")
    beside = [path.with_suffix(".md"), path.with_suffix(".ipynb"), *index]
    if others := [other for other in beside if other.exists()]:
        raise PageError(f"{name}: has the same address as {others[0].relative_to(ROOT)}")
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
        family, names = [element, *element.parents], ("alt", "aria-label")
        words = [str(node.get(name, "")) for node in family for name in names]
        if not "".join(words).strip():
            raise PageError(f"{place}: <{element.name}> has no alternative text")


def _cache(page: Page, depended_on: str) -> Path:
    """Return the file for what a page gives, named after all that this depends on."""
    code = [
        cell.node.source if cell.is_code else [expression for _, expression in cell.roles()]
        for cell in page.cells
    ]
    tags = [cell.node.metadata.get("tags") for cell in page.cells]
    folder = Path(page.name).relative_to("docs").with_suffix("")
    return ROOT / ".cache" / "pages" / folder / f"{_digest(depended_on, code, tags)}.json"


def _kept(cache: Path, page: Page) -> Run | None:
    """Return what a page gave in an earlier build; None if nothing readable is kept."""
    try:
        run = Run(**json.loads(cache.read_text("utf-8"), object_hook=NotebookNode))
    except (OSError, ValueError, TypeError):
        return None
    codes = sum(cell.is_code for cell in page.cells)
    roles = sum(len(cell.roles()) for cell in page.cells)
    return run if (len(run.outputs), len(run.values)) == (codes, roles) else None


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
