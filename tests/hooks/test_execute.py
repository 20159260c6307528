"""Pages are executed as in Jupyter, and what must not be published is named."""

from __future__ import annotations

import json
import logging
import os
import re
import tempfile
import threading
from pathlib import Path

import pytest

from hooks import execute

ROOT = Path(__file__).parent.parent.parent
TITLE = "# %% [markdown]\n# # A page\n#\n# With words.\n"  # four lines


class Site:
    """A folder with pages in it."""

    def __init__(self, root):
        self.root = root
        (root / "hooks").symlink_to(ROOT / "hooks")  # kernels look there

    def write(self, name, text):
        path = self.root / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def execute(self, *paths):
        """Execute pages, or all there are, and return the notebooks by their names."""
        paths = paths or sorted(self.root.rglob("docs/**/*.py"))
        docs = self.root / "docs"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(execute, "ROOT", self.root)
            done = execute.execute_all(paths)
        return {path.relative_to(docs).as_posix(): page for path, page in done.items()}

    def failure(self, *paths):
        with pytest.raises(execute.PageError) as caught:
            self.execute(*paths)
        return str(caught.value)


@pytest.fixture
def site(tmp_path):
    """Return a folder for pages."""
    return Site(tmp_path)


@pytest.fixture
def executed(caplog):
    """Return a function that names the pages that were executed since it was asked last."""
    caplog.set_level(logging.INFO, "mkdocs.hooks.execute")

    def names():
        found = {
            m[1] for m in re.finditer(r"Executed docs/(\S+)\.py in [\d.]+ s", caplog.text)
        }
        caplog.clear()
        return found

    return names


def outputs(page):
    """Return what the cells of a page show, as text."""
    return [
        each.get("text") or each.data.get("text/html") or each.data["text/plain"]
        for cell in page.cells
        for each in cell.get("outputs", [])
    ]


