"""Naive, matmul, im2col and the kernel matrix: one operation, the same numbers."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

import conv
from conv.operands import Operands
from tests.strategies import DTYPES, ROWS, cases

BOTH = pytest.mark.parametrize("correlate", [conv.naive.correlate, conv.matmul.correlate])


@settings(max_examples=400, deadline=None)
@given(cases())
def test_matmul_equals_naive(case):
    """Values, shape and dtype are the same to the last bit, and the operands unchanged."""
    before = case.inputs.copy(), case.kernel.copy()
    expected = conv.naive.correlate(case.inputs, case.kernel, **case.options)
    output = conv.matmul.correlate(case.inputs, case.kernel, **case.options)
    np.testing.assert_array_equal(output, expected, strict=True)
    np.testing.assert_array_equal(case.inputs, before[0], strict=True)
    np.testing.assert_array_equal(case.kernel, before[1], strict=True)
    assert output.flags.c_contiguous
    assert output.flags.writeable
    assert not np.shares_memory(output, case.inputs)


@settings(max_examples=200, deadline=None)
@given(cases(rows=ROWS[:4]))
def test_kernel_matrix_times_inputs(case):
    """The kernel matrix times the flattened inputs gives the flattened output."""
    expected = conv.naive.correlate(case.inputs, case.kernel, **case.options)
    matrix = conv.kernel_matrix(case.kernel, case.size, **case.options)
    assert matrix.shape == (expected.size, case.inputs.size)
    np.testing.assert_array_equal(
        matrix @ case.inputs.ravel().astype(float), expected.ravel()
    )


@settings(max_examples=200, deadline=None)
@given(cases())
def test_im2col_times_kernel(case):
    """The windows in rows, times the flattened kernel, give the flattened output."""
    expected = conv.naive.correlate(case.inputs, case.kernel, **case.options)
    patches = conv.im2col(case.inputs, case.geometry.kernel_size, **case.options)
    filters = case.kernel.shape[3] if case.kernel.ndim == 4 else 1
    kernel = case.kernel.astype(float).reshape(patches.shape[1], filters)
    np.testing.assert_array_equal((patches @ kernel).ravel(), expected.ravel())


@settings(max_examples=100, deadline=None)
@given(cases(rows=ROWS[:2], dtypes=["int64", "float64"]))
def test_scipy_correlates_the_same(case):
    """SciPy's full correlation, thinned by the stride, gives the same numbers."""
    geometry = case.geometry
    kernel = np.zeros(geometry.extent)
    kernel[tuple(slice(None, None, d) for d in geometry.dilation)] = case.kernel
    padded = np.pad(case.inputs, geometry.pads).astype(float)
    every = scipy.signal.correlate(padded, kernel, mode="full", method="direct")
    step = tuple(
        slice(extent - 1, n, s)
        for extent, n, s in zip(
            geometry.extent, geometry.padded_size, geometry.stride, strict=True
        )
    )
    output = conv.correlate(case.inputs, case.kernel, **case.options)
    np.testing.assert_allclose(output, every[step], atol=1e-12)


@BOTH
def test_a_grey_image_by_hand(correlate):
    """A 3x3 image and a 2x2 kernel give the four sums worked out on paper."""
    image = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    kernel = [[1, 2], [3, 4]]
    # 1+4+12+20, 2+6+15+24, 4+10+21+32, 5+12+24+36
    expected = [[37, 47], [67, 77]]
    assert correlate(image, kernel, padding="valid").tolist() == expected


@BOTH
def test_channels_by_hand(correlate):
    """One filter on two channels adds both channels' products up."""
    image = [[[1, 10], [2, 20], [3, 30]]]
    kernel = [[[1, 2], [3, 4]]]
    # 1 + 20 + 6 + 80, 2 + 40 + 9 + 120
    assert correlate(image, kernel, padding="valid").tolist() == [[107, 171]]


@BOTH
def test_filters_stay_apart(correlate):
    """Each filter's output equals the output of that filter alone."""
    random = np.random.default_rng(1)
    image, kernel = random.integers(-4, 5, (5, 6, 3)), random.integers(-4, 5, (2, 3, 3, 4))
    layer = correlate(image, kernel)
    for f in range(4):
        assert layer[..., f].tolist() == correlate(image, kernel[..., f]).tolist()


@BOTH
def test_images_of_a_batch_stay_apart(correlate):
    """Each image's output equals the output of that image alone."""
    random = np.random.default_rng(2)
    batch, kernel = (
        random.integers(-4, 5, (3, 4, 5, 2)),
        random.integers(-4, 5, (3, 3, 2, 2)),
    )
    for image, output in zip(batch, correlate(batch, kernel), strict=True):
        assert output.tolist() == correlate(image, kernel).tolist()


