"""Naive, matmul, im2col and the kernel matrix: one operation, the same numbers."""

from __future__ import annotations

import tracemalloc
from unittest.mock import patch

import numpy as np
import pytest
import scipy.linalg
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

import conv
from conv.operands import Operands
from tests.strategies import DTYPES, ROWS, cases

BOTH = pytest.mark.parametrize("correlate", [conv.naive.correlate, conv.matmul.correlate])


def matmul(block_bytes, longer):
    """Set how large blocks are, and when windows are copied by rows: always, or never."""
    return patch.multiple(conv.matmul, BLOCK_BYTES=block_bytes, LONGER=longer)


LAID_OUT = st.tuples(st.sampled_from([1, 300, 5000, 2**20]), st.sampled_from([0, 3, 99]))


@settings(max_examples=600, deadline=None)
@given(cases(), LAID_OUT)
def test_matmul_equals_naive(case, laid_out):
    """Values, shape and dtype are the same, the operands unchanged, however it is laid out."""
    before = case.inputs.copy(), case.kernel.copy()
    expected = conv.naive.correlate(case.inputs, case.kernel, **case.options)
    with matmul(*laid_out):
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
    assert matrix.flags.c_contiguous
    np.testing.assert_array_equal(
        matrix @ case.inputs.ravel().astype(float), expected.ravel()
    )


@settings(max_examples=200, deadline=None)
@given(cases())
def test_im2col_times_kernel(case):
    """The windows in rows, times the flattened kernel, give the flattened output."""
    if case.options.pop("groups", 1) > 1:
        case.kernel = np.repeat(case.kernel, case.inputs.shape[-1], axis=2)[
            :, :, : case.inputs.shape[-1]
        ]
    expected = conv.naive.correlate(case.inputs, case.kernel, **case.options)
    patches = conv.im2col(case.inputs, case.geometry.kernel_size, **case.options)
    assert not np.shares_memory(patches, case.inputs)
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
def test_groups_stay_apart(correlate):
    """A group's output equals the output of its channels and its filters alone."""
    random = np.random.default_rng(4)
    image, kernel = random.integers(-4, 5, (5, 6, 6)), random.integers(-4, 5, (2, 3, 2, 9))
    output = correlate(image, kernel, groups=3, stride=(2, 1), dilation=(1, 2))
    for group in range(3):
        channels, filters = (
            image[..., 2 * group :][..., :2],
            kernel[..., 3 * group :][..., :3],
        )
        alone = correlate(channels, filters, stride=(2, 1), dilation=(1, 2))
        assert output[..., 3 * group :][..., :3].tolist() == alone.tolist()


@BOTH
def test_depthwise_by_hand(correlate):
    """With as many groups as channels, each channel has filters of its own."""
    image, kernel = np.array([[[1, 2]], [[3, 4]]]), np.array([[[[5, 6, 7, 8]]]])
    # channel 0, 1 and 3, times 5 and 6; channel 1, 2 and 4, times 7 and 8
    expected = [[[5, 6, 14, 16]], [[15, 18, 28, 32]]]
    assert correlate(image, kernel, groups=2).tolist() == expected


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
    assert output.dtype.isnative


@pytest.mark.parametrize(
    ("dtype", "computed"),
    [("float16", "float32"), ("float32", "float32"), ("int8", "float64")],
)
def test_what_is_computed_in(dtype, computed):
    """Operands are multiplied in their output's type, and never below float32."""
    ones = np.ones(3, dtype)
    operands = Operands.of(ones, ones, padding="same", stride=1, dilation=1, groups=1)
    assert operands.kernel.dtype == operands.padded().dtype == computed


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
    LAID_OUT,
)
def test_what_is_not_finite_stays_where_the_definition_puts_it(
    case, values, in_kernel, random, laid_out
):
    """NaN and infinity appear in the same places, and the other outputs are untouched."""
    operand = (case.kernel if in_kernel else case.inputs).copy()
    for value in values if operand.size else []:
        operand.flat[random.randrange(operand.size)] = value
    pair = (case.inputs, operand) if in_kernel else (operand, case.kernel)
    expected = conv.naive.correlate(*pair, **case.options)
    with matmul(*laid_out):
        output = conv.correlate(*pair, **case.options)
    np.testing.assert_array_equal(output, expected)


@pytest.mark.parametrize("filters", [1, 3, 8])
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


