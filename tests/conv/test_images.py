"""Reading and writing image files, with files made for the occasion."""

from __future__ import annotations

import os
import re
import stat
import struct
import subprocess
import sys
import tempfile
import time
import tracemalloc
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from conv import images
from conv import png as conv_png

GREY = np.array([[0, 51, 255]], np.uint8)  # 0, 0.2 and 1
COLOUR = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 51]]], np.uint8)


@pytest.fixture
def written(tmp_path):
    """Return a function that writes a Pillow image and returns the file's path."""

    def write(image, name="image.png", **options):
        image.save(tmp_path / name, **options)
        return tmp_path / name

    return write


def with_palette(transparency=None):
    """Make an image of a palette: red, green, blue."""
    image = Image.fromarray(np.array([[0, 1, 2]], np.uint8)).convert("P")
    image.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 51])
    if transparency is not None:
        image.info["transparency"] = transparency
    return image


def png(width, height, data=b"", depth=8, kind=0, interlaced=0, **others):
    """Write a PNG by hand: a header that says a size, data that need not fit it, others."""

    def chunk(name, body):
        return (
            struct.pack(">I", len(body))
            + name
            + body
            + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + b"".join(chunk(name.encode(), body) for name, body in others.items())
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


def packed(numbers, depth):
    """Pack the numbers of one row of a PNG into bytes, the first one into the highest bits."""
    bits = "".join(f"{number:0{depth}b}" for number in numbers)
    return b"\0" + np.packbits([int(bit) for bit in bits]).tobytes()


def orientation(number, order="<", *entries):
    """Write EXIF data of an orientation, and of other entries: tag, type, count, value."""
    entries = [(0x0112, 3, 1, number if order == "<" else number << 16), *entries]
    return (
        {"<": b"II*\0", ">": b"MM\0*"}[order]
        + struct.pack(f"{order}IH", 8, len(entries))
        + b"".join(struct.pack(f"{order}HHII", *entry) for entry in entries)
        + bytes(4)
    )


def with_exif(contents, data):
    """Put EXIF data into a JPEG that has none."""
    return (
        b"\xff\xd8\xff\xe1"
        + struct.pack(">H", len(data) + 8)
        + b"Exif\0\0"
        + data
        + contents[2:]
    )


def loaded(contents, mode="grey"):
    """Load a file that holds these bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "image")
        path.write_bytes(contents)
        return images.load(path, mode)


class Unreadable:
    """An array that is elsewhere and does not come here, as some libraries have them."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("on a device")


class Lazy:
    """An array that has not been computed, and may be larger than the memory."""

    def __dask_graph__(self):
        return {}

    def __array__(self, dtype=None, copy=None):
        raise AssertionError("computed")


def test_grey_and_colour(written):
    """Eight bits become fractions of 255; a grey file has three equal channels."""
    path = written(Image.fromarray(GREY))
    np.testing.assert_array_equal(images.load(path, "grey"), [[0, 0.2, 1]])
    np.testing.assert_array_equal(images.load(path)[0, :, 1], [0, 0.2, 1])
    path = written(Image.fromarray(COLOUR))
    loaded = images.load(str(path))
    assert loaded.dtype == np.float64
    np.testing.assert_array_equal(loaded, COLOUR / 255)
    np.testing.assert_allclose(images.load(path, "grey"), [[0.299, 0.587, 0.0228]])


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (Image.fromarray(np.array([[False, True]])), [[0, 1]]),
        (Image.fromarray(np.array([[0, 13107, 65535]], np.uint16)), [[0, 0.2, 1]]),
        (
            Image.fromarray(np.array([[[0, 0], [0, 255], [51, 255]]], np.uint8)),
            [[1, 0, 0.2]],
        ),
    ],
    ids=["1 bit", "16 bits", "grey with alpha"],
)
def test_kinds_of_grey(written, image, expected):
    """One bit, sixteen bits and alpha are brought to brightnesses from 0 to 1."""
    np.testing.assert_array_equal(images.load(written(image), "grey"), expected)


def test_numbers_of_32_bits(written):
    """A file of floating point numbers keeps them, if they are brightnesses."""
    path = written(Image.fromarray(np.array([[0, 0.5, 1]], np.float32)), "image.tif")
    loaded = images.load(path, "grey")
    assert loaded.dtype == np.float64
    np.testing.assert_array_equal(loaded, [[0, 0.5, 1]])
    for wrong in (2, -1, np.nan, np.inf):
        path = written(Image.fromarray(np.array([[0, wrong]], np.float32)), "image.tif")
        with pytest.raises(
            ValueError, match=r"image\.tif must hold .* 0 to 1, not from \S+ to [\w.]{3}$"
        ):
            images.load(path)


