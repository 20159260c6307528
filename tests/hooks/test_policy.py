"""The security policy that stands in each page."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from mkdocs.exceptions import PluginError

from hooks import policy

TEMPLATE = Path(policy.__file__).parent / "theme" / "main.html"
PLACE = '<meta http-equiv="Content-Security-Policy" content="conv-policy">'


def test_a_page_states_its_own_policy():
    """It has the hash of each inline script that runs, and of no other."""
    runs = "if (1 < 2) alert('&amp;')"
    page = (
        f"<head>{PLACE}</head><script>{runs}</script>"
        '<script src="a.js"></script><script type="application/json">{}</script>'
    )
    stated = BeautifulSoup(policy.stated(page), "html.parser").meta["content"]
    digest = base64.b64encode(hashlib.sha256(runs.encode()).digest()).decode()
    parts = dict(part.split(" ", 1) for part in stated.split("; "))
    assert parts["script-src"] == f"'self' 'sha256-{digest}'"
    assert parts["default-src"] == "'self'"
    assert parts["base-uri"] == "'none'"
    assert parts["form-action"] == "'self'"
    assert "unsafe-eval" not in stated


@pytest.mark.parametrize("page", ["<head></head>", PLACE * 2])
def test_a_page_without_one_place_for_its_policy_is_not_published(page):
    """Otherwise it would have none, or two."""
    with pytest.raises(PluginError, match="Content-Security-Policy"):
        policy.stated(page)


def test_the_policy_comes_before_all_that_it_is_about():
    """The template writes its place at the start of the first block that loads anything."""
    block = TEMPLATE.read_text(encoding="utf-8").partition("{% block styles %}")[2]
    assert block.index(PLACE) < block.index("{{ super() }}")
    assert "<link" not in block[: block.index(PLACE)]
