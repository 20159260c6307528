"""What a stranger meets first: README, make, the lock file, CI, and who imports whom."""

from __future__ import annotations

import ast
import contextlib
import json
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import numpy as np
import pytest
import yaml
from flit_core import buildapi
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from PIL import Image

import conv
from hooks import execute, pages
from requirements import install

ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
TEMPLATE = ROOT / ".github" / "PAGE_TEMPLATE.py"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MAY_WRITE = {  # jobs of the workflows
    "deploy": {"pages", "id-token"},
    "upgrade": {"contents", "pull-requests", "actions"},
}

# What conv exports; it loads these two only when asked, so they may miss from __all__.
PUBLIC = {"conv", "conv.images", "conv.libraries"} | {
    f"conv.{name}" for name in conv.__all__
}
CHECKED = {"conv.geometry", "conv.shapes", "conv.operands"}
MAY_IMPORT: dict[str, set[str]] = {
    "conv.geometry": set(),
    "conv.kernels": set(),
    "conv.png": set(),
    "conv.images": {"conv.png"},
    "conv.timing": set(),
    "conv.libraries": set(),
    "conv.shapes": {"conv.geometry"},
    "conv.operands": {"conv.geometry", "conv.shapes"},
    "conv.naive": CHECKED,
    "conv.matmul": CHECKED,
    "conv.fft": CHECKED,
    "conv.separable": CHECKED | {"conv.matmul"},
    "conv.winograd": CHECKED,
    "conv.transpose": CHECKED,
    "conv.convolution": CHECKED | {"conv.matmul"},
}
MAY_IMPORT["conv"] = set(MAY_IMPORT)


def code_blocks(language: str) -> list[str]:
    """List README's code blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def sources(folder: str) -> dict[Path, ast.Module]:
    """Parse every Python file under a folder."""
    files = sorted((ROOT / folder).rglob("*.py"))
    return {path: ast.parse(path.read_text(encoding="utf-8"), path) for path in files}


def name_of(path: Path) -> str:
    """Name a module of the package: ``conv``, ``conv.naive``, ``conv.figures.grid``."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


MODULES = {name_of(path): tree for path, tree in sources("conv").items()}


def imports(tree: ast.Module) -> set[str]:
    """List the modules that a source imports, in functions and under conditions too."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: name the module in full"
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            modules = inner & MODULES.keys()
            found |= modules | ({node.module} if inner - modules else set())
    return found


def within(name: str, package: str) -> bool:
    """Tell whether a module is a package or stands inside it."""
    return name == package or name.startswith(f"{package}.")


def tracked() -> list[Path]:
    """List the files that Git tracks."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_readme_and_makefile_name_the_same_targets() -> None:
    """README's table lists each target of the Makefile, and no other."""
    listed = re.findall(r"^\| `make ([\w-]+)` \|", README, re.MULTILINE)
    defined = re.findall(r"^([\w-]+):", MAKEFILE, re.MULTILINE)
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert sorted(listed) == sorted(defined)
    assert phony is not None
    assert sorted(phony[1].split()) == sorted(defined)


@pytest.mark.parametrize(
    "path",
    [ROOT / "README.md", CONTRIBUTING, ROOT / ".ci" / "run", *WORKFLOWS],
    ids=lambda path: path.name,
)
def test_every_make_command_exists(path: Path) -> None:
    """What README, CI and the workflows run with make is a target of the Makefile."""
    used = set(re.findall(r"(?:^|`|run: )make ([\w-]+)", path.read_text(), re.MULTILINE))
    assert used
    assert used <= set(re.findall(r"^([\w-]+):", MAKEFILE, re.MULTILINE))