@pytest.mark.parametrize(
    ("numbers", "span"), [([0, 65536], "0.0 to 65536"), ([-1, 0], "-1.0")]
)
def test_integers_of_32_bits(written, numbers, span):
    """Integers in 32 bits are taken as 16 bits, and refused where those do not hold them."""
    path = written(Image.fromarray(np.array([[0, 13107, 65535]], np.int32)), "image.tif")
    np.testing.assert_array_equal(images.load(path, "grey"), [[0, 0.2, 1]])
    path = written(Image.fromarray(np.array([numbers], np.int32)), "image.tif")
    with pytest.raises(
        ValueError, match=rf"image\.tif must .* 0 to 65535, not from {span}"
    ):
        images.load(path)


@pytest.mark.parametrize(("mode", "order"), [("I;16", "<u2"), ("I;16B", ">u2")])
def test_both_orders_of_bytes(written, mode, order):
    """Sixteen bits are read in the order in which the file has them."""
    numbers = np.array([[0, 13107, 65535]], order)
    path = written(Image.frombytes(mode, (3, 1), numbers.tobytes()), "image.tif")
    np.testing.assert_array_equal(images.load(path, "grey"), [[0, 0.2, 1]])


def test_transparency_shows_white(written):
    """Alpha is composited on white, whichever way the file says it."""
    half = np.array([[[255, 0, 0, 255], [255, 0, 0, 0], [0, 0, 0, 51]]], np.uint8)
    loaded = images.load(written(Image.fromarray(half)))
    np.testing.assert_allclose(loaded, [[[1, 0, 0], [1, 1, 1], [0.8, 0.8, 0.8]]])
    loaded = images.load(written(with_palette(transparency=1)))
    np.testing.assert_array_equal(loaded, [[[1, 0, 0], [1, 1, 1], [0, 0, 0.2]]])
    loaded = images.load(written(with_palette(transparency=b"\xff\x00\xff")))
    np.testing.assert_array_equal(loaded, [[[1, 0, 0], [1, 1, 1], [0, 0, 0.2]]])
    loaded = images.load(written(Image.fromarray(GREY), transparency=0), "grey")
    np.testing.assert_array_equal(loaded, [[1, 0.2, 1]])
    red = Image.fromarray(COLOUR)
    loaded = images.load(written(red, transparency=(255, 0, 0)))
    np.testing.assert_array_equal(loaded, [[[1, 1, 1], [0, 1, 0], [0, 0, 0.2]]])
    bits = Image.fromarray(np.array([[False, True]]))
    loaded = images.load(written(bits, transparency=0), "grey")
    np.testing.assert_array_equal(loaded, [[1, 1]])
    mixed = Image.frombytes("PA", (2, 1), bytes([0, 0, 1, 255]))
    mixed.putpalette([255, 0, 0, 0, 51, 0])
    loaded = images.load(written(mixed, "image.tif"))
    np.testing.assert_array_equal(loaded, [[[1, 1, 1], [0, 0.2, 0]]])
    deep = Image.fromarray(np.array([[0, 13107]], np.uint16))
    loaded = images.load(written(deep, transparency=0), "grey")
    np.testing.assert_array_equal(loaded, [[1, 0.2]])


@pytest.mark.parametrize(
    ("depth", "row", "clear", "expected"),
    [
        (1, b"\x40", 0, [1, 1]),
        (1, b"\x40", 2, [1, 1]),
        (2, b"\x1b", 1, [0, 1, 2 / 3, 1]),
        (2, b"\x1b", 0xFFFE, [0, 1 / 3, 1, 1]),
        (4, b"\x07\x8f", 7, [0, 1, 8 / 15, 1]),
        (8, b"\x00\x33\x34", 0x33, [0, 1, 52 / 255]),
        (8, b"\x00\x33\x34", 0x0133, [0, 1, 52 / 255]),
        (16, b"\x33\x33\x33\x34", 0x3333, [1, 13108 / 65535]),
    ],
)
def test_transparent_grey_of_every_depth(depth, row, clear, expected):
    """A PNG says which grey is transparent in numbers of its own depth, by the lower bits."""
    contents = png(len(expected), 1, b"\0" + row, depth, tRNS=struct.pack(">H", clear))
    np.testing.assert_array_equal(loaded(contents), [expected])


