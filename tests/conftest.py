"""What all tests share: no race against the clock, and what is slow to make is made once."""

from __future__ import annotations

import os
import shutil
from collections import Counter

import pytest
from hypothesis import settings

settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """Return a function that has a folder made by the first who asks, for all workers."""
    import fcntl  # where there is none, as on Windows, the other tests run all the same

    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent

    def once(name, make):
        folder = shared / name
        with (shared / f"{name}.lock").open("a+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lock.seek(0)
            if lock.read() != "made":
                shutil.rmtree(folder, ignore_errors=True)
                make(folder)
                lock.write("made")
        return folder

    return once


def pytest_terminal_summary(terminalreporter):
    """Say at the end what was not run, and what mends it."""
    skipped = terminalreporter.stats.get("skipped", [])
    for reason, count in Counter(report.longrepr[2] for report in skipped).items():
        why = reason.removeprefix("Skipped: ")
        terminalreporter.write_line(f"Tests not run: {count}; {why}", yellow=True)