@BOTH
@pytest.mark.parametrize("inputs", DTYPES)
@pytest.mark.parametrize("kernel", DTYPES)
def test_dtypes(correlate, inputs, kernel):
    """Floating point operands keep their common dtype, integers count as float64."""
    as_float = [d if np.dtype(d).kind == "f" else "float64" for d in (inputs, kernel)]
    output = correlate(np.ones(3, inputs), np.ones(2, kernel))
    assert output.dtype == np.result_type(*as_float)


@pytest.mark.parametrize(
    ("dtype", "computed"),
    [("float16", "float32"), ("float32", "float32"), ("int8", "float64")],
)
def test_what_is_computed_in(dtype, computed):
    """Operands are multiplied in their output's type, and never below float32."""
    ones = np.ones(3, dtype)
    layer = Operands.of(ones, ones, padding="same", stride=1, dilation=1)
    assert layer.kernel.dtype == layer.padded().dtype == computed


@BOTH
def test_float16_is_computed_in_float32(correlate):
    """Ten thousand ones sum up in float16, where adding one at a time would stop at 2048."""
    output = correlate(
        np.ones(10_000, "float16"), np.ones(10_000, "float16"), padding="valid"
    )
    assert output.dtype == np.float16
    assert output.tolist() == [10_000]


@settings(max_examples=100, deadline=None)
@given(
    cases(dtypes=["float32", "float64"]),
    st.lists(st.sampled_from([np.nan, np.inf, -np.inf]), min_size=1, max_size=3),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_what_is_not_finite_stays_where_the_definition_puts_it(
    case, values, in_kernel, random
):
    """NaN and infinity appear in the same places, and the other outputs are untouched."""
    operand = (case.kernel if in_kernel else case.inputs).copy()
    for value in values if operand.size else []:
        operand.flat[random.randrange(operand.size)] = value
    pair = (case.inputs, operand) if in_kernel else (operand, case.kernel)
    expected = conv.naive.correlate(*pair, **case.options)
    np.testing.assert_array_equal(conv.correlate(*pair, **case.options), expected)


@pytest.mark.parametrize("filters", [1, 3, 8])  # eight, five and two outputs to a patch
def test_one_nan_touches_nine_outputs(filters):
    """A NaN in an image under a 3x3 kernel reaches the nine windows that hold it."""
    image = np.ones((20, 30, 1))
    image[10, 15] = np.nan
    output = conv.correlate(image, np.ones((3, 3, 1, filters)))
    for f in range(filters):
        rows, columns = np.nonzero(np.isnan(output[..., f]))
        assert set(rows) == {9, 10, 11}
        assert set(columns) == {14, 15, 16}
        assert len(rows) == 9


def test_sums_that_overflow_are_no_error():
    """Finite inputs whose sum is infinite still give the finite outputs that they should."""
    image = np.full((16, 16), 1e306)
    output = conv.correlate(image, np.array([[0.5]]))
    assert (output == 5e305).all()


@pytest.mark.parametrize("size", [512, 2048])
@pytest.mark.parametrize(
    ("kernel", "channels"), [((3, 3), 1), ((15, 15), 3), ((3, 3, 4), 3), ((1, 1, 300), 3)]
)
def test_memory_does_not_grow_with_the_image(size, kernel, channels):
    """Beyond inputs, padded inputs and output, at most 4 MiB are in use at any time."""
    height, width, *filters = kernel
    rows = 8 if filters == [300] else size // 4
    image = np.zeros((rows, size * 4, channels))
    weights = np.ones((height, width, channels, *filters))
    tracemalloc.start()
    output = conv.correlate(image, weights)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    geometry = conv.Geometry.of(image.shape[:2], (height, width))
    padded = np.prod(geometry.padded_size) * channels * 8 + rows * 8 * channels * 8
    assert peak - output.nbytes - padded <= 4 * 2**20


@pytest.mark.parametrize(
    ("filters", "columns", "stride", "dilation", "shared"),
    [
        (1, 20, 1, 1, 8),
        (2, 20, 1, 1, 8),
        (3, 20, 1, 1, 5),
        (8, 20, 1, 1, 2),
        (9, 20, 1, 1, 1),
        (17, 20, 1, 1, 1),
        (1, 5, 1, 1, 5),  # no more than there are outputs
        (1, 20, (2, 1), (3, 1), 8),
        (1, 20, (1, 2), 1, 1),  # windows that are not adjacent
        (1, 20, 1, (1, 2), 1),
    ],
)
def test_how_many_outputs_share_a_patch(filters, columns, stride, dilation, shared):
    """Up to eight adjacent outputs and sixteen sums come from one patch."""
    layer = Operands.of(
        np.zeros((12, columns, 4)),
        np.zeros((2, 5, 4, filters)),
        padding="same",
        stride=stride,
        dilation=dilation,
    )
    assert conv.matmul._outputs_per_patch(layer) == shared


@pytest.mark.parametrize("patch_bytes", [2**6, 2**14, 2**21])
def test_blocks_hold_every_window_once_and_fit_in_cache(patch_bytes):
    """No window is computed twice, and a block of several patches is not too large."""
    times = np.zeros((70, 130), int)
    for block in conv.matmul._blocks(times, patch_bytes):
        assert times[block].size == 1 or times[block].size * patch_bytes <= 2**20
        times[block] += 1
    assert (times == 1).all()


def test_blocks_of_part_of_a_row():
    """Where one row of patches exceeds a block, the row is cut, and nothing is lost."""
    random = np.random.default_rng(3)
    image, kernel = (
        random.integers(-4, 5, (3, 2003, 40)),
        random.integers(-4, 5, (3, 3, 40)),
    )
    patches = conv.im2col(image, (3, 3))
    assert patches.nbytes > 4 * conv.matmul.BLOCK_BYTES
    expected = (patches @ kernel.ravel()).reshape(3, 2003)
    np.testing.assert_array_equal(conv.correlate(image, kernel), expected)


def test_kernel_matrix_refuses_to_fill_the_memory():
    """Above 1 GiB the error says how large the matrix would be."""
    message = (
        r"the kernel matrix would have 262144 rows and 786432 columns and take 1536.0 GiB;"
        r" at most 1 GiB is allowed"
    )
    with pytest.raises(ValueError, match=message):
        conv.kernel_matrix(np.ones((3, 3, 3)), (512, 512))


def test_kernel_matrix_may_take_all_that_is_allowed(monkeypatch):
    """A matrix of exactly the allowed size is built, one of a byte more is not."""
    monkeypatch.setattr(conv.matmul, "MATRIX_BYTES", 4 * 4 * 8)
    assert conv.kernel_matrix(np.ones(3), (4,)).nbytes == 4 * 4 * 8
    monkeypatch.setattr(conv.matmul, "MATRIX_BYTES", 4 * 4 * 8 - 1)
    with pytest.raises(ValueError, match="4 rows and 4 columns"):
        conv.kernel_matrix(np.ones(3), (4,))


def test_kernel_matrix_keeps_the_kernels_dtype():
    """A float32 kernel gives a float32 matrix, an integer kernel one of float64."""
    assert conv.kernel_matrix(np.ones((3, 3), "float32"), (4, 4)).dtype == np.float32
    assert conv.kernel_matrix(np.ones((3, 3), "uint8"), (4, 4)).dtype == np.float64


def test_im2col_keeps_the_inputs_dtype():
    """The patches have the inputs' type if that is floating point, and else float64."""
    assert conv.im2col(np.ones(4, "float32"), (3,)).dtype == np.float32
    assert conv.im2col(np.ones(4, "uint8"), (3,)).dtype == np.float64


def test_im2col_repeats_an_image_as_often_as_windows_cover_it():
    """Each pixel stands in the patches as many times as windows hold it."""
    image = np.arange(1, 26).reshape(5, 5)
    patches = conv.im2col(image, (3, 3), padding="valid")
    values, counts = np.unique(patches, return_counts=True)
    assert values.tolist() == image.ravel().tolist()
    assert counts.reshape(5, 5)[0].tolist() == [1, 2, 3, 2, 1]
    assert counts.reshape(5, 5)[2].tolist() == [3, 6, 9, 6, 3]


ROWS_OF_THE_TABLE = "do not go together; the closest that do are "


@BOTH
@pytest.mark.parametrize(
    ("inputs", "kernel", "message"),
    [
        (
            (5, 5, 3),
            (3, 3),
            ROWS_OF_THE_TABLE + r"inputs \(H, W\), kernel \(h, w\): a grey",
        ),
        (
            (5, 5, 3),
            (3, 3),
            r"image; np.stack\(\[kernel\] \* C, axis=-1\) applies a 2-D kernel to each of C"
            r" channels and adds the results up$",
        ),
        (
            (5, 5),
            (3, 3, 3),
            ROWS_OF_THE_TABLE + r"inputs \(H, W\), kernel \(h, w\): a grey image$",
        ),
        (
            (5,),
            (3, 3, 3, 3),
            ROWS_OF_THE_TABLE + r"inputs \(H, W, C\), kernel \(h, w, C, F\)",
        ),
        ((), (3,), ROWS_OF_THE_TABLE + r"inputs \(N,\), kernel \(k,\): a signal"),
        ((2, 5, 5, 3), (3, 3, 3), ROWS_OF_THE_TABLE),
        (
            (5, 6, 3),
            (3, 3, 4),
            r"inputs \(5, 6, 3\) have 3 channels, kernel \(3, 3, 4\) has 4: both must have as",
        ),
        ((2, 5, 5, 1), (3, 3, 3, 2), r"have 1 channels, kernel \(3, 3, 3, 2\) has 3"),
        (
            (2, 2),
            (3, 3),
            r"the kernel fits nowhere: with dilation \(1, 1\) it covers \(3, 3\)",
        ),
        ((0, 3), (1, 1), r"input_size must be a tuple of ints of at least 1"),
    ],
)
def test_shapes_that_do_not_fit(correlate, inputs, kernel, message):
    """The message shows both shapes and the closest row of the table."""
    with pytest.raises(conv.ShapeError, match=message):
        correlate(np.zeros(inputs), np.zeros(kernel), padding="valid")


@BOTH
@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([1j, 2], "complex128"),
        (np.array([1, None]), "object"),
        (["a", "b"], "<U1"),
        (np.array(["2020-01-01"], "datetime64[D]"), "datetime64"),
    ],
)
def test_operands_that_are_not_real(correlate, values, found):
    """The message names the operand and its dtype."""
    with pytest.raises(TypeError, match=f"inputs must hold real numbers, not {found}"):
        correlate(values, [1.0])
    with pytest.raises(TypeError, match=f"kernel must hold real numbers, not {found}"):
        correlate([1.0, 2.0], values)


