"""The notebooks that the site offers, run as a reader would run them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from tests.site.conftest import DOCS, ROOT

PROGRAMS = "assets/programs"
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
    exec(compile("".join(cell["source"]), f"cell {number}", "exec"), scope)
"""


@pytest.fixture(scope="session")
def installed(once):
    """Install the package as pip does from the repository, into a folder of its own."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    options = ["--no-build-isolation", "--disable-pip-version-check", "--target"]

    def install(folder):
        subprocess.run([*pip, *options, folder, ROOT], check=True, capture_output=True)

    return once("installed", install)


def test_every_page_offers_a_notebook(site):
    """Each program below docs/ is published as a notebook, and no other is."""
    found = site.folder.joinpath(PROGRAMS).rglob("*.ipynb")
    names = [path.relative_to(site.folder / PROGRAMS).with_suffix("") for path in found]
    assert sorted(map(str, names)) == PAGES


def test_links_of_notebooks_lead_to_pages(site):
    """A notebook's links are whole addresses, and those of this site lead to what was built."""
    for file in site.folder.joinpath(PROGRAMS).rglob("*.ipynb"):
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        text = "".join(line for cell in cells for line in cell["source"])
        for link in re.findall(r"\]\(([^)#?\s]+)[^)]*\)", text):
            assert link.startswith(("http://", "https://")), (file.name, link)
            if link.startswith(site.address):
                place = site.folder / link.removeprefix(site.address)
                assert (place / "index.html").is_file(), (file.name, link)


@pytest.mark.parametrize("page", PAGES)
def test_a_notebook_runs_elsewhere(site, installed, tmp_path, page):
    """From top to bottom, in a fresh process outside the repository, without a warning."""
    notebook = site.folder / PROGRAMS / f"{page}.ipynb"
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # others run beside it
    done = subprocess.run(
        [sys.executable, "-P", "-W", "error", "-c", RUNNER, notebook, installed],
        cwd=tmp_path,
        env=os.environ | threads | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