@given(
    st.data(),
    st.sampled_from([1, 2, 4, 8, 16]),
    st.integers(0, 65535),
)
def test_any_transparent_grey(data, depth, clear):
    """What equals the transparent grey is white, everything else its part of the highest."""
    most = 2**depth - 1
    near = st.sampled_from([clear & most, clear & most ^ 1, clear >> 8 & most])
    numbers = data.draw(st.lists(near | st.integers(0, most), min_size=1, max_size=20))
    contents = png(
        len(numbers), 1, packed(numbers, depth), depth, tRNS=struct.pack(">H", clear)
    )
    expected = [1 if n == clear & most else n / most for n in numbers]
    np.testing.assert_array_equal(loaded(contents), [expected])


@given(
    st.sampled_from([8, 16]),
    st.tuples(*[st.integers(0, 65535)] * 3),
    st.lists(
        st.tuples(*[st.sampled_from([0, 0, 1, 256, 0xFF00])] * 3), min_size=1, max_size=9
    ),
)
@example(16, (0x1234, 0, 0), [(0, 0, 0), (1, 0, 0), (256, 0, 0)])
def test_any_transparent_colour(depth, clear, changes):
    """A colour is transparent if all the bits of its three numbers are: 16 of 16, not 8."""
    most = 2**depth - 1
    pixels = np.array([clear]) & most ^ np.array(changes) & most
    row = b"\0" + pixels.astype(f">u{depth // 8}").tobytes()
    contents = png(len(pixels), 1, row, depth, 2, tRNS=struct.pack(">3H", *clear))
    upper = pixels >> depth - 8
    hidden = [not (change & most).any() for change in np.array(changes)]
    expected = np.where(np.array(hidden)[:, None], 1, upper / 255)
    np.testing.assert_array_equal(loaded(contents, "colour"), [expected])


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_transparent_entries_of_a_palette(depth):
    """Each entry of a palette has its own alpha; those beyond the list are opaque."""
    palette = bytes([255, 0, 0, 0, 0, 255])
    row = packed([0, 1], depth)
    for clear, red in ((b"\0", [1, 1, 1]), (b"\xcc", [1, 0.2, 0.2]), (b"", [1, 0, 0])):
        contents = png(2, 1, row, depth, 3, PLTE=palette, tRNS=clear)
        np.testing.assert_allclose(loaded(contents, "colour"), [[red, [0, 0, 1]]])
    contents = png(2, 1, row, depth, 3, PLTE=palette, tRNS=bytes(300))
    np.testing.assert_array_equal(loaded(contents, "colour"), np.ones((1, 2, 3)))


def test_transparency_where_a_png_has_alpha_or_a_text_of_that_name():
    """Only the chunk tRNS says what is transparent, and only where there is no alpha."""
    contents = png(2, 1, bytes([0, 0, 51, 51, 255]), 8, 4, tRNS=b"\0\x33")
    np.testing.assert_array_equal(loaded(contents), [[0.8, 0.2]])
    contents = png(1, 1, bytes(4), 8, 2, tRNS=bytes(8))  # of which six count
    np.testing.assert_array_equal(loaded(contents, "colour"), [[[1, 1, 1]]])
    contents = png(1, 1, bytes([0, 51]), tEXt=b"transparency\x0051")
    np.testing.assert_array_equal(loaded(contents), [[0.2]])


def test_sixteen_bits_with_alpha(tmp_path):
    """Grey and alpha of sixteen bits each keep their brightness, and white behind it."""
    path = tmp_path / "deep.png"
    row = struct.pack(">x6H", 0, 0, 0, 65535, 13107, 65535)
    path.write_bytes(png(3, 1, row, depth=16, kind=4))
    np.testing.assert_allclose(images.load(path, "grey"), [[1, 0, 0.2]], rtol=1e-15)


def test_other_colour_models(written):
    """Palettes, CMYK, YCbCr and LAB arrive as red, green and blue."""
    np.testing.assert_array_equal(images.load(written(with_palette())), COLOUR / 255)
    ink = np.array([[[0, 255, 255, 0], [0, 0, 0, 255]]], np.uint8)
    path = written(Image.fromarray(ink, "CMYK"), "image.tif")
    np.testing.assert_array_equal(images.load(path), [[[1, 0, 0], [0, 0, 0]]])
    path = written(Image.frombytes("LAB", (2, 1), bytes([255, 0, 0, 0, 0, 0])), "image.tif")
    np.testing.assert_allclose(images.load(path), [[[1, 1, 1], [0, 0, 0]]], atol=2 / 255)
    red = Image.new("RGB", (16, 16), (255, 0, 0)).convert("YCbCr")
    path = written(red, "image.jpg", quality=95)
    np.testing.assert_allclose(images.load(path)[8, 8], [1, 0, 0], atol=2 / 255)


