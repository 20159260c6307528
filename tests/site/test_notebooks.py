"""The notebooks that the site offers, run as a reader would run them."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(str(path.relative_to(DOCS).with_suffix("")) for path in DOCS.rglob("*.py"))

# Runs a notebook's cells in one namespace; says which cell does not do what it should.
RUNNER = """
import json, sys
from pathlib import Path

import conv

notebook, package = map(Path, sys.argv[1:])
assert Path(conv.__file__).is_relative_to(package), conv.__file__
scope = {"__name__": "__main__"}
for number, cell in enumerate(json.loads(notebook.read_text("utf-8"))["cells"], 1):
    if cell["cell_type"] != "code":
        continue
    expected = "raises-exception" in cell["metadata"].get("tags", [])
    try:
        exec(compile("".join(cell["source"]), f"cell {number}", "exec"), scope)
    except Exception as error:
        if not expected:
            raise
    else:
        assert not expected, f"cell {number} is tagged raises-exception, and raises nothing"
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Install the package as pip does from the repository, into a folder of its own."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    options = ["--no-build-isolation", "--disable-pip-version-check", "--target", folder]
    subprocess.run([*pip, *options, ROOT], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def runs(site, installed, tmp_path_factory):
    """Run every notebook of the site, each in a process of its own."""
    programs = site.folder / "assets" / "programs"
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    threads = {
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }  # notebooks run side by side
    environment = os.environ | threads | {"PYTHONPATH": str(installed)}

    def run(page):
        notebook = programs / f"{page}.ipynb"
        return subprocess.run(
            [sys.executable, "-P", "-W", "error", "-c", RUNNER, notebook, installed],
            cwd=elsewhere,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )

    found = sorted(
        str(path.relative_to(programs).with_suffix(""))
        for path in programs.rglob("*.ipynb")
    )
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(found, pool.map(run, found), strict=True))


def test_every_page_offers_a_notebook(runs):
    """Each program below docs/ is published as a notebook, and no other is."""
    assert sorted(runs) == PAGES


@pytest.mark.parametrize("page", PAGES)
def test_a_notebook_runs_elsewhere(runs, page):
    """From top to bottom, in a fresh process outside the repository, without a warning."""
    assert runs[page].returncode == 0, runs[page].stderr
    assert runs[page].stderr == ""
