"""Docstrings as the API reference shows them."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import griffe


class Together(griffe.Extension):
    """Shows together what a docstring says of several parameters.

    The parser repeats it for each of them, with the default of the first.
    """

    def on_function(self, *, func: griffe.Function, **_: Any) -> None:
        """Join the parameters of a function that have the same type and text."""
        for section in func.docstring.parsed if func.docstring else ():
            if isinstance(section, griffe.DocstringSectionParameters):
                groups = groupby(
                    section.value, lambda p: (str(p.annotation), p.description)
                )
                section.value = [_joined([*items], func.parameters) for _, items in groups]


def _joined(
    group: list[griffe.DocstringParameter], signature: griffe.Parameters
) -> griffe.DocstringParameter:
    """Return one for all, with the default and the type that all have in the signature."""
    first, own = group[0], [signature[parameter.name] for parameter in group]
    first.value = own[0].default if len({str(p.default) for p in own}) == 1 else None
    if first.annotation is own[0].annotation and len({str(p.annotation) for p in own}) > 1:
        first.annotation = None
    first.name = ", ".join(parameter.name for parameter in group)
    return first