def test_exif_orientation(written):
    """A picture that is stored lying on its side is turned upright, transparent or not."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it clockwise to see it upright
    path = written(Image.fromarray(GREY), exif=exif)
    np.testing.assert_array_equal(images.load(path, "grey"), [[0], [0.2], [1]])
    path = written(Image.fromarray(GREY), exif=exif, transparency=0)
    np.testing.assert_array_equal(images.load(path, "grey"), [[1], [0.2], [1]])


@pytest.mark.parametrize(
    ("number", "upright"),
    [
        (1, ["abc", "def"]),
        (2, ["cba", "fed"]),
        (3, ["fed", "cba"]),
        (4, ["def", "abc"]),
        (5, ["ad", "be", "cf"]),
        (6, ["da", "eb", "fc"]),
        (7, ["fc", "eb", "da"]),
        (8, ["cf", "be", "ad"]),
        (9, ["abc", "def"]),
    ],
)
@pytest.mark.parametrize("order", "<>")
def test_every_exif_orientation(number, upright, order):
    """Each number says where the first row and column of the file are to be seen."""
    contents = png(3, 2, b"\0abc\0def", eXIf=orientation(number, order))
    expected = [[*line.encode()] for line in upright]
    np.testing.assert_array_equal(np.rint(loaded(contents) * 255), expected)


@given(
    st.binary(max_size=40)
    | st.builds(
        lambda *entry: orientation(6, "<", entry),
        st.sampled_from([0x010F, 0x0128, 0x8769, 0x8825, 0x927C])
        | st.integers(0x0113, 65535),
        st.integers(0, 13),
        st.sampled_from([0, 1, 5, 2**31]),
        st.integers(0, 2**32 - 1),
    )
)
@example(bytes.fromhex("0008000201120003"))
def test_odd_exif_data_leaves_the_pixels(data):
    """Whatever the EXIF data are, the pixels are there, in one of the eight orientations."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pixels = loaded(png(3, 1, bytes([0, 0, 51, 255]), eXIf=data))
    assert pixels.shape in {(1, 3), (3, 1)}
    assert pixels.ravel().tolist() in [[0, 0.2, 1], [1, 0.2, 0]]


@pytest.fixture
def odd(written):
    """Return a JPEG and a PNG to be turned clockwise, with an EXIF tag that Pillow warns of."""
    data = orientation(6, "<", (0x010F, 2, 99, 9999))
    jpeg = written(Image.fromarray(GREY.repeat(9, 0)), "image.jpg").read_bytes()
    return with_exif(jpeg, data), png(9, 3, bytes(30), eXIf=data)


@pytest.mark.parametrize("action", ["error", "always", "ignore", "default", "once"])
def test_filters_of_warnings_change_nothing(odd, action):
    """A warning about a file neither hides its orientation nor makes it an error."""
    jpeg, png_file = odd
    with warnings.catch_warnings(record=True):
        warnings.simplefilter(action)
        before = list(warnings.filters)
        assert loaded(jpeg).shape == (3, 9)
        assert loaded(png_file).shape == (9, 3)
        with pytest.raises(ValueError, match="claims too many pixels"):
            loaded(png(10_000, 10_000))
        assert warnings.filters == before


def test_filters_of_warnings_survive_threads(odd, monkeypatch):
    """However many threads load odd files at once, the filters are the same afterwards."""
    before = list(warnings.filters)
    ignore = warnings.simplefilter

    def ignore_slowly(action):
        time.sleep(0.001)  # so that others come to change them too, if nothing keeps them
        ignore(action)

    monkeypatch.setattr(warnings, "simplefilter", ignore_slowly)
    with ThreadPoolExecutor(8) as threads:
        shapes = {pixels.shape for pixels in threads.map(loaded, odd * 20)}
    assert shapes == {(3, 9), (9, 3)}
    assert warnings.filters == before


