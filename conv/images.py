"""Arrays from image files, and image files from arrays.

Examples
--------
>>> from conv import images
>>> images.sample().shape
(600, 512, 3)
"""

from __future__ import annotations

import io
import os
import shutil
import threading
import warnings
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from conv import png

Pixels = NDArray[np.float64]

__all__ = ["load", "sample", "save"]

# How much red, green and blue add to a grey. Source: ITU-R BT.601.
_LUMA = np.array([0.299, 0.587, 0.114])
_MODES = ("colour", "grey")
# The formats that are read, as Pillow names them: all of pixels, none by other programs.
_READ = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
_WRITTEN = {".jpeg": "JPEG", ".jpg": "JPEG", ".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF"}
# What sets a picture upright, by its EXIF orientation.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BLOCK = 2**14  # pixels that become floating point numbers at a time
_FILTERS = threading.Lock()  # on the filters of warnings, which all threads share


def load(path: str | os.PathLike[str], mode: str = "colour") -> Pixels:
    """Read an image file into an array of brightnesses from 0 to 1.

    The picture stands upright if its EXIF orientation can be read; transparent parts show
    white; of a file with several pictures it is the first.

    Parameters
    ----------
    path : str or path-like
        A file in one of the formats BMP, GIF, JPEG, PNG, PPM, TIFF, WEBP.
    mode : {"colour", "grey"}
        Grey is made of red, green and blue by the weights of ITU-R BT.601.

    Returns
    -------
    ndarray of float64, (H, W, 3) or (H, W)
        A grey file keeps all of its 16 bits, a colour file the upper 8.

    Raises
    ------
    OSError
        If the file is missing, may not be read, or is a folder, pipe or device.
    ValueError
        If the mode is unknown, or the file is empty, damaged, in another format, holds
        numbers outside 0 to 1 (floats) or 0 to 65535 (integers of more than 8 bits), or
        claims more pixels than ``PIL.Image.MAX_IMAGE_PIXELS``.

    See Also
    --------
    - [conv.images.save][]: the way back.
    - [conv.images.sample][]: a photograph that is there already.

    Examples
    --------
    >>> import matplotlib
    >>> load(matplotlib.get_data_path() + "/sample_data/grace_hopper.jpg", "grey").shape
    (600, 512)
    """
    if mode not in _MODES:
        raise ValueError(
            f"mode must be one of {', '.join(map(repr, _MODES))}, not {mode!r}"
        )
    path = Path(path)
    if path.exists() and not path.is_file():
        raise OSError(f"{path} must be a regular file, not a folder, pipe or device")
    with path.open("rb") as file:
        try:
            image = _decode(file)
        except Image.DecompressionBombError as error:
            raise ValueError(f"{path} claims too many pixels: {error}") from None
        except UnidentifiedImageError:
            formats = ", ".join(_READ)
            found = f"in none of the formats {formats}" if path.stat().st_size else "empty"
            raise ValueError(f"{path} is {found}") from None
        except Exception as error:  # decoders raise errors of many kinds
            raise ValueError(f"{path} is damaged: {error}") from error
    width, height = image.size
    pixels = np.empty((height, width, 3) if mode == "colour" else (height, width))
    rows = max(1, _BLOCK // width)
    for top in range(0, height, rows):
        part = image.crop((0, top, width, min(top + rows, height)))
        block = _brightnesses(part, str(path))
        if mode == "grey":
            block = block @ _LUMA if block.shape[2] == 3 else block[..., 0]
        pixels[top : top + rows] = block
    return pixels


def save(array: ArrayLike, path: str | os.PathLike[str]) -> None:
    """Write an array of brightnesses from 0 to 1 into an image file of 8 bits a channel.

    It is written atomically: the file appears whole or not at all. A file of that name is
    replaced and its permissions are kept, and a symbolic link is followed.

    Parameters
    ----------
    array : array_like of real numbers, (H, W) or (H, W, 3)
        Grey, or red, green and blue. What a mask hides is written too.
    path : str or path-like
        Its suffix decides the format: .jpeg, .jpg, .png, .tif or .tiff.

    Raises
    ------
    OSError
        If the file cannot be written.
    TypeError
        If the array does not hold real numbers, or is lazy.
    ValueError
        If the array has another shape or values outside 0 to 1, or the suffix is unknown.

    See Also
    --------
    - [conv.images.load][]: reads what was written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     save([[0, 0.2, 1]], folder + "/ramp.png")
    ...     load(folder + "/ramp.png", "grey")
    array([[0. , 0.2, 1. ]])
    """
    path = Path(path)
    kind = _WRITTEN.get(path.suffix.lower())
    if kind is None:
        raise ValueError(
            f"the suffix must be one of {', '.join(_WRITTEN)}, not {path.name!r}"
        )
    if hasattr(array, "__dask_graph__"):
        raise TypeError("array must be in memory, not lazy: compute it first")
    try:
        array = np.asarray(array)
    except Exception as error:  # objects convert themselves, and raise errors of many kinds
        raise TypeError(f"array must be an array of real numbers: {error}") from None
    if array.dtype.kind not in "fiub":
        raise TypeError(f"array must hold real numbers, not {array.dtype}")
    if array.ndim not in (2, 3) or array.shape[2:] not in ((), (3,)) or not array.size:
        raise ValueError(
            f"array must be (H, W) or (H, W, 3), and not empty, not {array.shape}"
        )
    _check_range("array", array, 1, "; rescale or clip it first")
    encoded = io.BytesIO()
    Image.fromarray(np.rint(array.astype(float) * 255).astype(np.uint8)).save(encoded, kind)
    target = Path(os.path.realpath(path))
    try:
        with TemporaryDirectory(prefix=".", dir=target.parent) as folder:
            partial = Path(folder, "partial")
            partial.write_bytes(encoded.getvalue())
            with suppress(FileNotFoundError):
                shutil.copymode(target, partial)
            partial.replace(target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def sample() -> Pixels:
    """Return the photograph of this site: (600, 512, 3), from 0 to 1.

    A portrait of Rear Admiral Grace Hopper by the US Navy, in the public domain. It ships
    with Matplotlib among its sample data, which is not imported for it.

    Raises
    ------
    FileNotFoundError
        If Matplotlib was installed without its sample data, or not at all.

    See Also
    --------
    - [conv.images.load][]: the same from a file of your own.

    Examples
    --------
    >>> float(sample().max())
    1.0
    """
    spec = find_spec("matplotlib")
    folders = (spec.submodule_search_locations if spec else None) or []
    for folder in folders:
        photo = Path(folder, "mpl-data", "sample_data", "grace_hopper.jpg")
        if photo.exists():
            return load(photo)
    raise FileNotFoundError(
        "no grace_hopper.jpg: reinstall Matplotlib with its sample data"
    )


def _decode(file: BinaryIO) -> Image.Image:
    """Return the first picture of a file, upright, whatever the filters of warnings."""
    try:
        return _upright(file)
    except Warning:  # about an odd file, where the filters make errors of warnings
        with _FILTERS, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _upright(file)


def _upright(file: BinaryIO) -> Image.Image:
    """Return the first picture of a file, upright, its transparent colour in ``info``."""
    with Image.open(file, formats=_READ) as image:
        pixels, most = image.width * image.height, Image.MAX_IMAGE_PIXELS
        if most is not None and pixels > most:
            raise Image.DecompressionBombError(f"{pixels} exceed the limit of {most}")
        if image.format in ("PNG", "TIFF"):  # a GIF may have gaps, a WebP has no tiles yet
            tiles = {tile[1] or (0, 0, 0, 0) for tile in image.tile}
            if sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in tiles) < pixels:
                raise ValueError("parts of the picture are missing")
        image.load()
        if image.format == "PNG":
            png.finish(file, image)
        try:
            turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
        except Warning:
            raise
        except Exception:  # what is wrong with EXIF is not wrong with the picture
            turn = None
        # a copy lets go of the decoder, and of what it holds
        return image.copy() if turn is None else image.transpose(turn)


def _brightnesses(image: Image.Image, name: str) -> Pixels:
    """Return the brightnesses of a decoded image: (H, W, 1) or (H, W, 3)."""
    clear = image.info.get("transparency")
    if image.mode.startswith(("I", "F")):  # one channel of 16 or more bits
        values = np.asarray(image, np.float64)
        white = 1 if image.mode == "F" else 65535
        _check_range(name, values, white)
        return np.where(values == clear, 1, values / white)[..., None]
    colours = "L" if image.mode in ("1", "L", "LA", "La") else "RGB"
    if not image.has_transparency_data:
        return np.atleast_3d(np.asarray(image.convert(colours)) / 255)
    values = np.asarray(image.convert(f"{colours}A")) / 255
    alpha = values[..., -1:]
    return values[..., :-1] * alpha + (1 - alpha)


def _check_range(name: str, values: NDArray[Any], most: int, advice: str = "") -> None:
    low, high = values.min(), values.max()
    if not (low >= 0 and high <= most):
        raise ValueError(
            f"{name} must hold values from 0 to {most}, not from {low} to {high}{advice}"
        )
