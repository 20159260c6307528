"""One function for each operation of a library: how it is called, and nothing about its answers.

Each takes a signal and a kernel, `x` and `w`, as arrays with as many axes as `Operation.axes`.
An option that is not given is not passed on, so that the library's own default speaks.
Functions of one plane are given one row. A name that ends in an argument chooses the mode.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MODES = {mode: mode for mode in ("full", "same", "valid")}
NDIMAGE = (
    "constant",
    "nearest",
    "reflect",
    "mirror",
    "wrap",
)  # border rules, and skimage's


@dataclass(frozen=True)
class Operation:
    """A function of a library, and the words it has for modes and borders."""

    name: str
    # run(x, w, mode=, border=, stride=, dilation=): of these what it has
    run: Callable[..., Any]
    call: str  # the line that calls it with x and w under same, zeros beyond the border
    layout: str  # axes of inputs and kernel
    axes: int = 2
    modes: dict[str, Any] = field(
        default_factory=lambda: {"same": "same", "valid": "valid"}
    )
    borders: tuple[str, ...] = ()
    options: tuple[str, ...] = ()  # of stride and dilation
    dtype: type = np.float64  # in which all but dtypes is asked


@dataclass(frozen=True)
class Border:
    """A function that pads, and its words for the rules by which it does."""

    name: str
    run: Callable[[Any, int, str], Any]
    borders: tuple[str, ...]


def given(**options: Any) -> dict[str, Any]:
    """Return the options that are not None."""
    return {name: value for name, value in options.items() if value is not None}


def operations() -> Iterator[Operation | Border]:
    """Yield the operations of each library that is installed."""
    for package, theirs in LIBRARIES.items():
        if importlib.util.find_spec(package):
            yield from theirs()


def of_conv() -> Iterator[Operation]:
    """Yield ours."""
    import conv

    for function in (conv.correlate, conv.convolve):
        yield Operation(
            f"conv.{function.__name__} padding='same'",
            lambda x, w, mode=None, stride=None, dilation=None, function=function: function(
                x, w, **given(padding=mode, stride=stride, dilation=dilation)
            ),
            f"conv.{function.__name__}(x, w)",
            "HWC, hwCF",
            modes=MODES,
            options=("stride", "dilation"),
        )


def of_numpy() -> Iterator[Operation | Border]:
    """Yield NumPy's."""
    yield from like_numpy("numpy", np)


def like_numpy(path: str, module: Any) -> Iterator[Operation | Border]:
    """Yield convolve, correlate and pad of a module that has NumPy's functions."""
    for function in (module.convolve, module.correlate):
        name = f"{path}.{function.__name__}"
        yield Operation(
            f"{name} mode='same'",
            lambda x, w, mode=None, function=function: function(x, w, **given(mode=mode)),
            f"{name}(x, w, mode='same')",
            "N, k",
            axes=1,
            modes=MODES,
        )
    yield Border(
        f"{path}.pad",
        lambda x, pads, how: module.pad(x, pads, mode=how),
        ("constant", "edge", "reflect", "symmetric", "wrap"),
    )


def of_scipy() -> Iterator[Operation]:
    """Yield SciPy's: signal's and ndimage's, which have nothing in common."""
    from scipy import ndimage, signal

    for function in (
        signal.convolve,
        signal.correlate,
        signal.fftconvolve,
        signal.convolve2d,
        signal.correlate2d,
    ):
        name = f"scipy.signal.{function.__name__}"
        plane = function in (signal.convolve2d, signal.correlate2d)
        if plane:

            def run(x, w, mode=None, border=None, function=function):
                return function(x, w, **given(mode=mode, boundary=border))
        else:

            def run(x, w, mode=None, function=function):
                return function(x, w, **given(mode=mode))

        yield Operation(
            f"{name} mode='same'",
            run,
            f"{name}(x, w, mode='same')",
            "HW, hw" if plane else "any axes, as many in the kernel",
            modes=MODES,
            borders=("fill", "symm", "wrap") if plane else (),
        )
    yield from like_ndimage("scipy.ndimage", ndimage, np.asarray, "x")


def like_ndimage(
    path: str, module: Any, take: Callable[[Any], Any], taken: str
) -> Iterator[Operation]:
    """Yield convolve and correlate of a module that has those of scipy.ndimage.

    It takes images as `take` makes them, which is written as `taken`.
    """
    for function in (module.convolve, module.correlate):
        name = f"{path}.{function.__name__}"
        yield Operation(
            f"{name} mode='constant'",
            lambda x, w, mode=None, border=None, function=function: np.asarray(
                function(take(x), w, **given(mode=border or mode))
            ),
            f"{name}({taken}, w, mode='constant')",
            "any axes, as many in the kernel",
            modes={"same": "constant"},
            borders=NDIMAGE,
        )


