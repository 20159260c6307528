"""What a browser may load and run on the site: a policy for servers that send headers."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable

INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def policy(pages: Iterable[str]) -> str:
    """Return a Content-Security-Policy under which the pages work.

    All is the site's own, but for what the theme needs: its inline scripts, each known by
    its hash; small pictures in its style sheet; and alignment in attributes of tables and
    formulas. The font of formulas comes within a style sheet, so that it is never late.

    Examples
    --------
    >>> policy(["<script>1</script>"])  # doctest: +NORMALIZE_WHITESPACE
    "default-src 'self'; img-src 'self' data:; font-src data:;
    style-src-attr 'unsafe-inline';
    script-src 'self' 'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='"
    """
    scripts = sorted({script for page in pages for script in INLINE.findall(page)})
    digests = [hashlib.sha256(script.encode()).digest() for script in scripts]
    hashes = "".join(f" 'sha256-{base64.b64encode(d).decode()}'" for d in digests)
    return (
        "default-src 'self'; img-src 'self' data:; font-src data:;"
        " style-src-attr 'unsafe-inline';"
        f" script-src 'self'{hashes}"
    )
