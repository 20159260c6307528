"""Run the line that a row has for its function, and the code that the page makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import numpy as np

import conv
from conv.figures.ported import ported
from conv.figures.topics import RULES
from conv.libraries import ROWS

NEEDS = {  # a module that its package does not import on its own
    "scipy": ("scipy.signal", "scipy.ndimage"),
    "skimage": ("skimage.filters",),
    "astropy": ("astropy.convolution",),
    "dask_image": ("dask_image.ndfilters", "dask.array"),
    "jax": ("jax.numpy", "jax.lax"),
}


def call(row: dict[str, Any]) -> None:
    """Assert that the line gives what the row records: its operation, and its zeros."""
    package = row["name"].split(".")[0].split()[0]
    names: dict[str, Any] = {}
    for module in (package, *NEEDS.get(package, ())):
        import_module(module)
        top = module.partition(".")[0]
        names[top] = import_module(top)
    if package == "onnxruntime":
        names["run"] = import_module("tests.libraries.onnx_conv").conv
        long_strides(names["run"])
    if package == "torch":
        one_zero(names["torch"])
    for x, w in arrays(row):
        theirs = np.asarray(eval(row["call"], names | {"x": x, "w": w}))
        assert theirs.shape == x.shape, (row["name"], theirs.shape)
        assert np.allclose(theirs, recorded(row, x, w), atol=1e-9), row["name"]


def code(row: dict[str, Any], others: dict[str, Any] = ROWS) -> None:
    """Assert that the page's code makes of this function what others are recorded to do."""
    for other in others.values():
        for x, w in arrays(other, one_axis=row["layout"] == "N, k"):
            border = other["defaults"]["border"]
            names: dict[str, Any] = {}
            exec("\n".join(ported(other, row)), names)
            given = x.copy(), w.copy()
            theirs = np.asarray(names["same_as_a"](*given))
            ours = recorded(other, x, w, RULES[border])
            if "scale" in other["defaults"]:
                ours = ours / w.sum()
            pair = other["name"], row["name"]
            assert theirs.shape == x.shape, (pair, theirs.shape)
            assert np.allclose(theirs, ours, rtol=1e-4, atol=1e-4), pair
            assert all(map(np.array_equal, given, (x, w))), f"{pair} write into x or w"


def arrays(row: dict[str, Any], one_axis: bool = False) -> Iterator[tuple[Any, Any]]:
    """Yield inputs and kernels, even ones only if a row admits them."""
    random = np.random.default_rng(5)
    for height, width in ((3, 5), (4, 3), (2, 4)):
        even = height % 2 == 0 or width % 2 == 0
        if even and row["same"]["k=4"] == "refused":
            continue
        x = random.integers(9, size=(6, 7)).astype(float)
        w = random.integers(-9, 9, size=(height, width)).astype(float)
        yield (x[0], w[0]) if one_axis or row["layout"] == "N, k" else (x, w)


def recorded(row: dict[str, Any], x: Any, w: Any, rule: str = "constant") -> Any:
    """Return what a row's function computes under same, by its record."""
    applied = conv.flip(w) if row["operation"] == "convolution" else w
    first = row["same"]["k=4"] in ([1, 2], "refused")
    halves = [((k - 1) // 2, k // 2) for k in w.shape]
    padded = np.pad(x, [half if first else half[::-1] for half in halves], mode=rule)
    return conv.correlate(padded, applied, padding="valid")


def one_zero(torch: Any) -> None:
    """Assert what the page draws of PyTorch: padding=1 is one zero before and one after."""
    w = torch.tensor([[[1.0, 2, 3]]])
    for n, given in ((4, [8, 20]), (5, [8, 20, 14])):
        x = torch.arange(1.0, n + 1)[None, None]
        read = torch.nn.functional.conv1d(x, w, stride=2, padding=1)
        assert read.tolist() == [[given]], (n, read)


def long_strides(run: Callable[..., Any]) -> None:
    """Assert what the page says of ONNX Runtime: long strides begin inside the input."""
    x, w = np.arange(1, 9, dtype="f")[None], np.ones((1, 1), "f")
    read = run(x, w, mode="SAME_UPPER", stride=4)[0].tolist()
    assert read == [2, 6], f"ONNX Runtime reads {read} now: change docs/beyond/libraries.py"