def test_two_lines_without_make_are_what_make_serve_runs() -> None:
    """README's lines for readers without make are the Makefile's commands."""
    block = next(block for block in code_blocks("sh") if "install.py" in block)
    recipe = re.search(r"^serve:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert recipe is not None
    made = (
        recipe[1]
        .replace("$(INSTALL)", "python3 requirements/install.py")
        .replace("$(RUN)", ".venv/bin/python -m")
        .replace(" --port $(PORT)", "")
        .replace(" --dev-addr 127.0.0.1:$(PORT)", "")  # the same is MkDocs's own choice
    )
    assert block.splitlines() == [line.lstrip("\t") for line in made.splitlines()]


def test_readme_program_finds_the_edge_in_the_readers_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """README's ten lines run as printed, and mark the only edge of an image."""
    (program,) = (block for block in code_blocks("python") if "images.load" in block)
    assert len(program.splitlines()) <= 10
    (given,) = re.findall(r'images\.load\("(.+?)"', program)
    (made,) = re.findall(r'images\.save\(.*"(.+?)"\)', program)
    photo = np.zeros((20, 30, 3))
    photo[:, 12:] = 1
    monkeypatch.chdir(tmp_path)
    conv.images.save(photo, given)

    exec(compile(program, "README.md", "exec"), {})

    edges = conv.images.load(made, mode="grey")
    assert edges.shape == (12, 22)  # a 7x7 and a 3x3 kernel, neither on padding
    assert set(edges.argmax(axis=1)) <= {7, 8}  # columns 11 and 12 of the photograph
    assert edges.max() == 1
    assert edges[:, [0, -1]].max() < 0.1


def test_readme_page_runs() -> None:
    """The page that README shows as an example is a program that runs."""
    (page,) = (block for block in code_blocks("python") if "# %%" in block)
    exec(compile(page, "README.md", "exec"), {})


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", CONTRIBUTING], ids=lambda path: path.name
)
def test_links_lead_to_files_and_headings(path: Path) -> None:
    """Every file that README or CONTRIBUTING links to is there, and so is the heading."""
    links = re.findall(r"\]\(([^)#]+)(?:#([^)]+))?\)", path.read_text(encoding="utf-8"))
    assert links
    for name, anchor in links:
        assert (ROOT / name).is_file(), name
        if anchor:
            headings = re.findall(r"^#+ (.*)$", (ROOT / name).read_text(), re.MULTILINE)
            slugs = [re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings]
            assert anchor in slugs


def test_contributing_names_what_is_there() -> None:
    """Each path that CONTRIBUTING names exists, but for what a build or a reader makes."""
    text = CONTRIBUTING.read_text(encoding="utf-8")
    named = set(re.findall(r"[\w.]*(?:/[\w.-]+)+\.\w+", re.sub(r"http\S+", "", text)))
    named |= set(re.findall(r"`((?:conv|docs|hooks|tests|\.\w+)/[\w./]*)`", text))
    made = {"docs/guide/moving_mean.py", "guide/moving_mean.py"}
    assert {".github/PAGE_TEMPLATE.py", "hooks/execute.py", "conv/kernels.py"} <= named
    assert sorted(name for name in named - made if not (ROOT / name).exists()) == []


def test_template_is_a_page_that_builds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The template's cells run as a page's do, and its links hold where it is copied to."""
    monkeypatch.setattr(execute, "ROOT", tmp_path)
    page = tmp_path / "docs" / "guide" / "page.py"
    page.parent.mkdir(parents=True)
    shutil.copy(TEMPLATE, page)
    executed = execute.execute_all([page])[page]
    assert sum(bool(cell.get("outputs")) for cell in executed.cells) == 3
    text = TEMPLATE.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)", text):
        assert (ROOT / "docs" / "guide" / link).is_file(), link
    assert f"cp {TEMPLATE.relative_to(ROOT)} docs/guide/" in CONTRIBUTING.read_text()


def test_readme_picture_is_a_small_screenshot() -> None:
    """README's picture is a PNG as wide as a screen, has alternative text, and is not heavy."""
    described = re.search(r"^!\[(.{40,})\]\((.+\.png)\)$", README, re.MULTILINE)
    assert described is not None
    picture = ROOT / described[2]
    with Image.open(picture) as seen:
        assert (seen.format, seen.width) == ("PNG", 1280)
    assert picture.stat().st_size < 150_000