def test_limit_of_pixels(monkeypatch):
    """Pillow's limit is the largest number of pixels that is read, unless it is lifted."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 3)
    with pytest.raises(ValueError, match="4 exceed the limit of 3"):
        loaded(png(2, 2, bytes(6)))
    for most in (4, None):
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", most)
        np.testing.assert_array_equal(loaded(png(2, 2, bytes(6))), [[0, 0], [0, 0]])


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (b"", r"is empty$"),
        (b"hello", r"is in none of the formats BMP, GIF, JPEG, PNG, PPM, TIFF, WEBP$"),
        (png(2, 2, bytes(6))[:-24], r"is damaged: .*truncated"),
        (png(9, 9, bytes(6)), r"is damaged: .*truncated"),
        (png(9, 9, bytes(80)), r"is damaged: rows of the picture are missing"),
        (png(30_000, 30_000), r"claims too many pixels: .*900000000 .* limit of \d{9}"),
        (png(10_000, 10_000), r"claims too many pixels: .*100000000 .* limit of 89478485"),
    ],
    ids=[
        "empty",
        "no image",
        "truncated",
        "too little data",
        "too few rows",
        "bomb",
        "large",
    ],
)
def test_files_that_are_refused(tmp_path, contents, message):
    """A bad file is a ValueError that names it, whatever is wrong with it."""
    path = tmp_path / "bad.png"
    path.write_bytes(contents)
    with pytest.raises(ValueError, match=rf"bad\.png {message}"):
        images.load(path)


# Which pass of an interlaced PNG has which pixel. Source: PNG specification, section 8.1.
PASSES = """
16462646
77777777
56565656
77777777
36463646
77777777
56565656
77777777
"""
PASSES = np.array([[*map(int, row)] for row in PASSES.split()])


def rows_of(pixels, depth, interlaced):
    """Return the rows of a PNG, as it stores them."""
    if not interlaced:
        return [packed(row, depth) for row in pixels]
    rows = []
    for number in range(1, 8):
        for row, passes in zip(pixels, np.tile(PASSES, (3, 3)), strict=False):
            chosen = row[passes[: len(row)] == number]
            rows += [packed(chosen, depth)] if chosen.size else []
    return rows


@given(
    st.integers(1, 20),
    st.integers(1, 20),
    st.sampled_from([1, 2, 4, 8, 16]),
    st.sampled_from([0, 1]),
    st.integers(1, 40),
)
@example(9, 9, 8, 0, 1)
@example(9, 9, 8, 1, 1)
@example(1, 1, 1, 1, 1)
def test_rows_that_a_png_lacks(width, height, depth, interlaced, lacking):
    """All rows are a picture, one row fewer is none, however the file orders them."""
    most = 2**depth - 1
    pixels = np.arange(width * height).reshape(height, width) * 37 & most
    rows = rows_of(pixels, depth, interlaced)
    contents = png(width, height, b"".join(rows), depth, interlaced=interlaced)
    np.testing.assert_array_equal(loaded(contents), pixels / most)
    with pytest.raises(ValueError, match=r"is damaged: .*(missing|truncated)"):
        loaded(png(width, height, b"".join(rows[:-lacking]), depth, interlaced=interlaced))


@pytest.mark.parametrize(
    ("depth", "kind", "length"),
    [
        (1, 3, 2),
        (8, 3, 9),
        (8, 2, 25),
        (16, 2, 49),
        (8, 4, 17),
        (16, 4, 33),
        (8, 6, 33),
        (16, 6, 65),
    ],
)
def test_rows_of_every_kind_of_colour(depth, kind, length):
    """A row of eight pixels and the byte before it has the length that its kind of colour says."""
    palette = {"PLTE": bytes(6)} if kind == 3 else {}
    assert loaded(png(8, 2, bytes(2 * length), depth, kind, **palette)).shape == (2, 8)
    with pytest.raises(ValueError, match="rows of the picture are missing"):
        loaded(png(8, 2, bytes(length), depth, kind, **palette))


def test_what_follows_a_picture_is_not_looked_at():
    """Data beyond the last row, chunks behind them and bytes behind the end are no damage."""
    contents = png(2, 1, bytes([0, 51, 255]) + bytes(99))
    for rest in (b"PK", b"PK\3\4 and more", contents[8:]):
        np.testing.assert_array_equal(loaded(contents + rest), [[0.2, 1]])
    for rest in (b"", b"IDAT"):
        np.testing.assert_array_equal(loaded(contents[:-12] + rest), [[0.2, 1]])


def test_parts_that_are_missing(written):
    """A frame that is smaller than the picture, and strips that end before it, are damage."""
    animation = {
        "acTL": struct.pack(">II", 1, 0),
        "fcTL": struct.pack(">IIIIIHHBB", 0, 2, 1, 0, 0, 1, 1, 0, 0),
    }
    with pytest.raises(ValueError, match="is damaged: parts of the picture are missing"):
        loaded(png(2, 2, bytes(6), **animation))
    tiff = written(Image.fromarray(np.zeros((8, 8), np.uint8)), "image.tif").read_bytes()
    rows = struct.pack("<HHII", 278, 4, 1, 8)  # in each strip; there is one
    assert rows in tiff
    with pytest.raises(ValueError, match="is damaged: parts of the picture are missing"):
        loaded(tiff.replace(rows, struct.pack("<HHII", 278, 4, 1, 4)))


@pytest.mark.parametrize("mode", ["colour", "grey"])
@pytest.mark.parametrize("kind", ["L", "LA", "RGB", "RGBA", "I;16", "clear", "P"])
def test_memory_of_loading(written, kind, mode):
    """Loading needs 3 times its result, 2 times if there are 8 bits and no alpha."""
    noise = np.random.default_rng(0).integers(0, 256, (1000, 1000, 4), np.uint8)
    if kind == "I;16":
        path = written(Image.fromarray(noise.view(np.uint16)[..., 0]), compress_level=1)
    elif kind == "clear":
        path = written(
            Image.fromarray(noise[..., :3]), compress_level=1, transparency=(1, 2, 3)
        )
    elif kind == "P":
        path = written(Image.fromarray(noise[..., 0]).convert("P"), compress_level=1)
    else:
        path = written(Image.fromarray(noise).convert(kind), compress_level=1)
    del noise
    tracemalloc.start()
    result = images.load(path, mode)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    decoded = 10**6 * {"L": 1, "P": 1, "I;16": 2}.get(kind, 4)  # which Pillow does not tell
    limit = 2 if kind in ("L", "RGB", "P") else 3
    assert most + decoded < limit * result.nbytes


def test_truncated_jpeg(written):
    """Half a photograph is not shown as if it were whole."""
    path = written(Image.fromarray(np.zeros((64, 64, 3), np.uint8)), "photo.jpg")
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match=r"photo\.jpg is damaged: .*[Tt]runc"):
        images.load(path)


def test_paths_that_cannot_be_read(tmp_path):
    """Missing files and folders raise the system's own error; other kinds a TypeError."""
    with pytest.raises(FileNotFoundError, match=r"missing\.png"):
        images.load(tmp_path / "missing.png")
    with pytest.raises(OSError, match=re.escape(str(tmp_path))):
        images.load(tmp_path)
    with pytest.raises(TypeError, match="int"):
        images.load(3)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