@BOTH
def test_operands_that_are_no_array(correlate):
    """A ragged list is named as what it is, not met inside NumPy."""
    with pytest.raises(TypeError, match="inputs must be an array of numbers"):
        correlate([[1, 2], [3]], [[1]])


@BOTH
def test_options_are_checked(correlate):
    """Padding, stride and dilation that are not allowed raise the errors of Geometry."""
    with pytest.raises(ValueError, match="did you mean 'same'"):
        correlate([1, 2], [1], padding="SAME")
    with pytest.raises(ValueError, match="stride must be"):
        correlate([1, 2], [1], stride=0)
    with pytest.raises(TypeError, match="dilation must be"):
        correlate([1, 2], [1], dilation=1.5)


@pytest.mark.parametrize(
    ("inputs", "size", "error", "message"),
    [
        (np.zeros((5, 5)), (3,), conv.ShapeError, r"inputs \(5, 5\) and kernel \(3,\)"),
        (np.zeros((5, 5)), 3, TypeError, "kernel_size must be a tuple"),
        (np.zeros(5), (3, 3), conv.ShapeError, "do not go together"),
        ([1j], (1,), TypeError, "inputs must hold real numbers"),
    ],
)
def test_im2col_checks_its_arguments(inputs, size, error, message):
    """Ranks that do not fit, and what is no size, are named."""
    with pytest.raises(error, match=message):
        conv.im2col(inputs, size)