def test_logo_and_card_are_pictures_of_their_sizes() -> None:
    """The logo is an SVG, and its PNG and the card have the sizes that pages promise."""
    assets = ROOT / "docs" / "assets"
    assert ElementTree.parse(assets / "logo.svg").getroot().tag.endswith("}svg")
    for name, size in (("icon.png", (192, 192)), ("card.png", (1200, 630))):
        with Image.open(assets / name) as picture:
            picture.load()
            assert (picture.format, picture.size) == ("PNG", size)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Build the wheel as pip does, and return its files."""
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        name = buildapi.build_wheel(str(folder))
    with ZipFile(folder / name) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_wheel_is_the_package_alone(wheel: dict[str, str]) -> None:
    """It holds conv, with the sign that its types are to be read, and nothing of the site."""
    held = {name for name in wheel if ".dist-info/" not in name}
    assert {"conv/__init__.py", "conv/figures/__init__.py", "conv/py.typed"} <= held
    assert {name.partition("/")[0] for name in held} == {"conv"}


def test_the_wheel_is_under_the_licence_that_it_holds(wheel: dict[str, str]) -> None:
    """Its metadata say MIT, and its only licence file is LICENSE, which is MIT's text alone."""
    metadata = next(text for name, text in wheel.items() if name.endswith("/METADATA"))
    licences = [text for name, text in wheel.items() if "/licenses/" in name]
    assert "\nLicense-Expression: MIT\n" in metadata
    assert licences == [(ROOT / "LICENSE").read_text(encoding="utf-8")]
    assert licences[0].startswith("MIT License\n")


def locked(group: str) -> dict[str, str]:
    """Map each line of a lock file, a name and its version and marker, to its hashes."""
    text = (ROOT / "requirements" / f"{group}.txt").read_text(encoding="utf-8")
    logical = re.sub(r"\s*#.*", "", text).replace("\\\n", " ").splitlines()
    pairs = (line.partition(" --hash=") for line in logical if line.strip())
    return {pin.strip(): "--hash=" + hashes for pin, _, hashes in pairs}


@pytest.mark.parametrize("group", install.GROUPS)
def test_lock_files_pin_and_hash_everything(group: str) -> None:
    """Each requirement is one version with at least one hash, and none has an address."""
    for pin, hashes in locked(group).items():
        assert re.fullmatch(r"[a-z0-9-]+(\[[a-z,]+\])?==[\w.]+(?: ; [^;]+)?", pin)
        assert re.fullmatch(r"(?:\s*--hash=sha256:[0-9a-f]{64})+\s*", hashes)
    assert "http" not in (ROOT / "requirements" / f"{group}.txt").read_text()


EXTRAS = re.compile(r"\[[a-z,]+\]")


def test_each_lock_file_holds_the_one_before() -> None:
    """What is installed for the site stays as it is when the tests' packages join it."""
    locks = (locked(group).items() for group in ("site", "test", "weekly"))
    site, test, weekly = ({(EXTRAS.sub("", pin), h) for pin, h in lock} for lock in locks)
    assert site < test < weekly


