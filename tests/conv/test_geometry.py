"""Pads, sizes and windows."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import conv
from conv import Geometry, ShapeError
from tests.strategies import geometries


@pytest.mark.parametrize(
    ("n", "k", "padding", "stride", "dilation", "pads", "output"),
    [
        (5, 3, "full", 1, 1, (2, 2), 7),
        (5, 3, "same", 1, 1, (1, 1), 5),
        (5, 3, "valid", 1, 1, (0, 0), 3),
        (8, 4, "same", 1, 1, (1, 2), 8),
        (8, 2, "same", 1, 1, (0, 1), 8),
        (4, 3, "same", 2, 1, (0, 1), 2),
        (5, 3, "same", 2, 1, (1, 1), 3),
        (7, 1, "same", 3, 1, (0, 0), 3),
        (7, 3, "full", 1, 2, (4, 4), 11),
        (7, 3, "same", 1, 2, (2, 2), 7),
        (7, 3, "valid", 1, 3, (0, 0), 1),
        (7, 3, "valid", 2, 1, (0, 0), 3),
        (8, 3, "valid", 2, 1, (0, 0), 3),
        (7, 3, 1, 2, 1, (1, 1), 4),
        (7, 3, [(0, 2)], 2, 1, (0, 2), 4),
        (1, 9, "same", 1, 1, (4, 4), 1),
        (2, 3, "full", 1, 1, (2, 2), 4),
    ],
)
def test_hand_worked_pads_and_sizes(n, k, padding, stride, dilation, pads, output):
    """Pads and output sizes equal those counted by hand."""
    geometry = Geometry.of((n,), (k,), padding=padding, stride=stride, dilation=dilation)
    assert geometry.pads == (pads,)
    assert geometry.output_size == (output,)


@given(geometries())
def test_windows_are_all_that_fit(drawn):
    """Along each axis the windows are exactly the positions that fit, counted one by one."""
    geometry, _ = drawn
    for axis, outputs in enumerate(geometry.output_size):
        n, d = geometry.padded_size[axis], geometry.dilation[axis]
        reach = d * (geometry.kernel_size[axis] - 1)
        starts = [i for i in range(0, n, geometry.stride[axis]) if i + reach < n]
        assert outputs == len(starts)
        for i, start in enumerate(starts):
            index = [0] * len(geometry.output_size)
            index[axis] = i
            covered = list(range(n))[geometry.window(index)[axis]]
            assert covered == [start + d * j for j in range(geometry.kernel_size[axis])]


@given(geometries())
def test_same_has_the_size_divided_by_the_stride(drawn):
    """Under "same" the output's size is the input's over the stride, rounded up."""
    geometry, options = drawn
    if options["padding"] == "same":
        sizes = zip(geometry.input_size, geometry.stride, strict=True)
        assert geometry.output_size == tuple(int(np.ceil(n / s)) for n, s in sizes)
        assert all(after - before in (0, 1) for before, after in geometry.pads)


def test_one_number_serves_all_axes():
    """An int for padding, stride or dilation is the same as one for each axis."""
    short = Geometry.of((9, 8), (3, 2), padding=2, stride=2, dilation=3)
    each = Geometry.of(
        [9, 8], np.array([3, 2]), padding=np.full((2, 2), 2), stride=(2, 2), dilation=[3, 3]
    )
    assert short == each
    assert hash(short) == hash(each)


def test_a_geometry_cannot_be_changed():
    """Assigning to an attribute raises an error."""
    geometry = Geometry.of((5,), (3,))
    with pytest.raises(dataclasses.FrozenInstanceError):
        geometry.stride = (2,)


@given(geometries(), st.data())
def test_a_block_is_computed_from_its_part_of_the_input(drawn, data):
    """With the zeros as padding, the slices give the block's outputs, and no input is read in vain."""
    geometry, options = drawn
    ends = [
        sorted(data.draw(st.sets(st.integers(0, n), min_size=2, max_size=2)))
        for n in geometry.output_size
    ]
    block = tuple(slice(*pair) for pair in ends)
    needed, zeros = geometry.input_of(block)
    inputs = np.arange(1, np.prod(geometry.input_size) + 1).reshape(geometry.input_size)
    padded = np.pad(inputs, geometry.pads)
    first = geometry.window([a for a, _ in ends])
    last = geometry.window([b - 1 for _, b in ends])
    seen = tuple(slice(a.start, b.stop) for a, b in zip(first, last, strict=True))
    assert np.array_equal(np.pad(inputs[needed], zeros), padded[seen])
    if inputs[needed].size:
        kernel = np.arange(np.prod(geometry.kernel_size)).reshape(geometry.kernel_size)
        steps = {name: options[name] for name in ("stride", "dilation")}
        part = conv.correlate(inputs[needed], kernel, padding=zeros, **steps)
        assert np.array_equal(part, conv.correlate(inputs, kernel, **options)[block])


