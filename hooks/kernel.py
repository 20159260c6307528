"""What runs inside the kernel of a page: strict with the page, and silent about itself."""

from __future__ import annotations

import threading
import warnings
from typing import Any

import psutil  # type: ignore[import-untyped]
from IPython.core.getipython import get_ipython

KERNEL = {"ipykernel", "zmq"}  # begin threads of their own when they need them
_threads: set[threading.Thread] = set()  # those that were there before the page


def prepare(name: str) -> None:
    """Make the kernel name the page in tracebacks, and take warnings for errors.

    Parameters
    ----------
    name : str
        The page's path below the folder in which the kernel runs.
    """
    shell: Any = get_ipython()
    shell.compile.get_code_name = lambda *_: name
    shell.compile.format_code_name = lambda _: None  # is a file, not "Cell In[3]"
    shell.run_line_magic("colors", "NoColor")
    shell.run_line_magic("xmode", "Plain")
    # Between cells the kernel's own machinery works, which may warn of what it likes.
    warnings.simplefilter("ignore")
    shell.events.register("pre_run_cell", lambda _: warnings.simplefilter("error"))
    shell.events.register("post_run_cell", lambda _: warnings.simplefilter("ignore"))
    _threads.update(threading.enumerate())


def evaluate(expression: str) -> str | None:
    """Return the text of an expression's value, and None for None."""
    shell: Any = get_ipython()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value = eval(expression, shell.user_ns)
    return None if value is None else str(value)


def left_behind() -> str:
    """Name a thread or process that the page has begun and not ended; empty if none."""
    for thread in set(threading.enumerate()) - _threads:
        if type(thread).__module__.partition(".")[0] not in KERNEL:
            return f"the thread {thread.name}"
    for process in psutil.Process().children():
        if process.status() != psutil.STATUS_ZOMBIE:
            return f"the process {process.name()}"
    return ""
