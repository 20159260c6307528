"""What Pillow leaves open when it reads a PNG: missing rows, and the transparent colour.

Source: W3C, Portable Network Graphics (PNG) Specification, third edition, 2025.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
from PIL import Image

# How many numbers a pixel has, by the kind of colour: grey, RGB, palette, grey and alpha,
# RGB and alpha (section 11.2.1).
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# Passes without and with interlacing: first column and row, steps to the next (section 8).
_PASSES = {0: ("0011",), 1: ("0088", "4088", "0448", "2044", "0224", "1022", "0112")}


def finish(file: BinaryIO, image: Image.Image) -> None:
    """Check that a decoded PNG has all its rows, and tell Pillow its transparent colour.

    Raises
    ------
    ValueError
        If rows are missing, which Pillow shows as black.
    """
    missing, clear, inflate = 0, b"", zlib.decompressobj()
    for name, length in _chunks(file):
        if name == b"IHDR":
            _, _, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", file.read(13))
            missing = _bytes(image.size, depth * _CHANNELS[kind], _PASSES[interlaced])
        elif name == b"tRNS":
            clear = file.read(min(length, 256))
        elif name == b"IDAT":
            for start in range(0, length, 2**10):  # at most 2**20 bytes when inflated
                if missing > 0 and not inflate.eof:
                    piece = file.read(min(2**10, length - start))
                    missing -= len(inflate.decompress(piece))
    if missing > 0:
        raise ValueError("rows of the picture are missing")
    image.info.pop("transparency", None)
    if clear:
        _make_transparent(file, image, clear, depth, kind)


def _make_transparent(
    file: BinaryIO, image: Image.Image, clear: bytes, depth: int, kind: int
) -> None:
    """Tell Pillow which colour is transparent, in the numbers that it has made of it."""
    most = 2**depth - 1
    if kind == 3:
        image.info["transparency"] = clear  # an alpha for each colour of the palette
    elif (depth, kind) == (16, 2):  # of which Pillow has kept the upper bytes
        colour = np.frombuffer(clear[:6], ">u2")
        with Image.open(file, formats=["PNG"]) as lower:
            lower.tile = [lower.tile[0]._replace(args="RGB;16L")]
            clear_below = np.asarray(lower) == colour & 255
        clear_above = np.asarray(image) == colour >> 8
        image.putalpha(Image.fromarray(~(clear_above & clear_below).all(axis=-1)))
    else:
        colour = (np.frombuffer(clear[:6], ">u2") & most) * max(1, 255 // most)
        image.info["transparency"] = tuple(colour.tolist()) if kind == 2 else int(colour[0])


def _bytes(size: tuple[int, int], bits: int, passes: tuple[str, ...]) -> int:
    """Count the bytes of all rows of all passes, with the one in front of each row."""
    count = 0
    for left, top, across, down in (map(int, digits) for digits in passes):
        columns, rows = len(range(left, size[0], across)), len(range(top, size[1], down))
        count += rows * (1 + (columns * bits + 7) // 8) if columns else 0
    return count


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Yield the name and the length of each chunk, the file standing at its contents."""
    start = 8  # after the signature
    while file.seek(start) and len(head := file.read(8)) == 8 and head[4:] != b"IEND":
        length, name = struct.unpack(">I4s", head)
        yield name, length
        start += length + 12  # with length, name and checksum