@pytest.mark.parametrize(
    ("lock", "groups"),
    [("site", ["site"]), ("test", ["test", "lint"]), ("weekly", ["weekly"])],
)
def test_lock_files_fit_what_is_asked_for(lock: str, groups: list[str]) -> None:
    """Whoever changes a requirement in pyproject.toml runs make lock as well."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*document["project"]["dependencies"]]
    asked += [line for group in groups for line in document["dependency-groups"][group]]
    pins = [EXTRAS.sub("", pin).partition(" ;")[0].partition("==") for pin in locked(lock)]
    for line in asked:
        wanted = Requirement(line)
        name = canonicalize_name(wanted.name)
        versions = [version for found, _, version in pins if found == name]
        assert versions, line
        assert all(version in wanted.specifier for version in versions), line


def test_pages_name_what_they_need_beside_the_package() -> None:
    """What a page imports comes with Python or conv, or is installed by its notebook."""
    with_conv = {"conv", "numpy", "matplotlib", "PIL", *sys.stdlib_module_names}
    for path, tree in sources("docs").items():
        modules = {name.partition(".")[0] for name in imports(tree)} - with_conv
        needed = pages.NEEDS.get(path.relative_to(ROOT / "docs").as_posix(), "")
        names = set(re.findall(r"\w+", needed))
        assert modules - {"psutil"} <= names, path  # which distributed requires
        assert bool(modules) == bool(needed), path


def test_old_pythons_can_read_what_tells_them_that_they_are_too_old() -> None:
    """The program that checks Python's version has no syntax newer than that of 3.6."""
    program = ROOT / "requirements" / "install.py"
    ast.parse(program.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_a_python_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """So is what to do about it, and nothing is installed."""
    monkeypatch.setattr(sys, "version_info", (3, 10, 2))
    with pytest.raises(SystemExit, match=r"3\.11 or newer.* is Python 3\.10\.\n.*PYTHON="):
        install.check_python()


def test_a_python_without_environments_is_helped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian and Ubuntu leave ensurepip out of what they install at first."""
    monkeypatch.setattr(install, "find_spec", {"venv": True}.get)
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        install.check_python()


def test_a_taken_port_is_said_before_anything_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The message offers the next port; a free one is no reason to stop."""
    monkeypatch.setattr(install, "install", pytest.fail)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setattr(sys, "argv", ["install.py", "site", "--port", str(port)])
        with pytest.raises(SystemExit, match=rf"{port} .*served.*\n.*PORT={port + 1}"):
            install.main()
    install.check_port(port)


def test_only_a_changed_lock_file_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Equal bytes mean that there is nothing to do, whatever else has changed."""
    monkeypatch.setattr(install, "VENV", tmp_path)
    assert not install.installed("site")
    install.packages().mkdir(parents=True)
    install.python().parent.mkdir()
    install.python().symlink_to(sys.executable)
    (tmp_path / "site.txt").write_bytes((ROOT / "requirements" / "site.txt").read_bytes())
    assert install.installed("site")
    assert not install.installed("test")
    (tmp_path / "site.txt").write_text("numpy==1.0\n")
    assert not install.installed("site")


def test_a_failed_installation_leaves_the_old_one_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Pip changes nothing if it finds nothing; the folder's name and the locale may be any."""
    root = tmp_path / "größer als"
    root.mkdir()
    monkeypatch.setattr(install, "ROOT", root)
    monkeypatch.setattr(install, "LOCKS", root)
    monkeypatch.setattr(install, "VENV", root / ".venv")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(root))
    (root / "conv.py").write_text("print('imported')")
    for name in install.GROUPS:
        (root / f"{name}.txt").write_text("")
    install.install("site")
    assert "about 0 packages" in capfd.readouterr().out
    (root / "site.txt").write_text(f"numpy==2.4.6 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(SystemExit, match=r"as it was; .* OFFLINE=1"):
        install.install("site")
    assert not install.installed("site")
    command = [install.python(), "-c", "import conv"]
    used = subprocess.run(
        command, cwd="/", env={"LC_ALL": "C"}, check=True, capture_output=True, text=True
    )
    assert (used.stdout, used.stderr) == ("imported\n", "")


def test_node_lock_file_pins_and_hashes_everything() -> None:
    """The tools that run in Node are exact versions with a hash, and none has an address."""
    folder = ROOT / ".github"
    asked = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    locked = lock["packages"]
    for name, version in {**asked["dependencies"], **asked["overrides"]}.items():
        assert locked[f"node_modules/{name}"]["version"] == version
    packages = [package for path, package in locked.items() if path]
    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages)
    assert not any("resolved" in package for package in packages)


