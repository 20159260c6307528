"""Take README's picture, the front page as it looks: ``.venv/bin/python .github/front.py``.

It opens the built site in Chromium, and keeps 256 colours of what it sees.
"""

import functools
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / ".github" / "front.png"
SIZE = {"width": 1280, "height": 830}


def main() -> None:
    """Serve the site, look at it, and write the picture."""
    handler = functools.partial(SimpleHTTPRequestHandler, directory=ROOT / "site")
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), handler) as server,
        sync_playwright() as tool,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = tool.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.goto(f"http://127.0.0.1:{server.server_port}/", wait_until="networkidle")
        page.locator("conv-photo[data-ready]").wait_for()
        page.screenshot(path=PICTURE)
        browser.close()
        server.shutdown()
    with Image.open(PICTURE) as seen:
        seen.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(
            PICTURE, optimize=True
        )


if __name__ == "__main__":
    main()