@pytest.mark.parametrize(
    ("kernel", "size", "error", "message"),
    [
        (np.zeros((3, 3)), (5,), conv.ShapeError, "do not go together"),
        (np.zeros((3, 3, 3, 3, 3)), (5, 5), conv.ShapeError, "do not go together"),
        (np.zeros((3, 3)), 5, TypeError, "input_size must be a tuple"),
        (np.zeros(3), (5, 5), conv.ShapeError, "must have as many axes"),
        ([1j], (1,), TypeError, "kernel must hold real numbers"),
    ],
)
def test_kernel_matrix_checks_its_arguments(kernel, size, error, message):
    """Ranks that do not fit, and what is no size, are named."""
    with pytest.raises(error, match=message):
        conv.kernel_matrix(kernel, size)


@pytest.mark.parametrize("block_bytes", [1, 300, 1000, 5000])
@pytest.mark.parametrize("filters", [(), (3,)])
def test_blocks_of_any_size_give_the_same_numbers(monkeypatch, block_bytes, filters):
    """However the patches are cut, in rows or within a row, no output is lost or displaced."""
    monkeypatch.setattr(conv.matmul, "BLOCK_BYTES", block_bytes)
    draw = np.random.default_rng(0)
    for width in (16, 21):
        inputs = draw.integers(-9, 9, (7, width, 2))
        kernel = draw.integers(-9, 9, (3, 2, 2, *filters))
        np.testing.assert_array_equal(
            conv.correlate(inputs, kernel), conv.naive.correlate(inputs, kernel)
        )