def test_pipes_are_refused(tmp_path):
    """A named pipe is an error at once: nothing waits for somebody to write into it."""
    os.mkfifo(tmp_path / "pipe.png")
    program = "import sys; from conv import images; images.load(sys.argv[1])"
    run = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "pipe.png"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert re.search(
        r"OSError: \S+pipe\.png must be a regular file, not a folder", run.stderr
    )


@pytest.mark.parametrize("kind", ["BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP"])
def test_formats_that_are_read(written, kind):
    """The suffix does not matter: what the file holds decides."""
    assert kind in images.load.__doc__
    path = written(Image.fromarray(np.full((8, 8), 51, np.uint8)), "image.bin", format=kind)
    np.testing.assert_allclose(
        images.load(path, "grey"), np.full((8, 8), 0.2), atol=2 / 255
    )


@pytest.mark.parametrize("kind", ["EPS", "ICO", "PDF", "TGA"])
def test_formats_that_are_refused(written, kind):
    """Files of other formats, such as programs in PostScript, are refused and not run."""
    path = written(Image.fromarray(COLOUR), "image.png", format=kind)
    with pytest.raises(ValueError, match=r"is in none of the formats BMP, GIF, JPEG, PNG"):
        images.load(path)


def test_modes_are_named():
    """An unknown mode is refused before the file is looked for."""
    with pytest.raises(
        ValueError, match=r"mode must be one of 'colour', 'grey', not 'gray'"
    ):
        images.load("missing.png", "gray")


