"""The site's logo, and the picture that a link to it shows elsewhere."""

from __future__ import annotations

import base64
import io
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image, ImageColor

import conv
from conv import figures

EMBLEM = figures.emblem("The name")


def pixels(name):
    """Return a picture of the emblem as an array."""
    with Image.open(io.BytesIO(EMBLEM.contents[name])) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def squares():
    """Return the squares of the logo as left, top, width, height and colour."""
    root = ElementTree.fromstring(EMBLEM.contents["assets/logo.svg"])
    return [
        (
            *(float(rect.get(key, 0)) for key in ("x", "y", "width", "height")),
            rect.get("fill"),
        )
        for rect in root
    ]


def luminance(colour):
    """Return the relative luminance of a colour, as WCAG 2 defines it."""
    values = np.array(ImageColor.getrgb(colour)) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def test_a_page_publishes_the_emblem_and_shows_its_names():
    """The files reach the build as they are, and a script prints what they are called."""
    shown = EMBLEM._repr_mimebundle_()
    sent = shown.pop("application/vnd.conv.files+json")
    assert {name: base64.b64decode(text) for name, text in sent.items()} == EMBLEM.contents
    assert shown == {"text/plain": repr(EMBLEM)}


def test_equal_names_give_equal_files():
    """Another drawing of the same is the same, byte by byte; another name is seen."""
    assert figures.emblem("The name").contents == EMBLEM.contents
    card = "assets/card.png"
    assert figures.emblem("Another").contents[card] != EMBLEM.contents[card]


def test_the_logo_is_a_kernel_of_whole_pixels():
    """On 16 by 16 pixels stand nine equal squares, on whole pixels, none touching."""
    (_, _, *size, _), *cells = squares()
    assert size == [16, 16]
    drawn = np.zeros((16, 16), int)
    for x, y, width, height, _ in cells:
        assert width == height
        assert all(value.is_integer() for value in (x, y, width))
        x, y, side = int(x), int(y), int(width)
        drawn[y - 1 : y + side + 1, x - 1 : x + side + 1] += 1
        drawn[y : y + side, x : x + side] += 100
    assert len(cells) == 9
    assert set(drawn.flat) <= {1, 2, 4, 101}  # 1, 2 and 4: rims, shared by neighbours


def test_the_logo_stands_out_in_either_scheme():
    """Each square has a contrast of at least 3 to the dark ground that the logo brings."""
    (*_, ground), *cells = squares()
    for *_, colour in cells:
        assert (luminance(colour) + 0.05) / (luminance(ground) + 0.05) >= 3


def test_the_icon_is_the_logo():
    """Every square of the PNG has the colour that the SVG gives it."""
    icon = pixels("assets/icon.png")
    assert icon.shape == (192, 192, 3)
    for x, y, width, height, colour in squares():
        left, top = int(12 * x), int(12 * y)
        right, bottom = int(12 * (x + width)) - 1, int(12 * (y + height)) - 1
        for corner in ((top, left), (bottom, right)):
            assert tuple(icon[corner]) == ImageColor.getrgb(colour)


@pytest.mark.parametrize("left", [60, 820])
def test_the_card_shows_a_true_cross_correlation(left):
    """On 1200 by 630 pixels stand the photograph and its relief, pixel by pixel."""
    card = pixels("assets/card.png")
    assert card.shape == (630, 1200, 3)
    photo = conv.images.sample().mean(axis=2)
    expected = photo[40:400, 100:420]
    if left == 820:
        around = photo[39:401, 99:421]
        relief = conv.naive.correlate(around, conv.kernels.emboss(), padding="valid")
        expected = (relief + 0.5) / 2
    shown = card[210:570, left : left + 320]
    assert abs(shown - 255 * expected.clip(0, 1)[..., None]).max() < 2  # 256 shades of grey
