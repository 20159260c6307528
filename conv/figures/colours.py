"""The colour of each role, the same on the whole site, in a light and a dark scheme.

A figure names a variable, which the site sets for its schemes, and behind it the light
colour, which a plain notebook shows. Roles differ in lightness first, so that they are told
apart without colour vision.
"""

from __future__ import annotations

Pair = tuple[str, str]  # light, dark

ROLES: dict[str, Pair] = {
    "input": ("#c2dffd", "#114b7b"),
    "kernel": ("#fcd97a", "#724f0b"),
    "output": ("#67c59b", "#177354"),
    "padding": ("#efefec", "#2b2e38"),
}
# The entries of a kernel in reading order, in its own colour from light to dark, and the
# scale of signs from −1 over 0 to 1: each colour with that of the numbers on it.
ENTRIES: tuple[tuple[Pair, Pair], ...] = (
    (("#fcf5cf", "#43251a"), ("#16181d", "#ffffff")),
    (("#f1dfac", "#5c341f"), ("#16181d", "#ffffff")),
    (("#e7c88a", "#754522"), ("#16181d", "#ffffff")),
    (("#dfb069", "#8e5822"), ("#16181d", "#ffffff")),
    (("#d89748", "#bf843b"), ("#16181d", "#0f1115")),
    (("#cf7d27", "#d59c3c"), ("#16181d", "#0f1115")),
    (("#9b541a", "#deb86b"), ("#ffffff", "#0f1115")),
    (("#783e1e", "#e9d395"), ("#ffffff", "#0f1115")),
    (("#562a1a", "#f5ecbf"), ("#ffffff", "#0f1115")),
)
SIGNED: tuple[tuple[Pair, Pair], ...] = (
    (("#5b1a74", "#e3a9f5"), ("#ffffff", "#16181d")),
    (("#b48cc8", "#7d4a94"), ("#16181d", "#ffffff")),
    (("#f5f5f2", "#23262f"), ("#16181d", "#ffffff")),
    (("#7cc49a", "#2c7a51"), ("#16181d", "#ffffff")),
    (("#0e5c35", "#86e8b0"), ("#ffffff", "#16181d")),
)
COLOURS: dict[str, Pair] = {
    "page": ("#ffffff", "#1e2129"),
    "frame": ("#f8f9fb", "#252933"),
    "hair": ("#d5d9df", "#3a3f4b"),
    "text": ("#1f2328", "#e3e6ec"),
    "muted": ("#59606b", "#aab0bd"),
    "link": ("#0a5f92", "#7cc4ee"),
    "on-link": ("#ffffff", "#10131a"),  # the text of a button that has the colour of links
    "hover": ("#084a72", "#a9dbf7"),
    "control": ("#6b7280", "#8b92a1"),  # the border of what can be used
    "code": ("#f6f7f9", "#272a35"),
    **ROLES,
    "ink": ("#16181d", "#ffffff"),  # numbers on roles
    "line": ("#59606b", "#aab0bd"),  # between cells
    "bar": ("#e4e7ec", "#3a3f4b"),  # of no role
    "focus": ("#b1005a", "#ff9ecb"),  # the ring around what is looked at
}
for _name, _scale in (("entry", ENTRIES), ("signed", SIGNED)):
    for _number, (_fill, _ink) in enumerate(_scale):
        COLOURS |= {f"{_name}-{_number}": _fill, f"{_name}-{_number}-ink": _ink}


def colour(name: str) -> str:
    """Return a colour as CSS, by its name.

    >>> colour("input")
    'var(--conv-input, #c2dffd)'
    """
    return f"var(--conv-{name}, {COLOURS[name][0]})"


FOCUS, LINE, PAGE, TEXT = map(colour, ("focus", "line", "page", "text"))