@pytest.mark.parametrize("shape", [(3, 4), (3, 4, 3)])
def test_what_is_saved_is_loaded_again(tmp_path, shape):
    """Multiples of 1/255 survive a PNG exactly, and TIFF; the other values are rounded."""
    array = np.random.default_rng(0).integers(0, 256, shape) / 255
    mode = "grey" if len(shape) == 2 else "colour"
    for name in ("array.png", "array.TIFF"):
        images.save(array, tmp_path / name)
        np.testing.assert_array_equal(images.load(tmp_path / name, mode), array)
    images.save(array.astype(np.float32), str(tmp_path / "array.jpg"))
    assert images.load(tmp_path / "array.jpg").shape == (3, 4, 3)
    half = np.linspace(0, 1, 999, dtype=np.float16)[None]  # rounded once, and not twice
    images.save(half, tmp_path / "array.png")
    loaded = images.load(tmp_path / "array.png", "grey")
    np.testing.assert_array_equal(loaded * 255, np.rint(half.astype(float) * 255))
    images.save([[0.0019, 0.002]], tmp_path / "array.png")
    np.testing.assert_array_equal(
        images.load(tmp_path / "array.png", "grey") * 255, [[0, 1]]
    )


def test_booleans_and_integers_are_numbers(tmp_path):
    """True is white; the integers 0 and 1 are black and white."""
    for array in ([[True, False]], [[1, 0]], np.array([[1, 0]], np.uint8)):
        images.save(array, tmp_path / "bits.png")
        np.testing.assert_array_equal(images.load(tmp_path / "bits.png", "grey"), [[1, 0]])


@pytest.mark.parametrize(
    ("array", "error", "message"),
    [
        (
            [[0, 255]],
            ValueError,
            r"^array must hold values from 0 to 1, not from 0 to 255; rescale or clip it first",
        ),
        ([[-0.5, 1]], ValueError, r"values from 0 to 1, not from -0.5 to 1"),
        ([[np.nan, 1]], ValueError, r"values from 0 to 1, not from nan to nan"),
        ([0, 1], ValueError, r"\(H, W\) or \(H, W, 3\), and not empty, not \(2,\)"),
        ([[[1, 1]]], ValueError, r"not \(1, 1, 2\)"),
        ([[[[1]]]], ValueError, r"not \(1, 1, 1, 1\)"),
        (np.empty((0, 3)), ValueError, r"not \(0, 3\)"),
        ([["a"]], TypeError, r"array must hold real numbers, not <U1"),
        ([[1j]], TypeError, r"array must hold real numbers, not complex128"),
        ([[0, 1], [1]], TypeError, r"^array must be an array of real numbers: "),
        (Unreadable(), TypeError, r"^array must be an array of real numbers: on a device"),
        (Lazy(), TypeError, r"^array must be in memory, not lazy: compute it first"),
    ],
)
def test_arrays_that_are_not_saved(tmp_path, array, error, message):
    """An array that is no picture is refused, and leaves no file."""
    with pytest.raises(error, match=message):
        images.save(array, tmp_path / "array.png")
    assert not list(tmp_path.iterdir())


def test_suffixes_are_named(tmp_path):
    """An unknown suffix is refused, and the message lists what there is."""
    with pytest.raises(
        ValueError, match=r"one of .jpeg, .jpg, .png, .tif, .tiff, not 'a.gif'"
    ):
        images.save([[1]], tmp_path / "a.gif")


@pytest.mark.parametrize("failing", ["write_bytes", "replace"])
def test_saving_is_all_or_nothing(tmp_path, monkeypatch, failing):
    """When writing fails, the file that was there is there still, and nothing beside it."""
    path = tmp_path / "array.png"
    images.save([[0]], path)
    before = path.read_bytes()

    def fail(self, *_):
        with self.open("wb") as file:
            file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"pathlib.Path.{failing}", fail)
    with pytest.raises(OSError, match="No space left"):
        images.save([[1]], path)
    monkeypatch.undo()
    assert [*tmp_path.iterdir()] == [path]
    assert path.read_bytes() == before


def test_an_encoder_that_fails(tmp_path, monkeypatch):
    """When the encoder fails half way, no part of a file is left behind."""

    def fail(self, file, *_):
        file.write(b"half")
        raise OSError("encoder error")

    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(OSError, match="encoder error"):
        images.save([[1]], tmp_path / "array.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_permissions_are_those_of_any_new_file(tmp_path):
    """Others may read a saved image if they may read what the user writes."""
    images.save([[1]], tmp_path / "image.png")
    (tmp_path / "other").touch()
    modes = {path.stat().st_mode for path in tmp_path.iterdir()}
    assert len(modes) == 1


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444, 0o666])
def test_permissions_of_a_file_stay(tmp_path, mode):
    """What only its owner may read is not laid open by being replaced."""
    path = tmp_path / "image.png"
    path.touch()
    path.chmod(mode)
    images.save([[1]], path)
    assert stat.S_IMODE(path.stat().st_mode) == mode
    np.testing.assert_array_equal(images.load(path, "grey"), [[1]])


