"""The site, built once for the run, served from a sub-path, and opened in a real browser."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent.parent
BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# What some tests need beside Python, and the one command that brings it.
PROGRAMS = {
    "Chromium": ".venv/bin/playwright install --with-deps chromium",
    "Java": "sudo apt-get install default-jre-headless",
}
NOWHERE = "there/is/none"  # an address that the site does not have
not_run: dict[str, int] = dict.fromkeys(PROGRAMS, 0)


def need(program):
    """Skip a test for want of a program; in CI, fail it."""
    message = f"there is no {program}; this installs one: {PROGRAMS[program]}"
    if os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    not_run[program] += 1
    pytest.skip(message)


def pytest_terminal_summary(terminalreporter):
    """Say at the end what was not run, and what mends it."""
    for program, count in not_run.items():
        if count:
            line = (
                f"Tests not run, since there is no {program}: {count}. This installs one: "
            )
            terminalreporter.write_line(line + PROGRAMS[program], yellow=True)


@dataclass
class Site:
    """The built site: its folder, and the address that it is served at."""

    folder: Path
    address: str

    @property
    def pages(self):
        """List the files of all pages, from the folder."""
        return sorted(str(p.relative_to(self.folder)) for p in self.folder.rglob("*.html"))

    def read(self, name):
        return (self.folder / name).read_text(encoding="utf-8")


def wait_until(page, expression):
    """Wait until JavaScript says so; Playwright's own way to wait is no match for the policy."""
    for _ in range(600):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise TimeoutError(expression)


class Handler(SimpleHTTPRequestHandler):
    """Serves the site from a sub-path, with the headers that the build wrote."""

    def end_headers(self):
        headers = Path(self.directory, "conv", "_headers").read_text(encoding="utf-8")
        for line in headers.splitlines()[1:]:
            self.send_header(*line.strip().split(": ", 1))
        super().end_headers()

    def send_error(self, code, *_):
        body = Path(self.directory, "conv", "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def build(folder, root=ROOT, **environment):
    """Build the site strictly into a folder."""
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=root,
        env=os.environ | {"REPOSITORY_URL": ""} | environment,
        check=True,
    )


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Return the site, built and served until the run ends."""
    root = tmp_path_factory.mktemp("served")
    handler = functools.partial(Handler, directory=str(root))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        site = Site(root / "conv", f"http://127.0.0.1:{server.server_port}/conv/")
        build(site.folder, SITE_URL=site.address)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield site
        server.shutdown()


@pytest.fixture(scope="session")
def chromium():
    """Return a running browser, or None: the named one, the system's, or Playwright's own."""
    with sync_playwright() as tool:
        named = os.environ.get("CONV_CHROMIUM")
        found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
        found = found or tool.chromium.executable_path
        if not named and not Path(found).exists():
            yield None
            return
        as_root = ["--no-sandbox"] if getattr(os, "geteuid", int)() == 0 else []
        yield tool.chromium.launch(executable_path=found, args=as_root)


@pytest.fixture
def open_page(chromium, site):
    """Return a function that opens a page; the test fails if a page has anything to complain of."""
    if chromium is None:
        need("Chromium")
    contexts, problems = [], []

    def open_page(path="", *, width=1280, scheme="light", **options):
        size = {"width": width, "height": 900}
        context = chromium.new_context(viewport=size, color_scheme=scheme, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        page.on("console", listen)
        page.on(
            "request", lambda r: ours(r.url) or problems.append(f"a request for {r.url}")
        )
        page.goto(site.address + path)
        return page

    def listen(message):
        if not message.location["url"].endswith(NOWHERE):
            problems.append(f"{message.location['url']}: {message.text}")

    def ours(url):
        return url.startswith((site.address, "data:", "blob:", "file:"))

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def java():
    """Return the command that runs Java."""
    return shutil.which("java") or need("Java")
