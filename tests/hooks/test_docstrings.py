"""What the API reference says about parameters is what the signatures say."""

from __future__ import annotations

import inspect

import griffe
import pytest

import conv
from conv import figures
from hooks.docstrings import Together

PACKAGE = griffe.load(
    "conv", docstring_parser="numpy", extensions=griffe.load_extensions(Together)
)
SHOWN = {
    f"{prefix}.{name}": getattr(module, name)
    for prefix, module, names in [
        ("conv", conv, conv.__all__),
        ("conv.figures", figures, figures.__all__),
        ("conv.kernels", conv.kernels, conv.kernels.__all__),
        ("conv.timing", conv.timing, conv.timing.__all__),
        ("conv.naive", conv.naive, ["correlate"]),
        ("conv.separable", conv.separable, ["correlate"]),
        ("conv.fft", conv.fft, ["correlate"]),
        ("conv.winograd", conv.winograd, ["correlate", "transforms"]),
    ]
    for name in names
    if inspect.isfunction(getattr(module, name))
}


def parameters(function: griffe.Function) -> list[griffe.DocstringParameter]:
    """List what the reference says of a function's parameters."""
    sections = function.docstring.parsed if function.docstring else []
    shown = [s for s in sections if isinstance(s, griffe.DocstringSectionParameters)]
    return [parameter for section in shown for parameter in section.value]


@pytest.mark.parametrize("path", SHOWN)
def test_defaults_are_those_of_the_signature(path: str) -> None:
    """No type and text stand there twice, for two parameters."""
    shown = parameters(PACKAGE[path.removeprefix("conv.")])
    own = inspect.signature(SHOWN[path]).parameters
    for parameter in shown:
        defaults = [own[name.lstrip("*")].default for name in parameter.name.split(", ")]
        if parameter.value is None:
            assert inspect.Parameter.empty in defaults or len({*map(str, defaults)}) > 1
        elif (
            own[parameter.name.split(", ")[0].lstrip("*")].kind
            is not inspect.Parameter.VAR_POSITIONAL
        ):
            assert {*map(str, defaults)} == {
                str(eval(str(parameter.value), SHOWN[path].__globals__))
            }
    texts = [(str(parameter.annotation), parameter.description) for parameter in shown]
    assert len(set(texts)) == len(texts)
