"""What Python and the browser share, written from Python: colours, kernels, limits."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from conv.figures import colours, presets

SCHEMES = (":root", '[data-md-color-scheme="slate"]')  # light, and the theme's dark one


def style_sheet() -> str:
    """Return ``colours.css``: a variable for each colour, in both schemes."""
    sheet = "/* Written by hooks/facts.py from conv/figures/colours.py */\n"
    for scheme, selector in enumerate(SCHEMES):
        lines = (
            f"  --conv-{name}: {pair[scheme]};\n" for name, pair in colours.COLOURS.items()
        )
        sheet += f"{selector} {{\n{''.join(lines)}}}\n"
    for name in colours.COLOURS:
        if f"{name}-ink" in colours.COLOURS:  # a step of a scale
            fill, ink = f"var(--conv-{name})", f"var(--conv-{name}-ink)"
            sheet += f".conv-{name} {{ background-color: {fill}; color: {ink}; }}\n"
    return sheet


def script() -> str:
    """Return ``facts.js``, a module of constants."""
    kernels = {
        name: {"entries": entries.tolist(), "divisor": divisor}
        for name, (entries, divisor) in presets.KERNELS.items()
    }
    constants = {
        "VERSION": presets.VERSION,
        "LIMITS": presets.LIMITS,
        "SIGNED_LIMIT": presets.SIGNED_LIMIT,
        "KERNELS": kernels,
        "ABOUT": presets.ABOUT,
    }
    lines = (
        f"export const {name} = {json.dumps(value)};\n" for name, value in constants.items()
    )
    return "// Written by hooks/facts.py from conv/figures/presets.py\n" + "".join(lines)


FILES = {"assets/colours.css": style_sheet, "assets/facts.js": script}

if __name__ == "__main__":  # for what checks the site's scripts without building it
    for name, contents in FILES.items():
        file = Path(sys.argv[1], name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(contents(), encoding="utf-8")