def of_skimage() -> Iterator[Operation]:
    """Yield scikit-image's."""
    from skimage.filters import correlate_sparse

    yield Operation(
        "skimage.filters.correlate_sparse mode='constant'",
        lambda x, w, mode=None, border=None: correlate_sparse(
            x, w, **given(mode=border or mode)
        ),
        "skimage.filters.correlate_sparse(x, w, mode='constant')",
        "any axes, as many in the kernel",
        modes={"same": "constant"},
        borders=NDIMAGE,
    )


def of_cv2() -> Iterator[Operation | Border]:
    """Yield OpenCV's."""
    import cv2

    def run(x, w, mode=None, border=None):
        rule = border or mode
        return cv2.filter2D(
            x, -1, w, **given(borderType=getattr(cv2, rule) if rule else None)
        )

    words = "CONSTANT", "REPLICATE", "REFLECT", "REFLECT_101", "WRAP"
    rules = tuple(f"BORDER_{word}" for word in words)
    yield Operation(
        "cv2.filter2D borderType=BORDER_CONSTANT",
        run,
        "cv2.filter2D(x, -1, w, borderType=cv2.BORDER_CONSTANT)",
        "HW or HWC (each channel alone), hw",
        modes={"same": "BORDER_CONSTANT"},
        borders=rules,
    )
    yield Border(
        "cv2.copyMakeBorder",
        lambda x, pads, how: cv2.copyMakeBorder(
            x[None], 0, 0, pads, pads, getattr(cv2, how)
        )[0],
        rules,
    )


def of_torch() -> Iterator[Operation | Border]:
    """Yield PyTorch's."""
    import torch
    from torch.nn import functional as F

    def run(x, w, mode=None, stride=None, dilation=None):
        x, w = torch.from_numpy(x[None, None]), torch.from_numpy(w[None, None])
        return F.conv2d(x, w, **given(padding=mode, stride=stride, dilation=dilation))[0, 0]

    yield Operation(
        "torch.nn.functional.conv2d padding='same'",
        run,
        "torch.nn.functional.conv2d(torch.tensor(x)[None, None], torch.tensor(w)[None, None], "
        "padding='same')[0, 0]",
        "BCHW, FChw",
        options=("stride", "dilation"),
    )

    def layer(x, w, mode=None, border=None, stride=None, dilation=None):
        options = given(padding=mode, padding_mode=border, stride=stride, dilation=dilation)
        module = torch.nn.Conv2d(1, 1, w.shape, bias=False, **options)
        weight = {"weight": torch.from_numpy(w[None, None])}
        return torch.func.functional_call(module, weight, torch.from_numpy(x[None, None]))[
            0, 0
        ]

    yield Operation(
        "torch.nn.Conv2d padding='same'",
        layer,
        "torch.func.functional_call(torch.nn.Conv2d(1, 1, w.shape, bias=False, padding='same'), "
        "{'weight': torch.tensor(w)[None, None]}, torch.tensor(x)[None, None])[0, 0]",
        "BCHW, FChw",
        borders=("zeros", "replicate", "reflect", "circular"),
        options=("stride", "dilation"),
    )
    yield Border(
        "torch.nn.functional.pad",
        lambda x, pads, how: F.pad(torch.from_numpy(x[None]), (pads, pads), mode=how)[0],
        ("constant", "replicate", "reflect", "circular"),
    )


def of_tensorflow() -> Iterator[Operation | Border]:
    """Yield TensorFlow's."""
    import tensorflow as tf

    def run(x, w, mode=None, stride=None, dilation=None):
        options = given(padding=mode, strides=stride or 1, dilations=dilation)
        return tf.nn.conv2d(x[None, ..., None], w[..., None, None], **options)[0, ..., 0]

    words = {"same": "SAME", "valid": "VALID"}
    yield Operation(
        "tensorflow.nn.conv2d padding='SAME'",
        run,
        "tensorflow.nn.conv2d(x[None, ..., None], w[..., None, None], strides=1, "
        "padding='SAME')[0, ..., 0]",
        "BHWC, hwCF",
        modes=words,
        options=("stride", "dilation"),
    )

    def general(x, w, mode=None, stride=None, dilation=None):
        options = given(padding=mode, strides=stride, dilations=dilation)
        return tf.nn.convolution(x[None, ..., None], w[..., None, None], **options)[
            0, ..., 0
        ]

    yield Operation(
        "tensorflow.nn.convolution padding='SAME'",
        general,
        "tensorflow.nn.convolution(x[None, ..., None], w[..., None, None], padding='SAME')[0, ..., 0]",
        "BHWC, hwCF",
        modes=words,
        options=("stride", "dilation"),
    )

    def depthwise(x, w, mode=None, stride=None, dilation=None):
        options = given(padding=mode, dilations=[dilation] * 2 if dilation else None)
        strides = [1, stride or 1, stride or 1, 1]
        return tf.nn.depthwise_conv2d(
            x[None, ..., None], w[..., None, None], strides=strides, **options
        )[0, ..., 0]

    yield Operation(
        "tensorflow.nn.depthwise_conv2d padding='SAME'",
        depthwise,
        "tensorflow.nn.depthwise_conv2d(x[None, ..., None], w[..., None, None], "
        "strides=[1, 1, 1, 1], padding='SAME')[0, ..., 0]",
        "BHWC, hwCm",
        modes=words,
        options=("stride", "dilation"),
    )
    yield Border(
        "tensorflow.pad",
        lambda x, pads, how: tf.pad(x, [(pads, pads)], mode=how),
        ("CONSTANT", "REFLECT", "SYMMETRIC"),
    )


