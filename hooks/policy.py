"""What a browser may load and run on a page: its Content-Security-Policy.

The policy stands in the page itself, as hosts such as GitHub Pages send no headers of ours.
What works in headers alone (``frame-ancestors``) is therefore not part of it.
"""

from __future__ import annotations

import base64
import hashlib

from bs4 import BeautifulSoup
from bs4.filter import SoupStrainer
from mkdocs.exceptions import PluginError

PLACE = "conv-policy"  # what the template writes for the policy, before it is known


def stated(html: str) -> str:
    """Return a page with its policy in the place that the template keeps for it.

    Raises
    ------
    PluginError
        If there is no such place, or more than one.
    """
    if html.count(f'content="{PLACE}"') != 1:
        raise PluginError(
            "a page has no place for its Content-Security-Policy, or more than one: "
            "see hooks/theme/main.html"
        )
    return html.replace(f'content="{PLACE}"', f'content="{policy(html)}"')


def policy(html: str) -> str:
    """Return the policy under which a page works.

    All is the site's own, but for what the theme needs: its inline scripts, each known by
    its hash; small pictures in its style sheet; and alignment in attributes of tables and
    formulas. The font of formulas comes within a style sheet, so that it is never late.
    Instant navigation adds the next page's policy to this one: what it runs anew, the
    scripts inside of the container, are the same on all pages.

    Examples
    --------
    >>> policy("<script>1</script><script src=a.js></script>")
    "default-src 'self'; img-src 'self' data:; font-src data:;
    style-src-attr 'unsafe-inline'; base-uri 'none'; form-action 'self';
    script-src 'self' 'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='"
    """
    scripts = BeautifulSoup(html, "html.parser", parse_only=SoupStrainer("script"))
    inline = {
        script.get_text()
        for script in scripts.select('script:not([src], [type="application/json"])')
    }
    digests = [hashlib.sha256(script.encode()).digest() for script in sorted(inline)]
    hashes = "".join(f" 'sha256-{base64.b64encode(d).decode()}'" for d in digests)
    return (
        "default-src 'self'; img-src 'self' data:; font-src data:;"
        " style-src-attr 'unsafe-inline'; base-uri 'none'; form-action 'self';"
        f" script-src 'self'{hashes}"
    )