@pytest.mark.parametrize(
    ("inputs", "kernel", "options"),
    [
        ((512, 2048), (3, 3), {}),
        ((256, 4096, 3), (15, 15, 3), {}),
        ((256, 4096, 3), (3, 3, 3, 4), {}),
        ((1024, 1024), (31, 31), {}),
        ((1024, 1024), (15, 15), {"dilation": 3}),
        ((40, 160, 8), (3, 5, 8), {"dilation": (9000, 1)}),
        ((2000, 64, 4), (5, 5, 4), {"dilation": 100, "stride": (6, 1)}),
        ((512, 512, 64), (3, 3, 1, 64), {"groups": 64}),
        ((256, 512, 64), (3, 3, 16, 8), {"groups": 4}),
        ((256, 512, 64), (3, 3, 64, 8), {}),
        ((8, 4096, 3), (1, 1, 3, 300), {}),
        ((10**6,), (300,), {}),
    ],
    ids=lambda value: "x".join(map(str, value)),
)
def test_memory_does_not_grow_with_the_image(inputs, kernel, options):
    """Beyond inputs, padded inputs and output, at most 4 MiB are in use at any time."""
    image, weights = np.zeros(inputs), np.ones(kernel)
    tracemalloc.start()
    output = conv.correlate(image, weights, **options)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    axes = min(len(inputs), 2)
    options.pop("groups", None)
    geometry = conv.Geometry.of(inputs[:axes], kernel[:axes], **options)
    padded = np.prod(geometry.padded_size + inputs[2:]) * image.itemsize
    assert peak - output.nbytes - padded <= 4 * 2**20


@pytest.mark.parametrize("kernel", [(1, 1, 64, 8), (3, 3, 64, 8)])
def test_what_needs_no_padding_is_not_copied(kernel):
    """Inputs that have the right type, and no zeros around them, are read where they are."""
    image, weights = np.zeros((512, 512, 64), np.float32), np.ones(kernel, np.float32)
    tracemalloc.start()
    output = conv.correlate(image, weights, padding="valid")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak - output.nbytes <= 4 * 2**20 < image.nbytes


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
        r"the kernel matrix would have 262144 rows and, with padding, 792588 columns, and"
        r" take 1548.0 GiB; at most 1 GiB is allowed"
    )
    with pytest.raises(ValueError, match=message):
        conv.kernel_matrix(np.ones((3, 3, 3)), (512, 512))


def test_kernel_matrix_may_take_all_that_is_allowed(monkeypatch):
    """A matrix of exactly the allowed size is built, one of a byte more is not."""
    monkeypatch.setattr(conv.matmul, "MATRIX_BYTES", 4 * 6 * 8)
    assert conv.kernel_matrix(np.ones(3), (4,)).shape == (4, 4)
    monkeypatch.setattr(conv.matmul, "MATRIX_BYTES", 4 * 6 * 8 - 1)
    with pytest.raises(ValueError, match="4 rows and, with padding, 6 columns"):
        conv.kernel_matrix(np.ones(3), (4,))


@pytest.mark.parametrize("n", [3, 8])
def test_kernel_matrix_beside_the_convolution_matrix_of_scipy(n):
    """SciPy's performs a convolution: that of the flipped kernel, or the transpose."""
    kernel = np.array([1.0, 2, 3, 4])
    theirs = scipy.linalg.convolution_matrix(kernel, n)
    flipped = conv.kernel_matrix(kernel[::-1], (n,), padding="full")
    transposed = conv.kernel_matrix(kernel, (n + 3,), padding="valid").T
    np.testing.assert_array_equal(flipped, theirs)
    np.testing.assert_array_equal(transposed, theirs)


def test_kernel_matrix_keeps_the_kernels_dtype():
    """A float32 kernel gives a float32 matrix, an integer kernel one of float64."""
    assert conv.kernel_matrix(np.ones((3, 3), "float32"), (4, 4)).dtype == np.float32
    assert conv.kernel_matrix(np.ones((3, 3), "uint8"), (4, 4)).dtype == np.float64
    assert conv.kernel_matrix(np.ones((3, 3), ">f4"), (4, 4)).dtype.isnative