def of_keras() -> Iterator[Operation]:
    """Yield Keras's."""
    import keras

    def run(x, w, mode=None, stride=None, dilation=None):
        options = given(padding=mode, strides=stride, dilation_rate=dilation)
        return keras.ops.conv(x[None, ..., None], w[..., None, None], **options)[0, ..., 0]

    yield Operation(
        "keras.ops.conv padding='same'",
        run,
        "keras.ops.conv(x[None, ..., None], w[..., None, None], padding='same')[0, ..., 0]",
        "BHWC, hwCF",
        options=("stride", "dilation"),
    )

    def layer(x, w, mode=None, stride=None, dilation=None):
        options = given(padding=mode, strides=stride, dilation_rate=dilation)
        module = keras.layers.Conv2D(
            1, w.shape, use_bias=False, dtype=str(x.dtype), **options
        )
        module.build((None, *x.shape, 1))
        module.set_weights([w[..., None, None]])
        return module(x[None, ..., None])[0, ..., 0]

    yield Operation(
        "keras.layers.Conv2D padding='same'",
        layer,
        "keras.layers.Conv2D(1, w.shape, use_bias=False, padding='same', dtype='float64', "
        "kernel_initializer=lambda *_, **__: w[..., None, None])(x[None, ..., None])[0, ..., 0]",
        "BHWC, hwCF",
        options=("stride", "dilation"),
    )


def of_jax() -> Iterator[Operation | Border]:
    """Yield JAX's."""
    import jax

    jax.config.update("jax_enable_x64", True)

    def run(x, w, mode=None, stride=1, dilation=1):
        return jax.lax.conv_general_dilated(
            x[None, ..., None],
            w[..., None, None],
            (stride, stride),
            **given(padding=mode),
            rhs_dilation=(dilation, dilation),
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
        )[0, ..., 0]

    for same in ("SAME", "SAME_LOWER"):
        yield Operation(
            f"jax.lax.conv_general_dilated padding='{same}'",
            run,
            f"jax.lax.conv_general_dilated(x[None, None], w[None, None], (1, 1), '{same}')[0, 0]",
            "BCHW, FChw, or as dimension_numbers say",
            modes={"same": same, "valid": "VALID"},
            options=("stride", "dilation"),
        )
    yield from like_numpy("jax.numpy", jax.numpy)


def of_onnxruntime() -> Iterator[Operation]:
    """Yield ONNX Runtime's."""
    from tests.libraries.onnx_conv import conv as run

    for same in ("SAME_UPPER", "SAME_LOWER"):
        yield Operation(
            f"onnxruntime Conv auto_pad='{same}'",
            run,
            f"run(x.astype('f'), w.astype('f'), mode='{same}')",
            "BCHW, FChw",
            modes={"same": same, "valid": "VALID"},
            options=("stride", "dilation"),
            dtype=np.float32,
        )


def of_astropy() -> Iterator[Operation]:
    """Yield astropy's."""
    from astropy import convolution

    # Without these words they divide by the kernel's sum, and one of them interpolates.
    plain = {"normalize_kernel": False}
    for function, words, borders in (
        (convolution.convolve, plain, ("fill", "wrap", "extend")),
        (convolution.convolve_fft, plain | {"nan_treatment": "fill"}, ("fill",)),
    ):
        name = f"astropy.convolution.{function.__name__}"
        told = "".join(f", {word}={value!r}" for word, value in words.items())

        def run(x, w, mode=None, border=None, function=function, words=words):
            rule = border or mode
            return function(x, w, **({"boundary": rule} | words if rule else {}))

        yield Operation(
            f"{name} boundary='fill'",
            run,
            f"{name}(x, w, boundary='fill'{told})",
            "HW, hw, with odd sizes",
            modes={"same": "fill"},
            borders=borders,
        )


def of_dask_image() -> Iterator[Operation]:
    """Yield dask-image's."""
    from dask.array import from_array
    from dask_image import ndfilters

    array = "dask.array.from_array(x)"
    yield from like_ndimage("dask_image.ndfilters", ndfilters, from_array, array)


LIBRARIES: dict[str, Callable[[], Iterator[Operation | Border]]] = {
    "conv": of_conv,
    "numpy": of_numpy,
    "scipy": of_scipy,
    "skimage": of_skimage,
    "cv2": of_cv2,
    "torch": of_torch,
    "tensorflow": of_tensorflow,
    "keras": of_keras,
    "jax": of_jax,
    "onnxruntime": of_onnxruntime,
    "astropy": of_astropy,
    "dask_image": of_dask_image,
}
