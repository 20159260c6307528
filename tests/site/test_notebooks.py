"""The notebooks and scripts that the site offers, run as a reader would run them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jupytext
import pytest

from tests.site.conftest import DOCS, ROOT

PROGRAMS = "assets/programs"
TEMPLATE = ROOT / ".github" / "PAGE_TEMPLATE.py"
PAGES = sorted(str(path.relative_to(DOCS).with_suffix("")) for path in DOCS.rglob("*.py"))


@pytest.fixture(scope="session")
def elsewhere(once):
    """Return an environment that finds the package as pip installs it from the repository."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    options = ["--no-build-isolation", "--disable-pip-version-check", "--target"]

    def install(folder):
        subprocess.run([*pip, *options, folder, ROOT], check=True, capture_output=True)

    folder = once("installed", install)
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # others run beside it
    environment = os.environ | threads | {"PYTHONPATH": str(folder)}
    where = [sys.executable, "-P", "-c", "import conv; print(conv.__file__)"]
    found = subprocess.check_output(where, cwd=folder, env=environment, text=True)
    assert Path(found).is_relative_to(folder)
    return environment


def test_every_page_offers_a_notebook(site):
    """Each program below docs/ is published as a notebook, and no other is."""
    found = site.folder.joinpath(PROGRAMS).rglob("*.ipynb")
    names = [path.relative_to(site.folder / PROGRAMS).with_suffix("") for path in found]
    assert sorted(map(str, names)) == PAGES


def test_links_of_notebooks_lead_to_pages(site):
    """A notebook's links are whole addresses, and those of this site lead to what was built."""
    for file in site.folder.joinpath(PROGRAMS).rglob("*.ipynb"):
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        prose = (cell["source"] for cell in cells if cell["cell_type"] == "markdown")
        text = "".join(line for source in prose for line in source)
        for link in re.findall(r"\]\(([^)#?\s]+)[^)]*\)", text):
            assert link.startswith(("http://", "https://")), (file.name, link)
            if link.startswith(site.address):
                place = site.folder / link.removeprefix(site.address)
                assert (place / "index.html").is_file(), (file.name, link)


def test_a_notebook_has_the_cells_of_its_script(site):
    """What is run of the one is run of the other, in the same order."""
    for page in PAGES:
        script, notebook = (
            jupytext.read(site.folder / PROGRAMS / f"{page}.{kind}")
            for kind in ("py", "ipynb")
        )
        of_script, of_notebook = (
            [cell.source for cell in one.cells if cell.cell_type == "code"]
            for one in (script, notebook)
        )
        assert of_notebook == of_script != []


@pytest.mark.parametrize("script", [*(f"{page}.py" for page in PAGES), TEMPLATE])
def test_a_script_runs_elsewhere(site, elsewhere, tmp_path, script):
    """From top to bottom, in a fresh process outside the repository, without a warning."""
    done = subprocess.run(
        [sys.executable, "-P", "-W", "error", site.folder / PROGRAMS / script],
        cwd=tmp_path,
        env=elsewhere,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
