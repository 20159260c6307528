"""An output in nine blocks below the image, as it stands without scripts."""

from __future__ import annotations

import re

import numpy as np
import pytest
from bs4 import BeautifulSoup

import conv
from conv import figures

WORDS = {"caption": "Blocks.", "alt": "Nine."}
DRAWN = {
    "one": conv.Geometry.of((12, 12), (3, 3)),
    "two": conv.Geometry.of((12, 12), (3, 3), stride=2),
    "far": conv.Geometry.of((12, 12), (3, 3), dilation=2),
}


def parse(geometries=DRAWN):
    """Return the figure's stages, parsed, by name."""
    shown = figures.blocks(geometries, **WORDS)._repr_html_()
    stages = BeautifulSoup(shown, "html.parser").select(".cs-one")
    return {stage["data-name"]: stage for stage in stages}


def box(ring):
    """Return left, top, width and height of a frame in pixels of its figure."""
    numbers = map(int, re.findall(r"\d+", ring["d"])[:4])
    moved = ring.find_parent("g", transform=True)["transform"]
    left, top, width, height = numbers
    across, down = map(int, re.findall(r"\d+", moved))
    return left + across, top + down, width, height


@pytest.mark.parametrize(("name", "needed"), [("one", 6), ("two", 5), ("far", 8)])
def test_dashes_are_around_what_a_block_needs(name, needed):
    """Of the block in the middle: as many pixels as its windows cover, around its own place."""
    stage, cell = parse()[name], 200 // 16
    dashed, own, framed = (box(ring) for ring in stage.select(".cs-move .conv-ring"))
    before = (needed - 4) // 2
    assert dashed[2:] == (needed * cell,) * 2
    assert framed[2:] == (4 * cell,) * 2
    assert dashed[0] == framed[0] - before * cell
    assert (own[0], *own[2:]) == (framed[0], *framed[2:])
    assert own[1] - dashed[1] == before * cell
    assert stage["data-step"] == f"{4 * cell}px"


def test_notes_are_the_slices_of_input_of():
    """For each block, in reading order; the middle one is also written below at first."""
    for name, stage in parse().items():
        size = DRAWN[name].output_size[0] // 3
        for place, note in zip(np.ndindex(3, 3), stage.select("[data-say]"), strict=True):
            block = [slice(i * size, (i + 1) * size) for i in place]
            rows, columns = (
                f"{p.start} to {p.stop - 1}" for p in DRAWN[name].input_of(block)[0]
            )
            assert note["data-say"] == f"rows {rows}, columns {columns}"
        assert stage.p.text == stage.select_one("[data-at='4']")["data-say"]


def test_outputs_are_there_up_to_the_block():
    """Each block is drawn pale, and again in full from its place on."""
    for name, stage in parse().items():
        blocks = stage.select("[data-from]")
        assert [block.has_attr("visibility") for block in blocks] == [False] * 5 + [
            True
        ] * 4
        cells = sum(block.path["d"].count("M") for block in blocks)
        assert cells == np.prod(DRAWN[name].output_size)


def test_images_have_one_place():
    """Whatever the padding, the first pixel is drawn at the same place, and figures are alike."""
    corners = set()
    for stage in parse().values():
        corners |= {box(stage.find("path", fill=re.compile("conv-input")))[:2]}
    assert len(corners) == 1
    assert len({stage.svg["viewbox"] for stage in parse().values()}) == 1


@pytest.mark.parametrize(
    "geometry",
    [
        conv.Geometry.of((12,), (3,)),
        conv.Geometry.of((12, 15), (3, 3)),
        conv.Geometry.of((10, 10), (3, 3)),
    ],
)
def test_blocks_are_nine_and_equal(geometry):
    """A signal, an oblong image or an output that does not divide raises an error."""
    with pytest.raises(ValueError, match="must be a square with nine equal blocks"):
        figures.blocks({"other": geometry}, **WORDS)