@pytest.mark.parametrize(
    "block", [(), (slice(2), slice(2)), (slice(3, 3),), (slice(5, 9),), (slice(0, 4, 2),)]
)
def test_there_is_no_such_block(block):
    """A block of other axes, without outputs or with gaps raises an IndexError that shows it."""
    with pytest.raises(IndexError, match=r"no block .* in an output of size \(5,\)"):
        Geometry.of((5,), (3,)).input_of(block)


@given(st.integers(-9, 9).filter(lambda i: not 0 <= i < 3))
def test_there_is_no_window_outside_of_the_output(i):
    """An index beyond the output raises an IndexError instead of giving another window."""
    with pytest.raises(
        IndexError, match=rf"no output \({i},\) in an output of size \(3,\)"
    ):
        Geometry.of((5,), (3,), padding="valid").window((i,))


@pytest.mark.parametrize("index", [5, (0.5,), ("a",), (None,)])
def test_an_index_is_made_of_integers(index):
    """Anything else is a TypeError that shows it."""
    with pytest.raises(TypeError, match="index must be an int for each spatial axis, not "):
        Geometry.of((5,), (3,)).window(index)


def test_a_window_needs_an_index_for_each_axis():
    """An index of another length raises an IndexError."""
    with pytest.raises(IndexError, match=r"no output \(0,\) in an output of size \(5, 5\)"):
        Geometry.of((5, 5), (3, 3)).window((0,))


PADDING = (
    r"padding must be one of 'full', 'same', 'valid', an int of at least 0, or a"
    r" \(before, after\) pair for each of 1 spatial axes, not "
)
STRIDE = "stride must be an int of at least 1, or one for each of 1 spatial axes, not "


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"padding": "SAME"}, ValueError, PADDING + "'SAME'; did you mean 'same'?"),
        ({"padding": "vaild"}, ValueError, PADDING + "'vaild'; did you mean 'valid'?"),
        ({"padding": "reflect"}, ValueError, PADDING + "'reflect'$"),
        ({"padding": -1}, ValueError, PADDING + "-1"),
        ({"padding": [(0, -2)]}, ValueError, PADDING + "-2"),
        ({"padding": 1.0}, TypeError, PADDING + "1.0"),
        ({"padding": None}, TypeError, PADDING + "None"),
        ({"padding": b"12"}, TypeError, PADDING + "b'12'"),
        ({"padding": True}, TypeError, PADDING + "True"),
        ({"padding": (1, 2)}, ValueError, PADDING + r"\(1, 2\)"),
        ({"padding": [(1, 2), (1, 2)]}, ValueError, PADDING + r"\[\(1, 2\), \(1, 2\)\]"),
        ({"padding": [(1, 2, 3)]}, ValueError, PADDING + r"\[\(1, 2, 3\)\]"),
        ({"padding": [(1, 0.5)]}, TypeError, PADDING + "0.5"),
        ({"padding": ["12"]}, ValueError, PADDING + r"\['12'\]"),
        ({"stride": 0}, ValueError, STRIDE + "0"),
        ({"stride": -1}, ValueError, STRIDE + "-1"),
        ({"stride": 1.5}, TypeError, STRIDE + "1.5"),
        ({"stride": "2"}, TypeError, STRIDE + "'2'"),
        ({"stride": (1, 2)}, ValueError, STRIDE + r"\(1, 2\)"),
        ({"stride": ()}, ValueError, STRIDE + r"\(\)"),
        ({"dilation": 0}, ValueError, STRIDE.replace("stride", "dilation") + "0"),
        ({"dilation": [None]}, TypeError, STRIDE.replace("stride", "dilation") + "None"),
    ],
)
def test_options_that_are_not_allowed(options, error, message):
    """The message names the argument, what is allowed, and what was received."""
    with pytest.raises(error, match=message):
        Geometry.of((5,), (3,), **options)


SIZE = "input_size must be a tuple of ints of at least 1, one for each spatial axis, not "


