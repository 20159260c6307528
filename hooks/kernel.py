"""What runs inside the kernel of a page: strict with the page, and silent about itself."""

from __future__ import annotations

import threading
import warnings
from typing import Any

import psutil  # type: ignore[import-untyped]
from IPython.core.getipython import get_ipython

KERNEL = {"ipykernel", "zmq"}  # begin threads of their own when they need them
SHELL: Any = get_ipython()  # what executes the page's cells
# Zarr and Dask keep a few that wait, as long as the process lives.
KEPT = ("zarr_io", "asyncio_", "Dask-Offload")
THREADS = {*threading.enumerate()}  # those that are there before the page begins


def prepare(name: str) -> None:
    """Make the kernel name the page in tracebacks, and take warnings for errors.

    Parameters
    ----------
    name : str
        The page's path below the folder in which the kernel runs.
    """
    SHELL.compile.get_code_name = lambda *_: name
    SHELL.compile.format_code_name = lambda _: None  # is a file, not "Cell In[3]"
    SHELL.run_line_magic("colors", "NoColor")
    SHELL.run_line_magic("xmode", "Plain")
    # Between cells the kernel's own machinery works, which may warn of what it likes.
    warnings.simplefilter("ignore")
    SHELL.events.register("pre_run_cell", lambda _: warnings.simplefilter("error"))
    SHELL.events.register("post_run_cell", lambda _: warnings.simplefilter("ignore"))


def evaluate(expression: str) -> str | None:
    """Return the text of an expression's value, and None for None."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value = eval(expression, SHELL.user_ns)
    return None if value is None else str(value)


def left_behind() -> str:
    """Name a thread or process that the page has begun and not ended; empty if none."""
    for thread in {*threading.enumerate()} - THREADS:
        ours = type(thread).__module__.partition(".")[0] in KERNEL
        if not (ours or thread.name.startswith(KEPT)):
            return f"the thread {thread.name}"
    for process in psutil.Process().children():
        if process.status() != psutil.STATUS_ZOMBIE:
            return f"the process {process.name()}"
    return ""