SHOWN = {
    "in_order": (
        "from IPython.display import HTML, display\n"
        "print('one')\nprint('two')\ndisplay(HTML('<p>three</p>'))\nprint('four')\n5",
        ["one\ntwo\n", "<p>three</p>", "four\n", "5"],
    ),
    "silenced": ("x = 1\nx;", []),
    "comments": ("# Symmetric?\nx = 1\nx", ["1"]),
    "assigned": ("x = 1\nassert x == 1", []),
    "data": ("s = 'data:image/png;base64,iVBORw0KGgo='\ns == s.strip()", ["True"]),
    "backend": (
        "import matplotlib\nimport os\nmatplotlib.get_backend(), os.environ['OMP_NUM_THREADS']",
        ["('agg', '1')"],
    ),
    "caught": (
        "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    print(error)",
        ["division by zero\n"],
    ),
    "machinery": (
        "import warnings\n\nwarnings.simplefilter('ignore')\nwarnings.warn('of no interest')",
        [],
    ),
    "threads": (
        "import threading\n\nthread = threading.Thread(target=print, args=('in a thread',))\n"
        "thread.start()\nthread.join()",
        ["in a thread\n"],
    ),
    "processes": (
        "import subprocess\n\nsubprocess.run(['true'], check=True).returncode",
        ["0"],
    ),
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Return a folder of pages that are fine, and what they show."""
    site = Site(tmp_path_factory.mktemp("shown"))
    for name, (source, _) in SHOWN.items():
        site.write(f"guide/{name}.py", f"{TITLE}\n# %%\n{source}\n")
    site.write("guide/same.py", f"{TITLE}\n# %%\n'in the guide'\n")
    site.write("reference/same.py", f"{TITLE}\n# %%\n'in the reference'\n")
    site.write(
        "mark.py",
        "\N{BYTE ORDER MARK}# %% [markdown]\r\n# # A page\r\n\r\n# %%\r\n6 * 7\r\n",
    )
    return site, site.execute()


@pytest.mark.parametrize("name", SHOWN)
def test_a_page_shows_what_jupyter_shows(shown, name):
    """Outputs keep their order, a semicolon silences, comments and code stay as they are."""
    source, expected = SHOWN[name]
    page = shown[1][f"guide/{name}.py"]
    assert outputs(page) == expected
    assert page.cells[1].source == source


def test_pages_with_equal_names_are_kept_apart(shown):
    """Two folders may have pages of one name, in the build and in the cache."""
    site, pages = shown
    for build in (pages, site.execute()):
        assert outputs(build["guide/same.py"]) == ["'in the guide'"]
        assert outputs(build["reference/same.py"]) == ["'in the reference'"]


def test_marks_and_ends_of_lines_of_other_systems_are_no_fault(shown):
    """A page with a byte order mark and CR LF is executed, and offered byte for byte."""
    site, pages = shown
    assert outputs(pages["mark.py"]) == ["42"]
    script = pages["mark.py"].metadata["script"]
    assert script.encode() == (site.root / "docs" / "mark.py").read_bytes()


FAILING = {
    "raises": ("x = 1\nx / 0", r':8, cell 2:\n[\s\S]*File docs/guide/raises.py:9\b[\s\S]*\nZeroDivisionError: division by zero$'),
    "intended": ("1 / 0", r":8, cell 2:\n[\s\S]*ZeroDivisionError"),
    "unclear": ("1 +", r":8, cell 2:\n[\s\S]*docs/guide/unclear.py:8\n[\s\S]*SyntaxError"),
    "deep": ("def f():\n    g()\n\n\ndef g():\n    raise ValueError\n\n\nf()", r"guide/deep.py:13 in g\n"),
    "exits": ("import sys\n\nsys.exit(3)", r":8, cell 2:\n[\s\S]*SystemExit: 3"),
    "warns": ("import warnings\n\nwarnings.warn('old')", r":8, cell 2:\n[\s\S]*UserWarning: old"),
    "escapes": (r"'\d'", r":8, cell 2:\n[\s\S]*invalid escape sequence"),
    "complains": ("import sys\n\nprint('oops', file=sys.stderr)", ":8, cell 2: writes to stderr:\noops$"),
    "wordless": (
        "from IPython.display import HTML\n\nHTML('<figure><img src=\"a.png\"></figure>')",
        ":8, cell 2: <img> has no alternative text$",
    ),
    "bare": (
        "from base64 import b64decode\nfrom IPython.display import Image\n\nImage(b64decode('iVBORw0KGgo='))",
        ":8, cell 2: image/png has no alternative text; show a Figure$",
    ),
    "long": ("x = 1\n" * 11, ":8, cell 2: a cell has at most 10 lines$"),
    "thread": (
        "import threading\n\nthread = threading.Thread(target=threading.Event().wait, name='idle')\nthread.start()",
        ":8, cell 2: leaves the thread idle behind$",
    ),
    "process": (
        "import subprocess\n\nsleeping = subprocess.Popen(['sleep', '60'])",
        ":8, cell 2: leaves the process sleep behind$",
    ),
    "dies": ("import os\n\nos._exit(7)", ":8, cell 2: ends the process that executes it$"),
    "marked": ("'''\n# %% no cell\n'''", ": has 3 marks of cells, 2 cells$"),
    "undefined": ("# {eval}`nothing`", r":8, cell 2: {eval}`nothing`: NameError: name 'nothing' is not defined$"),
    "unreadable": ("# {eval}`1 +`", r":8, cell 2: {eval}`1 \+`: SyntaxError: "),
    "none": ("# A line.\n# {eval}`None`", r":9, cell 2: {eval}`None`: is None, and not a text of one line$"),
    "empty": ("# {eval}`' '`", r":8, cell 2: {eval}`' '`: is ' ', and not a text of one line$"),
    "two_lines": ("# {eval}`'a' + chr(10)`", r":8, cell 2: .*: is 'a\\n', and not a text of one line$"),
    "old": ("# {eval}`__import__('warnings').warn('old')`", r":8, cell 2: .*: UserWarning: old$"),
    "typed": ("# There are 77 of them.", r":8: 77 is typed, and stands in no code and no output"),
}  # fmt: skip


@pytest.fixture(scope="module")
def failures(tmp_path_factory):
    """Return what a build says of pages that must not be published."""
    site = Site(tmp_path_factory.mktemp("failing"))
    for name, (source, _) in FAILING.items():
        tags = ' tags=["raises-exception"]' if name == "intended" else ""
        kind = " [markdown]" if source.startswith("# ") else tags
        site.write(f"guide/{name}.py", f"{TITLE}\n\n# %%{kind}\n{source}\n")
    site.write("guide/latin.py", TITLE.encode() + "# café\n".encode("latin-1"))
    for name in ("double", "twice", "folder"):
        site.write(f"guide/{name}.py", f"{TITLE}\n# %%\n1\n")
    site.write("guide/double.md", "# Another\n")
    site.write("guide/twice.ipynb", "{}")
    site.write("guide/folder/index.md", "# Another\n")
    site.write("guide/fine.py", f"{TITLE}\n# %%\n1\n")
    return site.failure()


@pytest.mark.parametrize("name", FAILING)
def test_pages_that_must_not_be_published_are_named(failures, name):
    """The message names page, line and cell, says why, and holds nothing of the machinery."""
    [own] = [
        text
        for text in failures.split("\n\ndocs/")
        if f"guide/{name}.py" in text.split(":")[0]
    ]
    assert re.search(
        rf"guide/{name}\.py{FAILING[name][1]}"
        if FAILING[name][1][0] == ":"
        else FAILING[name][1],
        own,
    )
    for machinery in ("nbclient", "asyncio", "jupyter", "mkdocs", "An error occurred"):
        assert machinery not in own
    assert "\x1b" not in own
    assert str(ROOT / "hooks") not in own


def test_files_that_cannot_be_a_page_are_named(failures):
    """A page is UTF-8, and no other source has its address."""
    assert "docs/guide/latin.py:5: is not UTF-8" in failures
    for one, other in (
        ("double.py", "double.md"),
        ("twice.py", "twice.ipynb"),
        ("folder.py", "folder/index.md"),
    ):
        assert f"docs/guide/{one}: has the same address as docs/guide/{other}" in failures
    assert "fine.py" not in failures


def test_an_endless_page_is_named_while_it_runs_and_ended(site, caplog, monkeypatch):
    """After a while the build says which page it waits for; after the limit it waits no longer."""
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(execute, "PATIENCE", 0.5)
    monkeypatch.setattr(execute, "LIMIT", 1)
    site.write("guide/endless.py", f"{TITLE}\n# %%\nwhile True:\n    pass\n")
    site.write("text.py", "# %% [markdown]\n# {eval}`[... for _ in iter(int, 1)]`")
    cell, text = site.failure().split("\n\n")
    assert cell == "docs/guide/endless.py:7, cell 2: has not ended after 1 s"
    assert text.endswith("`: has not ended after 1 s")
    assert "Still executing docs/guide/endless.py:7, cell 2" in caplog.text
    assert "Traceback" not in caplog.text


def test_nothing_is_left_of_a_build(site, monkeypatch):
    """Neither sockets nor processes stay, whether pages end, die or are ended."""
    folders = []

    class Folder(tempfile.TemporaryDirectory):
        def __init__(self, **options):
            super().__init__(**options)
            folders.append(Path(self.name))

    monkeypatch.setattr(execute.tempfile, "TemporaryDirectory", Folder)
    site.write("fine.py", "# %%\nimport os\n\nos.getpid()\n")
    leave = "import os\nimport tempfile\n\ntempfile.mkdtemp('.left')\nos._exit(7)\n"
    site.write("dies.py", f"# %%\n{leave}")
    site.failure()
    site.write("dies.py", "# %%\n1\n")
    [pid] = outputs(site.execute()["fine.py"])
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)
    assert len(folders) == 3
    assert not any(folder.exists() for folder in folders)
    assert not [*Path(tempfile.gettempdir()).glob("*.left")]


def test_a_library_may_keep_threads_that_wait(site):
    """Zarr and Dask keep some for their next call, which is no fault of the page."""
    begin = "import threading\n\nnext = threading.Event().wait\n"
    begin += "threading.Thread(target=next, name='zarr_io', daemon=True).start()\n'on'"
    site.write("keeps.py", f"# %%\n{begin}\n")

    assert outputs(site.execute()["keeps.py"]) == ["'on'"]


def test_text_computes(site):
    """Roles become values, in tables and lists, too, on the page and in the script."""
    source = """\
# %% [markdown]
# Before anything, {eval}`1 + 1`.

# %%
x = 2 / 3
# {eval}`x` is code here

# %% [markdown]
# | x | twice |
# | - | ----- |
# | {eval}`f"{x:.2f}"` | {eval}`f"{2 * x:.2f}"` |
#
# Shown as it is: `` {eval}`x` ``, and
# ```
# {eval}`x`
# ```
"""
    path = site.write("text.py", source)
    expected = source.replace('{eval}`f"{x:.2f}"`', "0.67").replace(
        '{eval}`f"{2 * x:.2f}"`', "1.33"
    )
    expected = expected.replace("{eval}`1 + 1`", "2")
    for _ in range(2):  # executed, and from the cache
        page = site.execute(path)["text.py"]
        assert page.metadata["script"] == expected
        assert page.cells[0].source == "Before anything, 2."
        assert page.cells[2].source.splitlines()[2] == "| 0.67 | 1.33 |"
        assert page.cells[1].source == "x = 2 / 3\n# {eval}`x` is code here"


def test_only_what_a_page_depends_on_executes_it_again(site, executed):
    """That is its code, its expressions, the package and the lock files; not its other words."""
    text = "# %% [markdown]\n# Before {eval}`1`.\n\n# %%\nx = 1\nx\n"
    path = site.write("guide/one.py", text)
    other = site.write("guide/one/two.py", "# %%\n1\n")

    def again(change=""):
        if change:
            path.write_text(change)
        site.execute(path, other)
        return executed()

    assert again() == {"guide/one", "guide/one/two"}
    assert again() == set()
    assert again(text.replace("Before", "After")) == set()
    assert again(text.replace("`1`", "`2`")) == {"guide/one"}
    assert again(text.replace("x = 1", "x = 3")) == {"guide/one"}
    assert again(text.replace("# %%\n", '# %% tags=["hide"]\n')) == {"guide/one"}
    cache = site.root / ".cache" / "pages" / "guide" / "one"
    assert len([*cache.glob("*.json")]) == 1
    assert len([*cache.glob("two/*.json")]) == 1


@pytest.mark.parametrize("name", ["conv/a.py", "conv/data/a.json", "requirements/site.txt"])
def test_the_package_and_the_lock_files_count(site, monkeypatch, name):
    """A change of any of them changes the key of every page."""
    monkeypatch.setattr(execute, "ROOT", site.root)
    keys = set()
    for contents in ("", "1", "2"):
        file = site.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(contents)
        keys.add(execute.Build().depended_on)
    assert len(keys) == 3


@pytest.mark.parametrize(
    "damage",
    ["", '{"outputs": [[{"outp', "[]", "{}", '{"outputs": [], "values": []}', "\udce9"],
)
def test_what_cannot_be_read_in_the_cache_is_executed_again(
    site, executed, monkeypatch, damage
):
    """A file that is damaged, cut off or of another kind counts as missing, and is mended."""
    path = site.write("one.py", "# %%\n1\n")
    monkeypatch.setattr(execute, "ROOT", site.root)
    page = execute._read(path)
    cache = site.root / "cache.json"
    cache.write_text(damage, errors="surrogateescape")
    assert execute._kept(cache, page) is None
    run = execute.Run([[]], [])
    execute._keep(run, cache)
    assert execute._kept(cache, page) == run


def test_a_damaged_cache_does_not_stop_a_build(site, executed):
    """The page is executed again, and what it gave is kept."""
    site.write("one.py", "# %%\n6 * 7\n")
    site.execute()
    [cache] = site.root.rglob("*.json")
    cache.write_bytes(cache.read_bytes()[:20])
    assert executed() == {"one"}
    assert outputs(site.execute()["one.py"]) == ["42"]
    assert executed() == {"one"}
    assert json.loads(cache.read_text())["values"] == []


def test_two_builds_at_once_do_no_harm(site):
    """Both get all pages, and what they keep is whole."""
    for name in "ab":
        site.write(f"{name}.py", f"# %%\n'{name}'\n")
    paths = sorted(site.root.rglob("*.py"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(execute, "ROOT", site.root)
        done = []
        builds = [
            threading.Thread(target=lambda: done.append(execute.execute_all(paths)))
            for _ in range(2)
        ]
        for build in builds:
            build.start()
        for build in builds:
            build.join()
    for pages in done:
        assert [outputs(pages[path]) for path in paths] == [["'a'"], ["'b'"]]
    assert len(done) == 2
    kept = [path for path in (site.root / ".cache").rglob("*") if path.is_file()]
    assert sorted(path.parent.name for path in kept) == ["a", "b"]
    assert all(json.loads(path.read_text()) for path in kept)
