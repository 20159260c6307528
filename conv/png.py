"""What Pillow leaves open when it reads a PNG: missing rows, and the transparent colour.

Source: W3C, Portable Network Graphics (PNG) Specification, third edition, 2025.
"""

from __future__ import annotations

import io
import struct
import zlib
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
    chunks = _chunks(file)
    _, _, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    _check_rows(chunks[b"IDAT"], image.size, depth * _CHANNELS[kind], _PASSES[interlaced])
    image.info.pop("transparency", None)
    clear = chunks.get(b"tRNS")
    if not clear:
        return
    if kind == 3:
        image.info["transparency"] = bytes(clear[:256])  # an alpha for each colour
        return
    most = 2**depth - 1
    colour = np.frombuffer(clear[:6], ">u2") & most
    if (depth, kind) == (16, 2):  # of which Pillow has kept the upper bytes
        with Image.open(file, formats=["PNG"]) as lower:
            lower.tile = [lower.tile[0]._replace(args="RGB;16L")]
            clear_below = np.asarray(lower) == colour & 255
        clear_above = np.asarray(image) == colour >> 8
        image.putalpha(Image.fromarray(~(clear_above & clear_below).all(axis=-1)))
    else:
        scaled = (colour * max(1, 255 // most)).tolist()  # as Pillow has scaled the pixels
        image.info["transparency"] = tuple(scaled) if kind == 2 else scaled[0]


def _check_rows(
    data: bytearray, size: tuple[int, int], bits: int, passes: tuple[str, ...]
) -> None:
    """Check that the data holds every row of every pass, with a byte before each."""
    missing = 0
    for left, top, across, down in (map(int, digits) for digits in passes):
        columns, rows = len(range(left, size[0], across)), len(range(top, size[1], down))
        missing += rows * (1 + (columns * bits + 7) // 8) if columns else 0
    compressed, inflate = io.BytesIO(data), zlib.decompressobj()
    while missing > 0 and not inflate.eof and (piece := compressed.read(2**10)):
        missing -= len(inflate.decompress(piece))  # 2**20 bytes at most
    if missing > 0:
        raise ValueError("rows of the picture are missing")


def _chunks(file: BinaryIO) -> dict[bytes, bytearray]:
    """Return header, transparent colour and data of a file, by the names of the chunks."""
    chunks: dict[bytes, bytearray] = {}
    start = 8  # after the signature
    while file.seek(start) and len(head := file.read(8)) == 8 and head[4:] != b"IEND":
        length, name = struct.unpack(">I4s", head)
        if name in (b"IHDR", b"tRNS", b"IDAT"):
            chunks.setdefault(name, bytearray()).extend(file.read(length))
        start += length + 12  # with length, name and checksum
    return chunks