def test_no_tracked_file_names_a_registry() -> None:
    """No file that Git tracks says where packages come from: that is pip's setting."""
    hosts = [
        ".".join(parts).encode()
        for parts in [
            ("pypi", "org"),
            ("pypi", "python", "org"),
            ("pythonhosted", "org"),
            ("anaconda", "org"),
            ("npmjs", "org"),
            ("npmjs", "com"),
            ("yarnpkg", "com"),
        ]
    ]
    contents = {path: path.read_bytes() for path in tracked() if path.is_file()}
    assert contents
    assert [
        path for path, held in contents.items() if any(host in held for host in hosts)
    ] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_jobs_have_few_rights_and_little_time(workflow: Path) -> None:
    """Rights are given job by job, few may write, and every job has a limit."""
    document = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    assert document["permissions"] == {}
    for name, job in document["jobs"].items():
        assert 0 < job["timeout-minutes"] <= 30
        writes = {right for right, level in job["permissions"].items() if level != "read"}
        assert writes == MAY_WRITE.get(name, set())
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_the_lock_pins_what_is_required_with_extras() -> None:
    """What an installed package requires with an extra is pinned with it, so that any pip finds it."""
    lock = (ROOT / "requirements" / "test.txt").read_text(encoding="utf-8")
    pins = map(Requirement, re.findall(r"^[^ #].*?==[^ ]+", lock, re.MULTILINE))
    pinned = {canonicalize_name(pin.name): pin.extras for pin in pins}
    assert "toml" in pinned["coverage"]
    for name in pinned:
        with contextlib.suppress(PackageNotFoundError):
            for text in requires(name) or ():
                needed = Requirement(text)
                if not needed.marker or needed.marker.evaluate({"extra": ""}):
                    key = canonicalize_name(needed.name)
                    assert needed.extras <= pinned.get(key, needed.extras), (name, text)


def test_ci_covers_python_from_the_oldest_that_the_package_admits() -> None:
    """CI's matrix has every minor version of Python from requires-python on, up to 3.14."""
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    listed = yaml.safe_load(workflow)["jobs"]["check"]["strategy"]["matrix"]["python"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    oldest = int(project["requires-python"].removeprefix(">=3."))
    assert listed == [f"3.{minor}" for minor in range(oldest, 15)]


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_run_one_way(module: str) -> None:
    """A module imports only what stands below it, and figures only what is public."""
    used = {name for name in imports(MODULES[module]) if within(name, "conv")}
    if within(module, "conv.figures"):
        outside = {name for name in used if not within(name, "conv.figures")}
        assert outside <= PUBLIC | {"conv.geometry"}
    else:
        assert module in MAY_IMPORT, "a new module: give it a place in design.md and above"
        assert used <= MAY_IMPORT[module]


@pytest.mark.parametrize("module", sorted(MODULES))
def test_only_figures_imports_matplotlib(module: str) -> None:
    """Within conv, matplotlib is imported by the figures alone."""
    if not within(module, "conv.figures"):
        drawing = {name for name in imports(MODULES[module]) if within(name, "matplotlib")}
        assert drawing == set()


def test_pages_import_only_what_is_public() -> None:
    """A page reaches conv through conv and conv.figures, and draws through the latter."""
    for path, tree in sources("docs").items():
        ours = {name for name in imports(tree) if within(name, "conv")}
        assert ours <= PUBLIC | {"conv.figures"}, path
        assert not any(within(name, "matplotlib") for name in imports(tree)), path


def loaded_with(module: str) -> set[str]:
    """Return what a fresh interpreter has loaded that imports a module."""
    program = f"import sys, {module}; print(*sorted(sys.modules), sep='\\n')"
    command = [sys.executable, "-W", "error", "-c", program]
    fresh = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return set(fresh.stdout.split())


def test_hooks_know_conv_by_its_facts_alone() -> None:
    """Of what builds the site only `hooks.facts` imports conv, and that loads no matplotlib."""
    for path, tree in sources("hooks").items():
        ours = {name for name in imports(tree) if within(name, "conv")}
        assert bool(ours) == (Path(path).name == "facts.py"), path
    assert "hooks.facts" in loaded_with("hooks.facts")
    assert "matplotlib" not in loaded_with("hooks.facts")


def test_import_conv_loads_no_drawing_and_no_image_library() -> None:
    """A fresh interpreter that imports conv has loaded neither matplotlib nor Pillow."""
    loaded = loaded_with("conv")
    assert {"conv", "conv.matmul"} <= loaded
    assert loaded & {"matplotlib", "PIL", "conv.figures"} == set()


def test_images_and_figures_are_there_when_asked_for():
    """They are attributes of conv like the rest, and other names are errors."""
    for name in ("images", "figures"):
        assert conv.__getattr__(name) is sys.modules[f"conv.{name}"]
    with pytest.raises(AttributeError, match="module 'conv' has no attribute 'nothing'"):
        conv.nothing  # noqa: B018