def test_im2col_keeps_the_inputs_dtype():
    """The patches have the inputs' type if that is floating point, and else float64."""
    assert conv.im2col(np.ones(4, "float32"), (3,)).dtype == np.float32
    assert conv.im2col(np.ones(4, "uint8"), (3,)).dtype == np.float64
    assert conv.im2col(np.ones(4, ">f8"), (3,)).dtype.isnative


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
            r" channels and adds the results up; grey images go in a batch as"
            r" inputs\[..., None\], with kernel\[..., None, None\]$",
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
        ((2, 5, 5, 3), (3, 3, 3), ROWS_OF_THE_TABLE + r".*write kernel\[..., None\]$"),
        ((2, 5, 5, 1), (3, 3), r"grey images write kernel\[..., None, None\]$"),
        ((9, 9, 9), (3, 3, 3), r"batch as inputs\[..., None\]$"),
        ((4, 5, 5, 5, 1), (3, 3, 3, 1, 1), ROWS_OF_THE_TABLE + r"inputs \(B, H, W, C\)"),
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
        ((0, 3), (1, 1), r"^inputs must not be empty along a spatial axis: \(0, 3\)$"),
        ((0,), (1,), r"^inputs must not be empty along a spatial axis: \(0,\)$"),
        (
            (3, 3, 1),
            (3, 0, 1),
            r"^kernel must not be empty along a spatial axis: \(3, 0, 1\)$",
        ),
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


class Stubborn:
    """Something that refuses to become an array, as a tensor that records gradients does."""

    def __array__(self, *_, **__):
        raise KeyError("call detach first")


OPERATIONS = pytest.mark.parametrize(
    "operation", [conv.naive.correlate, conv.matmul.correlate, conv.convolve]
)


@OPERATIONS
@pytest.mark.parametrize("values", [[[1, 2], [3]], Stubborn()], ids=["ragged", "stubborn"])
def test_operands_that_are_no_array(operation, values):
    """A ragged list is named as what it is, not met inside NumPy."""
    with pytest.raises(TypeError, match="inputs must be an array of numbers: "):
        operation(values, [[1]])
    with pytest.raises(TypeError, match="kernel must be an array of numbers: "):
        operation([[1]], values)


@OPERATIONS
def test_lazy_arrays_are_not_loaded(operation):
    """What Dask would compute block by block is refused, with a hint at how to do that."""

    class Lazy:
        shape, dtype = (10**6, 10**6), np.dtype(float)

        def __dask_graph__(self):
            return {}

        def __array__(self, *_, **__):
            raise AssertionError("loaded whole")

    with pytest.raises(
        TypeError, match=r"^inputs must be in memory, .* map_overlap, or compute it first$"
    ):
        operation(Lazy(), [[1]])
    with pytest.raises(TypeError, match="kernel must be in memory"):
        operation([[1]], Lazy())


def test_of_a_masked_array_all_values_count():
    """A mask is not looked at, as the docstring says."""
    masked = np.ma.masked_array([1.0, 2, 3], mask=[0, 1, 0])
    assert type(conv.correlate(masked, [1])) is np.ndarray
    assert conv.correlate(masked, [1]).tolist() == [1, 2, 3]


@OPERATIONS
@pytest.mark.parametrize(
    ("channels", "kernel", "groups", "error", "message"),
    [
        (4, (3, 3, 4, 2), 2, conv.ShapeError, r"have 4 channels, .* has 4: .* have 1/2 of"),
        (4, (3, 3, 1, 9), 3, conv.ShapeError, r"have 4 channels, .* has 1: .* have 1/3 of"),
        (
            4,
            (3, 3, 2, 3),
            2,
            conv.ShapeError,
            r"\(3, 3, 2, 3\) must .*multiple of groups=2",
        ),
        (4, (3, 3, 2), 2, conv.ShapeError, r"\(3, 3, 2\) must have a last axis of filters"),
        (4, (3, 3, 4, 2), 0, ValueError, "groups must be an int of at least 1, not 0"),
        (4, (3, 3, 4, 2), 1.0, TypeError, "groups must be an int of at least 1, not 1.0"),
        (4, (3, 3, 4, 2), True, TypeError, "groups must be an int of at least 1, not True"),
    ],
)
def test_groups_that_do_not_fit(operation, channels, kernel, groups, error, message):
    """Channels and filters have to be divided evenly, and the kernel sees one part."""
    with pytest.raises(error, match=message):
        operation(np.zeros((5, 5, channels)), np.zeros(kernel), groups=groups)
    if error is not conv.ShapeError:
        with pytest.raises(error, match=message):
            conv.kernel_matrix(np.zeros(kernel), (5, 5), groups=groups)


@pytest.mark.parametrize("kernel", [(3, 3), (1, 1)])
def test_float16_takes_no_output_of_its_own(kernel):
    """A result of 16 bits is not held in 32 bits as a whole, and overflows in silence."""
    image = np.full((1000, 1000), 60_000, np.float16)
    tracemalloc.start()
    output = conv.correlate(image, np.full(kernel, 2, np.float16))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert np.isinf(output).all()
    assert peak - output.nbytes - 1002**2 * 4 <= 4 * 2**20


