"""The drawings of filters: what links lead to, and what a response shows."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from bs4 import BeautifulSoup
from PIL import Image

import conv
from conv import figures, kernels
from tests.figures.test_figures import WORDS, cells

OUTPUT = figures.Picture(np.zeros((4, 5)), "output")


def drawing(kernel):
    """Return a drawn response as SVG."""
    panel = figures.filtered(kernel, OUTPUT, **WORDS).panels[1]
    soup = BeautifulSoup(panel, "html.parser")
    return base64.b64decode(soup.img["src"].split(",")[1]).decode()


def response(kernel):
    """Return the shades of a drawn response, from 0 to 1."""
    svg = drawing(kernel)
    png = re.search(r"data:image/png;base64,([^\"]+)", svg)[1]
    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("L")
    assert 'transform="scale(1 -1)' in svg  # matplotlib stores it upside down
    return np.asarray(image, float)[::-1] / 255


def at(shades, down, across):
    """Return the shade at a frequency: the middles of the outermost of 65 are ±1/2."""
    height, width = shades.shape
    row, column = ((32.5 + 64 * f) / 65 for f in (down, across))
    return shades[int(row * height), int(column * width)]


@pytest.mark.parametrize("kernel", [kernels.gabor(9, 2, 4, 0.5), kernels.emboss()])
@pytest.mark.parametrize("frequency", [(0, 0), (0.1, -0.25), (-0.3, 0.2), (0.4, 0.4)])
def test_a_response_shows_what_happens_to_the_height_of_a_wave(kernel, frequency):
    """Its shade is the height of a filtered wave, as a share of the largest."""
    y, x = np.mgrid[:100, :100]
    phase = 2 * np.pi * (frequency[0] * y + frequency[1] * x)
    waves = np.stack([np.cos(phase), np.sin(phase)])[..., None]
    output = conv.correlate(waves, kernel[..., None, None], padding="valid")
    height = np.hypot(*output[:, 0, 0, 0])
    most = np.abs(np.fft.fft2(kernel, (64, 64))).max()
    assert at(response(kernel), *frequency) == pytest.approx(height / most, abs=0.06)


def test_a_response_has_rows_for_frequencies_down_the_column():
    """Under a mean along the row, level waves stay and upright ones fade."""
    shades = response(kernels.motion_blur(7))
    assert at(shades, 0.45, 0) == pytest.approx(1, abs=0.02)
    assert at(shades, 0, 2 / 7) < 0.05


def test_a_response_names_the_ends_of_both_axes():
    """The finest stripes, of half a cycle per pixel, are at both ends, down and across."""
    texts = re.findall("<!-- (.*?) -->", drawing([[1, 1]]))
    ends = [place for place, text in enumerate(texts) if text == "−½"]
    assert [texts[place : place + 3] for place in ends] == [["−½", "0", "½"]] * 2


def test_a_small_kernel_is_a_grid_and_a_large_one_a_picture():
    """Numbers are written up to 5 by 5; beyond, the end of the scale is."""
    small = figures.filtered([[1, -2, 3]], OUTPUT, **WORDS)
    drawn = cells(BeautifulSoup(small.panels[0], "html.parser"))
    assert [text for text, _ in drawn] == ["1", "−2", "3"]
    assert ["signed" in fill for _, fill in drawn] == [True] * 3
    mean = figures.filtered(kernels.box(5), OUTPUT, times=25, **WORDS).panels[0]
    drawn = cells(BeautifulSoup(mean, "html.parser"))
    assert [text for text, _ in drawn] == ["1"] * 25
    assert not any("signed" in fill for _, fill in drawn)
    assert "kernel in 25ths" in BeautifulSoup(mean, "html.parser").text
    assert int(re.search(r'width="(\d+)"', mean)[1]) < 137  # leaves room for the others
    large = figures.filtered(-2 * np.eye(6), OUTPUT, **WORDS).panels[0]
    assert "±2" in large
    assert 'width="126"' in large
    picture = figures.filtered(np.eye(6), OUTPUT, limit=0.5, **WORDS).panels[0]
    assert "0 to 0.5" in picture  # none is below 0
    assert "±" not in picture
    assert 'width="200"' in figures.filtered(np.ones((1, 200)), OUTPUT, **WORDS).panels[0]


def test_an_output_is_drawn_twice_as_large():
    """So that the grain of its noise is seen."""
    figure = figures.filtered([[1]], OUTPUT, **WORDS)
    assert 'width="10" height="8"' in figure.panels[2]


def test_a_gallery_is_a_group_of_named_links():
    """A link has the picture's name and note as its text, and leads to a place."""
    pictures = {
        "one-place": figures.Picture([[0, 1]], "one", note="× 2 & more"),
        "other": figures.Picture([[1, 0]], "other"),
    }
    html = figures.gallery(pictures, caption="Two.", alt="Dark, bright.")._repr_html_()
    soup = BeautifulSoup(html, "html.parser")
    assert [link["href"] for link in soup("a")] == ["#one-place", "#other"]
    assert [link.text for link in soup("a")] == ["one × 2 & more", "other 1 × 2"]
    group = soup.find(role="group")
    assert group["aria-label"] == "Dark, bright."
    assert not soup(role="img")  # inside, links would be hidden
    assert soup.figcaption.text == "Two."
