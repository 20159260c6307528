"""The photograph that a reader takes hold of, as it stands without scripts."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from bs4 import BeautifulSoup
from PIL import Image

import conv
from conv import figures
from conv.figures import colours, presets

WORDS = {"caption": "A caption.", "alt": "What it shows."}
X = np.random.default_rng(0).integers(0, 101, (9, 7))


def parse(**options):
    """Return a photograph's figure, parsed."""
    photo = figures.photo(X, **(WORDS | options))
    return BeautifulSoup(photo._repr_html_(), "html.parser")


def picture(url):
    """Decode a PNG from its data URL."""
    return Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))


@pytest.mark.parametrize("flipped", [False, True])
@pytest.mark.parametrize("kernel", presets.KERNELS)
def test_its_numbers_are_those_of_the_operation(kernel, flipped):
    """Kernel, products and sum stand there as `correlate` and `convolve` compute them."""
    soup = parse(kernel=kernel, flipped=flipped, at=(4, 2))
    entries, divisor = presets.KERNELS[kernel]
    operation = conv.convolve if flipped else conv.correlate
    output = operation(X, entries / divisor, padding="valid")
    terms = [span.text.replace("−", "-") for span in soup.select(".cp-products > span")]
    products = [np.prod([float(n) for n in term.split("·")]) for term in terms[:-1]]
    assert np.isclose(sum(products) / divisor, output[4, 2])
    assert np.isclose(float(terms[-1].split("=")[-1]), output[4, 2], rtol=0.005)
    shown = [int(span.text.replace("−", "-")) for span in soup.select(".cp-grid > span")]
    assert shown == (conv.flip(entries) if flipped else entries).ravel().tolist()
    assert soup.select_one(".cp-divisor span").text == str(divisor)


@pytest.mark.parametrize("kernel", presets.KERNELS)
def test_noise_and_edge_are_told_where_they_are_asked_for(kernel):
    """White noise and an upright edge, as `correlate` makes them, in two digits."""
    entries, divisor = presets.KERNELS[kernel]
    edge = np.repeat([[0, 1]], 5, axis=1).repeat(3, axis=0)
    height = np.ptp(conv.correlate(edge, entries / divisor, padding="valid"))
    noise = np.random.default_rng(0).normal(size=(400, 400))
    gain = conv.correlate(noise, entries / divisor, padding="valid").std()
    title = parse(kernel=kernel, noise=True).select_one(".cp-kernel .cp-title span").text
    told = [float(part.split()[1]) for part in title.split(", ")]
    assert told == pytest.approx([gain, height], rel=0.05)
    assert not parse(kernel=kernel).select_one(".cp-kernel .cp-title span").text


def test_the_input_is_exact():
    """Every per cent can be read from its pixel again."""
    image = picture(parse().select_one(".cp-input img")["src"])
    assert np.array_equal(np.rint(np.asarray(image) / 2.55), X)


def test_an_output_is_grey_or_has_signs():
    """Where entries cancel, violet is below 0 and green above, in each scheme's colours."""
    assert len(parse(kernel="blur").select(".cp-output source")) == 0
    soup = parse(kernel="Sobel x")
    output = conv.correlate(X, conv.kernels.sobel_x(), padding="valid")
    sources = soup.select_one(".cp-output img")["src"], soup.source["srcset"]
    for scheme, source in enumerate(sources):
        shown = np.asarray(picture(source).convert("RGB"))
        assert shown.shape == (7, 5, 3)
        for end, beyond in ((0, output <= -150), (4, output >= 150)):
            fill = colours.SIGNED[end][0][scheme]
            assert beyond.any()
            assert {tuple(pixel) for pixel in shown[beyond]} == {
                tuple(bytes.fromhex(fill[1:]))
            }


def test_a_photograph_in_a_script_is_its_words():
    """Where nothing is drawn, the representation tells caption and alternative text."""
    assert repr(figures.photo(X, **WORDS)) == "Photo: A caption. [What it shows.]"
    assert parse(small=True).find("conv-photo").has_attr("small")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"values": [1, 2, 3]}, r"values must be \(H, W\), at least 3 by 3, not \(3,\)"),
        ({"values": np.zeros((3, 2))}, r"not \(3, 2\)"),
        ({"values": X / 3}, "values must be whole numbers from 0 to 100"),
        ({"values": X + 100}, "values must be whole numbers from 0 to 100"),
        ({"kernel": "sobel"}, "kernel must be one of 'identity', .*, not 'sobel'"),
        ({"at": (7, 0)}, r"at must be from \(0, 0\) to \(6, 4\), not \(7, 0\)"),
    ],
)
def test_photographs_that_are_refused(options, message):
    """What cannot be shown is an error that says what is allowed."""
    with pytest.raises(ValueError, match=message):
        figures.photo(**({"values": X} | WORDS | options))