def test_saving_from_many_threads(tmp_path, monkeypatch):
    """The file is always one of those that were saved, whoever else has this process's number."""
    path = tmp_path / "image.png"
    pictures = [np.full((30, 40), number / 255) for number in range(200)]
    images.save(pictures[0], path)

    def replace(picture):
        images.save(picture, path)
        seen = images.load(path, "grey")
        return seen.shape == (30, 40) and seen.min() == seen.max()

    monkeypatch.setattr(os, "getpid", lambda: 1)
    monkeypatch.setattr(tempfile, "tempdir", "/missing")  # no other folder is used
    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(replace, pictures))
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("stem", ["a" * 251, "\N{HIRAGANA LETTER A}" * 83])
def test_names_as_long_as_the_system_allows(tmp_path, stem):
    """A name of 255 bytes is long enough for a file, so it is for saving one."""
    images.save([[1]], tmp_path / f"{stem}.png")
    assert [path.stem for path in tmp_path.iterdir()] == [stem]


def test_folders_that_are_missing(tmp_path):
    """The error names the file that was asked for, and no temporary one."""
    path = tmp_path / "missing" / "image.png"
    with pytest.raises(
        FileNotFoundError, match=rf"directory: {re.escape(repr(str(path)))}$"
    ):
        images.save([[1]], path)
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(OSError, match=r"folder\.png'$"):
        images.save([[1]], tmp_path / "folder.png")


@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
def test_links_stay(tmp_path):
    """What is saved through a symbolic link stands where the link leads, there already or not."""
    (tmp_path / "there").mkdir()
    link = tmp_path / "link.png"
    link.symlink_to("there/image.png")
    for shade in (0, 1):
        images.save([[shade]], link)
        assert link.is_symlink()
        np.testing.assert_array_equal(
            images.load(tmp_path / "there" / "image.png", "grey"), [[shade]]
        )
    assert len([*tmp_path.rglob("*")]) == 3


def test_masks_hide_nothing(tmp_path):
    """A masked array is saved with what its mask hides, as everywhere in the package."""
    images.save(np.ma.masked_array([[0, 1]], [[False, True]]), tmp_path / "array.png")
    np.testing.assert_array_equal(images.load(tmp_path / "array.png", "grey"), [[0, 1]])


def test_sample_is_there_without_matplotlib_being_loaded():
    """The photograph comes from a dependency's files: nothing is downloaded or imported."""
    program = (
        "import sys, conv; photo = conv.images.sample();"
        "assert photo.shape == (600, 512, 3), photo.shape;"
        "assert photo.min() == 0 and photo.max() == 1;"
        "assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)


def test_sample_that_is_not_installed(tmp_path, monkeypatch):
    """Without Matplotlib or its sample data, the error says what to install."""
    for spec in (None, ModuleSpec("matplotlib", None, is_package=True)):
        monkeypatch.setattr(images, "find_spec", lambda name, spec=spec: spec)
        with pytest.raises(FileNotFoundError, match="Matplotlib with its sample data"):
            images.sample()
    spec.submodule_search_locations.append(str(tmp_path))
    with pytest.raises(
        FileNotFoundError, match=r"^no grace_hopper\.jpg: reinstall .* data$"
    ):
        images.sample()


@pytest.mark.parametrize("name", ["tRNS", "IDAT", "tEXt"])
def test_what_a_png_holds_beyond_its_picture_is_not_kept(tmp_path, name):
    """Of chunks that are larger than they have to be, no more is read than is needed."""
    whole = png(1, 1, b"\0\x33")
    body = b"\0\x77" + bytes(2**24)
    extra = struct.pack(">I", len(body)) + name.encode() + body
    extra += struct.pack(">I", zlib.crc32(extra[4:]))
    end = -12 if name == "IDAT" else 33  # before the end, or after the header
    (tmp_path / "long.png").write_bytes(whole[:end] + extra + whole[end:])
    with (tmp_path / "long.png").open("rb") as file, Image.open(file) as image:
        tracemalloc.start()
        conv_png.finish(file, image)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 2**20


def test_what_is_no_picture_but_a_file_of_the_system():
    """A file that has no size, and cannot be searched for its end, is empty."""
    if not Path("/proc/cpuinfo").exists():
        pytest.skip("a file of Linux")
    with pytest.raises(ValueError, match=r"^/proc/cpuinfo is empty$"):
        images.load("/proc/cpuinfo")
