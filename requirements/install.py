"""Put into .venv what a make target needs: ``python3 requirements/install.py site``.

The lock files beside this program name the groups: site, test and weekly, each with the one
before it. A lock file that has been installed is copied into .venv; as long as the copy is
equal, there is nothing to do. pip downloads everything and compares every hash before it
changes anything, so a failed download leaves .venv as it was.

It is pip, not the faster uv: uv does not read pip's configuration, so it fails wherever
packages come from a mirror that only pip knows.

Since this program tells people that their Python is too old, an old Python must be able to
read it: nothing newer than 3.6, and the standard library alone.
"""

import argparse
import errno
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
VENV = ROOT / ".venv"
# What each group is for, and the megabytes that it takes from nothing: downloaded, on disk.
GROUPS = {
    "site": ("build and serve the site", 115, 550),
    "test": ("run the tests", 325, 1300),
    "weekly": ("run what is run once a week", 350, 1380),
}


def main() -> None:
    """Check Python and the port, then install the group if that is not done yet."""
    parser = argparse.ArgumentParser(description="Put into .venv what a make target needs.")
    parser.add_argument("group", choices=GROUPS)
    parser.add_argument("--port", type=int, help="check that a site can be served there")
    asked = parser.parse_args()
    check_python()
    if asked.port is not None:
        check_port(asked.port)
    if os.environ.get("OFFLINE"):
        say("OFFLINE is set: nothing is installed, and .venv is used as it is.")
    elif not installed(asked.group):
        install(asked.group)


def check_python() -> None:
    """Stop if Python is too old, or lacks what makes environments."""
    name, series = sys.executable, "{}.{}".format(*sys.version_info)
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit(
            f"This needs Python 3.11 or newer, and {name} is Python {series}.\n"
            "If you have a newer one, name it: make serve PYTHON=python3.13"
        )
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        sys.exit(
            f"{name} lacks the modules venv and ensurepip, which make environments.\n"
            "On Debian and Ubuntu they are a package: sudo apt install python3-venv\n"
            f"(or python{series}-venv, if this Python is not the system's own)."
        )


def check_port(port: int) -> None:
    """Stop if nothing can be served at the port."""
    with socket.socket() as probe:
        if (
            os.name == "posix"
        ):  # as servers do: one that has just ended leaves its port free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            taken = getattr(error, "errno", None) == errno.EADDRINUSE
            reason = "something is served there already" if taken else error
            other = port + 1 if 1024 <= port < 65535 else 8001
            sys.exit(
                f"Port {port} cannot be used: {reason}.\n"
                f"To serve the site at another one: make serve PORT={other}"
            )


def installed(group: str) -> bool:
    """Tell whether .venv holds what the group's lock file says."""
    copy = VENV / f"{group}.txt"
    if not (python().exists() and copy.exists()):
        return False
    if python().resolve() == Path(sys.executable).resolve() and not packages().is_dir():
        return False  # the system's Python has become another version
    return copy.read_bytes() == (LOCKS / copy.name).read_bytes()


def install(group: str) -> None:
    """Install a lock file, and say what that takes."""
    purpose, download, disk = GROUPS[group]
    lock = LOCKS / f"{group}.txt"
    count = len(set(re.findall(r"^[\w.-]+(?=\[|==)", lock.read_text(), re.MULTILINE)))
    say(f"Installing into .venv what it takes to {purpose}: about {count} packages,")
    say(f"up to {download} MB to download and {disk} MB on disk, in about a minute.")
    start = time.monotonic()
    if not works():
        create()
    # Only what is whole has a copy; a group changes those that it is in, so none stays.
    copies = [VENV / f"{name}.txt" for name in GROUPS]
    before = [copy.unlink() for copy in copies if copy.exists()]
    command = [str(python()), "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--no-compile", "--require-hashes", "--requirement", str(lock)]
    if subprocess.call(command):
        advice = "Nothing was installed, for the reason that pip gives above."
        if before:
            advice += (
                "\n.venv is as it was; to use it like that, add OFFLINE=1 to the command."
            )
        sys.exit(f"\n{advice}")
    say("Compiling it, which takes some ten seconds.")
    command = [str(python()), "-m", "compileall", "-q", "-j", "0", str(VENV)]
    subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for name in list(GROUPS)[: list(GROUPS).index(group) + 1]:
        shutil.copy(str(LOCKS / f"{name}.txt"), str(VENV))
    say(f"Installed in {time.monotonic() - start:.0f} s.")


def create() -> None:
    """Make an empty environment that imports conv from this folder."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    # A relative path is ASCII, so every locale can read it, and the folder can be moved.
    path = os.path.relpath(str(ROOT), str(packages()))
    (packages() / "conv.pth").write_text(path + "\n", encoding="ascii")


def works() -> bool:
    """Tell whether there is an environment to install into."""
    command = [str(python()), "-c", "import pip"]
    try:
        return subprocess.call(command, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def python() -> Path:
    """Return the environment's Python."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def packages() -> Path:
    """Return where the environment has its packages, if it is of this Python's version."""
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(VENV)}))


def say(line: str) -> None:
    """Print a line at once, before what other programs print."""
    print(line, flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. The same command goes on from here.")
