"""The site, built once for the run, served from a sub-path, and opened in a real browser."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
ADDRESS = "http://conv.localhost/conv/"  # each worker's browser has its own server there
NOWHERE = "there/is/none"  # an address that the site does not have
SLOWLY = "?slowly"  # with this a page arrives in pieces, as on a slow line
# What a browser says to the theme's script while contrast.js keeps a page out of sight.
PAUSED = "Rendering was performed in a subtree hidden by content-visibility."
BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
INSTALL = ".venv/bin/playwright install --with-deps chromium"
# A page is complete when all that it loads is there, and every tool in it has begun.
READY = """() => document.readyState === "complete" &&
    [...document.querySelectorAll("conv-explorer, conv-libraries, conv-photo, conv-slide")].every(
        (one) => "ready" in one.dataset || void one.scrollIntoView({ behavior: "instant" }))"""


def places():
    """List the addresses of all pages below the site's own, from their sources."""
    sources = [*DOCS.rglob("*.py"), *DOCS.rglob("*.md")]
    names = sorted(path.relative_to(DOCS).with_suffix("").as_posix() for path in sources)
    return ["" if name == "index" else f"{name}/" for name in names]


@dataclass
class Site:
    """The built site: its folder, and the address that it is served at."""

    folder: Path
    address: str = ADDRESS

    @functools.cached_property
    def soups(self):
        """Parse all pages; their files, from the folder, are the keys."""
        files = sorted(self.folder.rglob("*.html"))
        return {
            file.relative_to(self.folder).as_posix(): BeautifulSoup(
                file.read_text(encoding="utf-8"), "html.parser"
            )
            for file in files
        }

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
    """Serves the site from a sub-path, without headers of its own, as GitHub Pages does."""

    def copyfile(self, source, outputfile):
        """Hand over what is asked for, or twenty pieces of it with pauses in between."""
        if self.path.endswith(SLOWLY):
            piece = os.fstat(source.fileno()).st_size // 20
            while part := source.read(piece):
                outputfile.write(part)
                outputfile.flush()
                time.sleep(0.02)
        else:
            super().copyfile(source, outputfile)

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
        env=os.environ | {"REPOSITORY_URL": "", "SITE_URL": ADDRESS} | environment,
        check=True,
    )


# What the site's build must not depend on; test_build.py holds it to another build.
HERE = {"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai", "LC_ALL": "C"}


@pytest.fixture(scope="session")
def site(once):
    """Return the site, built by one worker for all."""
    return Site(once("served", lambda root: build(root / "conv", **HERE)) / "conv")


@pytest.fixture(scope="session")
def chromium(site):
    """Return a running browser that finds the site at its address, or skip."""
    handler = functools.partial(Handler, directory=str(site.folder.parent))
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), handler) as server,
        sync_playwright() as tool,
    ):
        named = os.environ.get("CONV_CHROMIUM")
        found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
        found = found or tool.chromium.executable_path
        if not named and not Path(found).exists():
            leave = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
            leave(f"there is no Chromium. This installs one: {INSTALL}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        options = [
            f"--host-resolver-rules=MAP conv.localhost:80 127.0.0.1:{server.server_port}"
        ]
        if getattr(os, "geteuid", int)() == 0:
            options.append("--no-sandbox")
        yield tool.chromium.launch(executable_path=found, args=options)
        server.shutdown()


@pytest.fixture(scope="session")
def profile(chromium, site):
    """Return a function that gives a profile for options, the same each time."""
    profiles = {}

    def profile(**options):
        key = repr(sorted(options.items()))
        if key not in profiles:
            profiles[key] = chromium.new_context(**options)
            # What stays open keeps a process, of which the start takes most of a page's time.
            profiles[key].new_page().goto(f"{site.address}assets/logo.svg")
        return profiles[key]

    return profile


@pytest.fixture
def open_page(chromium, profile, site):
    """Return a function that opens a page; the test fails if a page has anything to complain of.

    A first visit has a profile of its own, with an empty cache. So has a page whose clock
    is to be set, since all pages of a profile have one clock.
    """
    contexts, problems = {}, []

    def open_page(
        path="", *, width=1280, scheme="light", first=False, alone=False, **options
    ):
        motion = options.pop("reduced_motion", "no-preference")
        own = alone or first
        context = (chromium.new_context if own else profile)(**options)
        contexts[context] = own
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion=motion)
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        page.on("console", listen)
        page.on(
            "request", lambda r: ours(r.url) or problems.append(f"a request for {r.url}")
        )
        if path is not None:
            page.goto(site.address + path)
        return page

    def listen(message):
        if NOWHERE not in message.location["url"] and message.text != PAUSED:
            problems.append(f"{message.location['url']}: {message.text}")

    def ours(url):
        return url.startswith((site.address, "data:", "blob:", "file:"))

    yield open_page
    for context, own in contexts.items():
        if own:
            context.close()
            continue
        kept, *opened = context.pages
        for page in opened:
            page.close()
        kept.evaluate("localStorage.clear()")  # the next test finds the profile as it was
        context.clear_cookies()
    assert problems == []
