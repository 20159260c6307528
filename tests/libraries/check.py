"""Run the line that a row gives for `conv.correlate`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

import conv

NEEDS = {  # a module that its package does not import on its own
    "scipy": ("scipy.signal", "scipy.ndimage"),
    "skimage": ("skimage.filters",),
    "astropy": ("astropy.convolution",),
    "dask_image": ("dask_image.ndfilters", "dask.array"),
    "jax": ("jax.numpy", "jax.lax"),
}


def call(row: dict[str, Any]) -> None:
    """Assert that the line gives our numbers; for even kernels only if they are admitted."""
    package = row["name"].split(".")[0].split()[0]
    names: dict[str, Any] = {"conv": conv, "numpy": np}
    for module in (package, *NEEDS.get(package, ())):
        import_module(module)
        top = module.partition(".")[0]
        names[top] = import_module(top)
    if package == "onnxruntime":
        names["run"] = import_module("tests.libraries.onnx_conv").conv
        long_strides(names["run"])
    random = np.random.default_rng(5)
    for height, width in ((3, 5), (4, 3), (2, 4)):
        even = height % 2 == 0 or width % 2 == 0
        if even and row["same"]["k=4"] == "refused":
            continue
        x = random.integers(9, size=(6, 7)).astype(float)
        w = random.integers(-9, 9, size=(height, width)).astype(float)
        if row["layout"] == "N, k":
            x, w = x[0], w[0]
        pads = conv.Geometry.of(x.shape, w.shape, padding="same").pads
        theirs = np.asarray(eval(row["call"], names | {"x": x, "w": w, "p": pads}))
        assert theirs.shape == x.shape, (row["name"], theirs.shape)
        assert np.allclose(theirs, conv.correlate(x, w), atol=1e-9), row["name"]


def long_strides(run: Callable[..., Any]) -> None:
    """Assert what the page says of ONNX Runtime: long strides begin inside the input."""
    x, w = np.arange(1, 9, dtype="f")[None], np.ones((1, 1), "f")
    read = run(x, w, mode="SAME_UPPER", stride=4)[0].tolist()
    assert read == [2, 6], f"ONNX Runtime reads {read} now: change docs/beyond/libraries.py"
