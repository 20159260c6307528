"""The build itself: what it gives is the same everywhere, and what differs says so."""

from __future__ import annotations

import shutil

from bs4 import BeautifulSoup

from tests.site.conftest import HERE, ROOT, build

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
        assert measured.select("td, rect"), "only measured times carry the marker"
        measured.decompose()
    return str(soup)


def test_two_builds_are_equal(site, tmp_path):
    """From two folders, with other seeds, time zones and locales, each byte is the same."""
    root = tmp_path / "elsewhere"
    shutil.copytree(ROOT, root, ignore=LEFT_OUT)
    there = {"PYTHONHASHSEED": "2", "TZ": "America/Lima", "LC_ALL": "C.UTF-8"}
    assert there.keys() == HERE.keys()
    build(root / "site", root, **there)

    def files(folder):
        found = (path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder): path.read_bytes() for path in found}

    one, another = files(site.folder), files(root / "site")
    assert one.keys() == another.keys()
    assert len(one) > 100
    different = [path for path in one if one[path] != another[path]]
    for path in different:
        assert path.suffix == ".html", path
        first, second = (
            without_measurements(both[path].decode()) for both in (one, another)
        )
        assert first == second, path
    measured = [path for path in one if b"conv-measured" in one[path]]
    assert measured
    assert set(different) <= set(measured)