@pytest.mark.parametrize(
    ("inputs", "kernel", "error", "message"),
    [
        (5, (3,), TypeError, SIZE + "5"),
        ("5", (3,), TypeError, SIZE + "'5'"),
        ((5.0,), (3,), TypeError, SIZE + "5.0"),
        ((0,), (3,), ShapeError, SIZE + r"\(0,\)"),
        ((), (), ShapeError, SIZE + r"\(\)"),
        ((5,), (0,), ShapeError, SIZE.replace("input", "kernel") + r"\(0,\)"),
        (
            (5, 5),
            (3,),
            ShapeError,
            r"input_size \(5, 5\) and kernel_size \(3,\) must have as many axes as each"
            r" other, not 2 and 1",
        ),
        (
            (4, 2),
            (2, 3),
            ShapeError,
            r"the kernel fits nowhere: with dilation \(1, 1\) it covers \(2, 3\), the padded"
            r" input has \(4, 2\)",
        ),
    ],
)
def test_sizes_that_are_not_allowed(inputs, kernel, error, message):
    """The message names the argument, what is allowed, and what was received."""
    with pytest.raises(error, match=message):
        Geometry.of(inputs, kernel, padding="valid")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"padding": [(-1, 0)]}, ValueError, r"^padding must be one of .*, not -1$"),
        ({"padding": [(0, -1)]}, ValueError, r"^padding must be one of .*, not -1$"),
        ({"padding": [(0.5, 0)]}, TypeError, r"^padding must be one of .*, not 0\.5$"),
        ({"stride": (0,)}, ValueError, r"^stride must be an int of at least 1.*, not 0$"),
    ],
)
def test_each_number_of_a_sequence_is_checked(options, error, message):
    """A number that is not allowed is refused on either side and inside a tuple, too."""
    with pytest.raises(error, match=message):
        Geometry.of((9,), (3,), **options)


@given(geometries())
def test_a_geometry_built_directly_is_the_same(drawn):
    """What `of` computed, handed over again as lists, gives an equal geometry."""
    geometry, _ = drawn
    fields = {name: list(value) for name, value in dataclasses.asdict(geometry).items()}
    assert Geometry(**fields) == geometry
    assert hash(Geometry(**fields)) == hash(geometry)


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        (
            {"kernel_size": (9,)},
            ShapeError,
            r"fits nowhere: .* covers \(9,\), .* has \(7,\)",
        ),
        ({"input_size": (0,)}, ShapeError, SIZE + r"\(0,\)"),
        ({"input_size": (5, 5)}, ShapeError, "must have as many axes as each other"),
        ({"pads": ((1, -1),)}, ValueError, PADDING + "-1"),
        ({"pads": ((1, 1), (1, 1))}, ValueError, PADDING),
        ({"stride": (0,)}, ValueError, STRIDE + "0"),
        ({"dilation": (1.5,)}, TypeError, "dilation must be an int"),
    ],
)
def test_a_geometry_built_directly_is_checked(changed, error, message):
    """No geometry exists that holds a number which is not allowed, or no output."""
    fields = {
        "input_size": (5,),
        "kernel_size": (3,),
        "pads": ((1, 1),),
        "stride": (1,),
        "dilation": (1,),
    }
    assert Geometry(**fields).output_size == (5,)
    with pytest.raises(error, match=message):
        Geometry(**fields | changed)


@given(geometries(), st.integers(1, 5))
def test_tiles_fill_the_output(drawn, tile):
    """There are as few more outputs as make whole tiles, and the first zeros stay."""
    geometry, _ = drawn
    whole = geometry.in_tiles(tile)
    for n, more in zip(geometry.output_size, whole.output_size, strict=True):
        assert more % tile == 0
        assert n <= more < n + tile
    assert [before for before, _ in whole.pads] == [before for before, _ in geometry.pads]


@pytest.mark.parametrize(
    ("tile", "error"), [((0, 1), ValueError), ((4,), ValueError), ("4", TypeError)]
)
def test_tiles_are_named_for_each_axis(tile, error):
    """A tile of nothing, too few of them, or none at all is an error that says what is allowed."""
    with pytest.raises(
        error, match="tile must be an int of at least 1, or one for each of 2"
    ):
        Geometry.of((5, 5), (3, 3)).in_tiles(tile)


@given(geometries())
def test_the_input_lies_inside_of_its_padding(drawn):
    """The slices hold what numpy.pad put zeros around."""
    geometry, _ = drawn
    inputs = np.arange(1, 1 + np.prod(geometry.input_size)).reshape(geometry.input_size)
    padded = np.pad(inputs, geometry.pads)
    np.testing.assert_array_equal(padded[geometry.inside], inputs)