@OPERATIONS
def test_the_callers_state_of_errors_does_not_matter(operation):
    """Overflow and NaN are values of the output, even where NumPy is told to raise."""
    signalling = np.array([0x7FA00000], "u4").view("f4")
    with np.errstate(all="raise"):
        assert operation(np.float16([60_000, 6e-8]), np.float16([2])).tolist()[0] == np.inf
        assert np.isnan(operation([1.0, 2.0], signalling)).all()
        assert np.isnan(operation(signalling, [1.0, 2.0])).all()


def test_small_images_are_multiplied_many_at_a_time():
    """A batch of small images goes into few products, however it is laid out."""
    batch, kernel = np.ones((5000, 4, 4, 1), np.float32), np.ones((3, 3, 1, 2), np.float32)
    options = {"padding": "same", "stride": 1, "dilation": 1, "groups": 1}
    operands = Operands.of(batch, kernel, **options)
    for longer in (0, 99):
        with matmul(2**20, longer):
            assert len(list(conv.matmul.blocks(operands))) < 10


@OPERATIONS
@pytest.mark.parametrize(
    "options",
    [{"padding": 10**30}, {"padding": 10**18}, {"padding": "full", "dilation": 10**30}],
)
def test_what_no_memory_holds(operation, options):
    """Pads that are larger than any array are named before one is made."""
    message = "^padded inputs of shape .* do not fit in any memory$"
    for inputs, kernel in [
        (np.ones((4, 4)), np.ones((2, 2))),
        (np.ones((0, 4, 4, 1)), np.ones((2, 2, 1, 1))),
    ]:
        with pytest.raises(conv.ShapeError, match=message):
            operation(inputs, kernel, **options)


@given(st.integers(10**9, 10**40), st.integers(10**9, 10**40))
def test_steps_that_are_never_taken_may_be_of_any_size(stride, dilation):
    """One output needs no stride, and one entry no dilation, however large they are."""
    options = {"stride": stride, "dilation": (dilation, 1), "padding": "valid"}
    image, kernel = np.arange(12.0).reshape(3, 4), np.array([[1.0, 10]])
    for correlate in (conv.naive.correlate, conv.matmul.correlate, conv.convolve):
        assert correlate([[2.0]], [[3.0]], **options).tolist() == [[6]]
    assert conv.correlate(image, kernel, **options).tolist() == [[10]]
    assert conv.im2col(image, (1, 2), **options).tolist() == [[0, 1]]
    assert conv.kernel_matrix(kernel, (1, 2), **options).tolist() == [[1, 10]]


@pytest.mark.parametrize("size", [2**12, 2**18])
def test_kernels_as_long_as_the_signal(size):
    """No limit of the kernel matrix, or of a block, stands in the way of a long kernel."""
    kernel = np.zeros(size)
    kernel[size // 2] = 1
    signal = np.arange(size + 7.0)
    expected = signal[size // 2 :][:8]
    assert conv.correlate(signal, kernel, padding="valid").tolist() == expected.tolist()


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
        (np.zeros((5, 5)), (3,), conv.ShapeError, r"inputs \(5, 5\), 2 in all, not \(3,\)"),
        (np.zeros((5, 5)), 3, TypeError, "kernel_size must be a tuple"),
        (
            np.zeros(5),
            (3, 3),
            conv.ShapeError,
            r"kernel_size must .* inputs \(5,\), 1 in all",
        ),
        (
            np.zeros((1, 1, 1, 1, 1)),
            (1, 1),
            conv.ShapeError,
            "inputs must have one to four",
        ),
        (
            [],
            (1,),
            conv.ShapeError,
            r"^inputs must not be empty along a spatial axis: \(0,\)$",
        ),
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
        (np.zeros((3, 3)), (5,), conv.ShapeError, r"kernel \(3, 3\), 2 in all, not \(5,\)"),
        (
            np.zeros((3, 3, 3, 3, 3)),
            (5, 5),
            conv.ShapeError,
            "kernel must have one to four",
        ),
        (np.zeros((3, 3)), 5, TypeError, "input_size must be a tuple"),
        (
            np.zeros(3),
            (5, 5),
            conv.ShapeError,
            r"input_size must .* kernel \(3,\), 1 in all",
        ),
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
