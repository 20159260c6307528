"""The build itself: what it gives is the same everywhere, and what differs says so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from bs4 import BeautifulSoup

from tests.site.conftest import ROOT, build

LEFT_OUT = shutil.ignore_patterns(
    ".venv",
    ".cache",
    "site",
    "__pycache__",
    ".*_cache",
    ".hypothesis",
    "mutants",
    "node_modules",
)


def without_measurements(page):
    """Return a page's HTML without what is marked as measured during the build."""
    soup = BeautifulSoup(page, "html.parser")
    for measured in soup.select(".conv-measured"):
        assert measured.select("td"), "only tables of measured times carry the marker"
        measured.decompose()
    return str(soup)


def test_two_builds_are_equal(tmp_path):
    """From two folders, on other days, with other seeds and time zones, each byte is the same."""
    later = tmp_path / "later"
    later.mkdir()
    (later / "sitecustomize.py").write_text(
        "import time_machine\ntime_machine.travel('2031-01-02 03:04').start()\n"
    )
    surroundings = {
        "one": {"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai", "LC_ALL": "C"},
        "another": {
            "PYTHONHASHSEED": "2",
            "TZ": "America/Lima",
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(later),
        },
    }

    year = [sys.executable, "-c", "import time; print(time.localtime().tm_year)"]
    environment = os.environ | surroundings["another"]
    assert subprocess.check_output(year, env=environment, text=True) == "2031\n"

    def build_in(name):
        root = tmp_path / name
        shutil.copytree(ROOT, root, ignore=LEFT_OUT)
        address = "https://example.org/conv/"
        build(root / "site", root, SITE_URL=address, **surroundings[name])
        files = (root / "site").rglob("*")
        return {f.relative_to(root / "site"): f.read_bytes() for f in files if f.is_file()}

    with ThreadPoolExecutor() as pool:
        one, another = pool.map(build_in, surroundings)
    assert one.keys() == another.keys()
    assert len(one) > 100
    different = [path for path in one if one[path] != another[path]]
    for path in different:
        assert path.suffix == ".html", path
        pages = (site[path].decode() for site in (one, another))
        first, second = map(without_measurements, pages)
        assert first == second, path
    measured = [path for path in one if b"conv-measured" in one[path]]
    assert measured
    assert set(different) <= set(measured)
