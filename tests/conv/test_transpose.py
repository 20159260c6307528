"""The product with the kernel matrix transposed, against other ways to the same numbers."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

import conv
from tests.strategies import DTYPES, ROWS, cases, memory_layouts


def outputs_of(case, seed=0, dtype="int64"):
    """Draw integers in the shape of what a case gives."""
    shape = conv.naive.correlate(case.inputs, case.kernel, **case.options).shape
    return np.random.default_rng(seed).integers(-3, 4, shape).astype(dtype)


def one_at_a_time(outputs, kernel, input_size, **options):
    """Lay the kernel on one window after another, in loops."""
    groups = options.pop("groups", 1)
    axes = len(input_size)
    geometry = conv.Geometry.of(input_size, kernel.shape[:axes], **options)
    seen, filters = (*kernel.shape[2:], 1, 1)[:2]
    layer = kernel.reshape(*geometry.kernel_size, seen, filters)
    batch = outputs.shape[:1] if outputs.ndim == 4 else (1,)
    errors = outputs.reshape(*batch, *geometry.output_size, filters)
    padded = np.zeros((*batch, *geometry.padded_size, groups * seen))
    for b, *index, f in np.ndindex(errors.shape):
        first = f * groups // filters * seen
        channels = slice(first, first + seen)
        window = padded[(b, *geometry.window(index), channels)]
        window += errors[(b, *index, f)] * layer[..., f]
    inner = (slice(p, p + n) for n, (p, _) in zip(input_size, geometry.pads, strict=True))
    return padded[(slice(None), *inner)]


@settings(max_examples=300, deadline=None)
@given(cases(), st.integers(0, 2**32 - 1))
def test_it_is_the_adjoint_of_correlate(case, seed):
    """<correlate(x, w), y> == <x, conv_transpose(y, w)>, exactly, in the inputs' shape."""
    outputs = outputs_of(case, seed)
    back = conv.conv_transpose(outputs, case.kernel, case.size, **case.options)
    forward = conv.correlate(case.inputs, case.kernel, **case.options).astype(float)
    assert back.shape == case.inputs.shape
    assert np.sum(forward * outputs) == np.sum(case.inputs.astype(float) * back)


@settings(max_examples=300, deadline=None)
@given(cases(), st.integers(0, 2**32 - 1))
def test_it_multiplies_by_the_kernel_matrix_transposed(case, seed):
    """Image by image it is ``kernel_matrix(…).T @ outputs.ravel()``."""
    outputs = outputs_of(case, seed)
    back = conv.conv_transpose(outputs, case.kernel, case.size, **case.options)
    matrix = conv.kernel_matrix(case.kernel, case.size, **case.options).astype(float)
    images = (outputs, back) if outputs.ndim == 4 else ([outputs], [back])
    for each, image in zip(*images, strict=True):
        np.testing.assert_array_equal(image.ravel(), matrix.T @ each.ravel())


@settings(max_examples=200, deadline=None)
@given(
    cases(dtypes=["float32", "float64"]),
    st.lists(st.sampled_from([np.nan, np.inf, -np.inf]), max_size=3),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_what_is_not_finite_stays_where_the_definition_puts_it(
    case, values, in_kernel, random
):
    """NaN and infinity reach the windows that loops lay them on, and nothing else."""
    outputs, kernel = outputs_of(case, dtype="float64"), case.kernel.copy()
    operand = kernel if in_kernel else outputs
    for value in values if operand.size else []:
        operand.flat[random.randrange(operand.size)] = value
    back = conv.conv_transpose(outputs, kernel, case.size, **case.options)
    with np.errstate(all="ignore"):
        expected = one_at_a_time(outputs, kernel, case.size, **case.options)
    np.testing.assert_array_equal(back.ravel(), expected.ravel())


@settings(max_examples=100, deadline=None)
@given(cases(rows=ROWS[:2]))
def test_scipy_convolves_the_same_in_full(case):
    """At stride 1 it is SciPy's full convolution of the outputs with the same kernel."""
    options = case.options | {"stride": 1, "dilation": 1}
    axes = len(case.size)
    geometry = conv.Geometry.of(
        tuple(np.add(case.size, case.kernel.shape)),
        case.kernel.shape,
        padding=options["padding"],
    )
    outputs = np.random.default_rng(1).integers(-3, 4, geometry.output_size)
    every = scipy.signal.convolve(
        outputs.astype(float), case.kernel.astype(float), method="direct"
    )
    inner = tuple(
        slice(geometry.pads[n][0], geometry.pads[n][0] + geometry.input_size[n])
        for n in range(axes)
    )
    back = conv.conv_transpose(outputs, case.kernel, geometry.input_size, **options)
    np.testing.assert_allclose(back, every[inner], atol=1e-12)


def test_a_signal_by_hand():
    """1 and 10 lay 1 2 3 on windows that share one place: 3·1 + 1·10 = 13."""
    back = conv.conv_transpose([1, 10], [1, 2, 3], (5,), padding="valid", stride=2)
    assert back.tolist() == [1, 2, 13, 20, 30]


def test_an_image_by_hand():
    """Four outputs lay a 2x2 kernel on windows that overlap by a row or a column."""
    back = conv.conv_transpose([[1, 2], [3, 4]], [[1, 10], [100, 1000]], (3, 3), padding=0)
    # 1·1, 1·10+2·1, 2·10 / 1·100+3·1, 1000+200+30+4, 2000+40 / 300, 3000+400, 4000
    assert back.tolist() == [[1, 12, 20], [103, 1234, 2040], [300, 3400, 4000]]


def test_what_lies_on_the_padding_is_dropped():
    """One zero on each side takes the first and the last number of the result."""
    wide = conv.conv_transpose([1, 10, 100], [1, 2, 3], (5,), padding="valid")
    assert wide.tolist() == [1, 12, 123, 230, 300]
    same = conv.conv_transpose([1, 10, 100], [1, 2, 3], (3,), padding="same")
    assert same.tolist() == [12, 123, 230]


@pytest.mark.parametrize(
    ("options", "size", "expected"),
    [
        ({}, (5, 5), [[0, 1, 3, 3, 2], [3, 8, 15, 12, 7], [9, 21, 36, 27, 15]]),
        (
            {"stride": (3, 2)},
            (10, 8),
            [[0, 0, 1, 1, 3, 2, 2, 0], [0, 0, 1, 1, 3, 2, 2, 0], [0, 0, 1, 1, 3, 2, 2, 0]],
        ),
        (
            {"stride": (3, 2), "padding": [(1, 1), (2, 2)]},
            (7, 3),
            [[1, 1, 3], [1, 1, 3], [7, 4, 9]],
        ),
    ],
)
def test_the_examples_of_onnx(options, size, expected):
    """ONNX's ConvTranspose on 0..8 under a kernel of ones gives these first rows."""
    outputs = np.arange(9).reshape(3, 3)
    options = {"padding": "valid"} | options
    back = conv.conv_transpose(outputs, np.ones((3, 3)), size, **options)
    assert back[:3].tolist() == expected


def test_rows_that_output_padding_adds_need_not_be_zero():
    """PyTorch's issue 8816: one output, stride 2, gives four of the kernel's entries."""
    kernel = np.arange(1, 10).reshape(3, 3)
    padded = conv.conv_transpose([[1]], kernel, (2, 2), padding=1, stride=2)
    assert padded.tolist() == [[5, 6], [8, 9]]
    valid = conv.conv_transpose([[1]], kernel, (4, 4), padding=0, stride=2)
    assert valid.tolist() == [[1, 2, 3, 0], [4, 5, 6, 0], [7, 8, 9, 0], [0, 0, 0, 0]]


@settings(max_examples=100, deadline=None)
@given(cases(rows=ROWS[4:], dtypes=["float64"]))
def test_pytorch_gives_the_same(case):
    """Equal to ``conv_transpose2d``, with the size as an output_padding, where it fits."""
    torch = pytest.importorskip("torch")
    geometry, options = case.geometry, case.options
    (top, bottom), (left, right) = geometry.pads
    needed = [
        (o - 1) * s + e - 2 * p
        for o, s, e, p in zip(
            geometry.output_size, geometry.stride, geometry.extent, (top, left), strict=True
        )
    ]
    more = [n - least for n, least in zip(geometry.input_size, needed, strict=True)]
    steps = zip(more, geometry.stride, geometry.dilation, strict=True)
    if (top, left) != (bottom, right) or any(not 0 <= m < max(s, d) for m, s, d in steps):
        return
    outputs = outputs_of(case, dtype="float64")
    back = conv.conv_transpose(outputs, case.kernel, case.size, **options)
    if not (outputs.size and case.kernel.size):
        return
    theirs = torch.nn.functional.conv_transpose2d(
        torch.tensor(outputs.transpose(0, 3, 1, 2).copy()),
        torch.tensor(case.kernel.transpose(3, 2, 0, 1).copy()),
        stride=geometry.stride,
        padding=(top, left),
        output_padding=more,
        groups=options.get("groups", 1),
        dilation=geometry.dilation,
    )
    np.testing.assert_array_equal(back, theirs.numpy().transpose(0, 2, 3, 1))


@pytest.mark.parametrize("outputs", DTYPES)
@pytest.mark.parametrize("kernel", DTYPES)
def test_dtypes(outputs, kernel):
    """The result has the type of a correlation of the same operands, in native order."""
    back = conv.conv_transpose(np.ones(3, outputs), np.ones(2, kernel), (3,))
    assert back.dtype == conv.correlate(np.ones(3, outputs), np.ones(2, kernel)).dtype
    assert back.dtype.isnative


def test_float16_is_computed_in_float32():
    """Ten thousand ones meet in one place, where float16 would stop at 2048."""
    ones = np.ones(10_000, np.float16)
    back = conv.conv_transpose(ones, ones, (1,), padding="full")
    assert back.dtype == np.float16
    assert back.tolist() == [10_000]


@settings(max_examples=50, deadline=None)
@given(cases())
def test_operands_stay_as_they_are_and_may_lie_in_any_order(case):
    """Layouts of memory change nothing, and the result is new, contiguous and writeable."""
    outputs = outputs_of(case)
    expected = conv.conv_transpose(outputs, case.kernel, case.size, **case.options)
    for laid in memory_layouts(outputs):
        before = laid.copy(), case.kernel.copy()
        back = conv.conv_transpose(laid, case.kernel, case.size, **case.options)
        np.testing.assert_array_equal(back, expected, strict=True)
        np.testing.assert_array_equal(laid, before[0], strict=True)
        np.testing.assert_array_equal(case.kernel, before[1], strict=True)
        assert back.flags.c_contiguous
        assert back.flags.writeable
        assert not np.shares_memory(back, laid)


def test_a_kernel_of_one_gives_a_new_array():
    """Nothing to add up, and still the outputs themselves are not handed back."""
    outputs = np.ones((3, 4))
    back = conv.conv_transpose(outputs, [[1.0]], (3, 4))
    assert not np.shares_memory(back, outputs)


def test_strides_that_are_never_taken():
    """A stride of any size is allowed where there is one output, and a dilation of one."""
    back = conv.conv_transpose([[2]], [[3]], (1, 1), stride=10**30, dilation=10**30)
    assert back.tolist() == [[6]]


@pytest.mark.parametrize(
    ("outputs", "kernel", "size", "message"),
    [
        (
            (3, 3),
            (3, 3),
            (8, 9),
            r"^outputs must have the shape \(4, 5\), which inputs of size \(8, 9\) give under"
            r" the kernel \(3, 3\), not \(3, 3\)$",
        ),
        ((4, 5, 2), (3, 3), (8, 9), r"the shape \(4, 5\), which .* not \(4, 5, 2\)$"),
        ((4, 5), (3, 3, 2, 6), (8, 9), r"the shape \(4, 5, 6\), which .* not \(4, 5\)$"),
        ((2, 4, 5, 3), (3, 3, 2, 6), (8, 9), r"\(2, 4, 5, 6\), which .* \(2, 4, 5, 3\)$"),
        ((1, 1, 4, 5, 6), (3, 3, 2, 6), (8, 9), r"the shape \(4, 5, 6\), which"),
        ((4, 5), (3, 3), (8,), "input_size must have a number for each spatial axis"),
        ((4, 5), (3, 3), (8, 0), "input_size must be a tuple of ints of at least 1"),
        ((4, 5), (1, 3, 3, 3, 3), (8, 9), "kernel must have one to four axes"),
        ((), (3,), (8,), r"the shape \(4,\), which .* not \(\)$"),
    ],
)
def test_shapes_that_do_not_fit(outputs, kernel, size, message):
    """The message says which shape the size would need."""
    with pytest.raises(conv.ShapeError, match=message):
        conv.conv_transpose(np.zeros(outputs), np.zeros(kernel), size, stride=2)


def test_errors_name_the_argument():
    """Operands that are not real numbers, and sizes that are no integers, are refused."""
    with pytest.raises(TypeError, match="outputs must hold real numbers, not complex128"):
        conv.conv_transpose([1j], [1.0], (1,))
    with pytest.raises(TypeError, match="kernel must hold real numbers, not complex128"):
        conv.conv_transpose([1.0], [1j], (1,))
    with pytest.raises(TypeError, match="input_size must be a tuple of ints"):
        conv.conv_transpose([1.0], [1.0], 1)
    with pytest.raises(ValueError, match="padding must be one of"):
        conv.conv_transpose([1.0], [1.0], (1,), padding="SAME")


def difference(loss, values, at, step=1e-3):
    """Return the central difference of a loss by one value."""
    up, down = values.copy(), values.copy()
    up[at] += step
    down[at] -= step
    return (loss(up) - loss(down)) / (2 * step)


@settings(max_examples=50, deadline=None)
@given(cases(rows=ROWS[3:], dtypes=["float64"]), st.randoms(use_true_random=False))
def test_it_is_the_gradient_by_the_inputs(case, random):
    """Finite differences of half the squared error by an input agree with it."""
    target = outputs_of(case)

    def loss(inputs):
        error = conv.correlate(inputs, case.kernel, **case.options) - target
        return np.sum(error**2) / 2

    if not case.inputs.size:
        return
    error = conv.correlate(case.inputs, case.kernel, **case.options) - target
    gradient = conv.conv_transpose(error, case.kernel, case.size, **case.options)
    at = tuple(random.randrange(n) for n in case.inputs.shape)
    expected = difference(loss, case.inputs.astype(float), at)
    assert gradient[at] == pytest.approx(expected, abs=1e-6)


@settings(max_examples=100, deadline=None)
@given(cases(rows=ROWS[:2], dtypes=["float64"]), st.randoms(use_true_random=False))
def test_the_gradient_by_the_kernel_exchanges_stride_and_dilation(case, random):
    """It is the correlation of padded inputs and errors, cut to the kernel's size."""
    geometry, target = case.geometry, outputs_of(case)

    def loss(kernel):
        return (
            np.sum((conv.correlate(case.inputs, kernel, **case.options) - target) ** 2) / 2
        )

    error = conv.correlate(case.inputs, case.kernel, **case.options) - target
    gradient = conv.correlate(
        np.pad(case.inputs, geometry.pads),
        error,
        padding="valid",
        stride=geometry.dilation,
        dilation=geometry.stride,
    )
    at = tuple(random.randrange(n) for n in case.kernel.shape)
    expected = difference(loss, case.kernel.astype(float), at)
    assert gradient[at] == pytest.approx(expected, abs=1e-6)


@settings(max_examples=100, deadline=None)
@given(cases(rows=ROWS[:2]))
def test_at_a_stride_zeros_go_between_the_outputs(case):
    """On outputs with ``stride - 1`` zeros between them it is the same at stride 1."""
    outputs, stride = outputs_of(case), case.geometry.stride
    spread = np.zeros([(o - 1) * s + 1 for o, s in zip(outputs.shape, stride, strict=True)])
    spread[tuple(slice(None, None, s) for s in stride)] = outputs
    every = conv.convolve(
        spread, case.kernel, padding="full", dilation=case.geometry.dilation
    )
    wide = np.zeros(case.geometry.padded_size)
    wide[tuple(map(slice, every.shape))] = every
    inner = zip(case.geometry.pads, case.size, strict=True)
    expected = wide[tuple(slice(before, before + n) for (before, _), n in inner)]
    back = conv.conv_transpose(outputs, case.kernel, case.size, **case.options)
    np.testing.assert_array_equal(back, expected)


@pytest.mark.parametrize("stride", [2, 3])
def test_what_is_flat_stays_flat_if_the_sums_at_each_phase_are_equal(stride):
    """A kernel of twice the stride, with a sum of 1 for each place modulo the stride."""
    kernel = np.random.default_rng(3).integers(-9, 10, (2, stride, 2, stride))
    side = 2 * stride

    def inner(weights):
        n = 8 * stride + side
        back = conv.conv_transpose(
            np.ones((9, 9)), weights, (n, n), padding="valid", stride=stride
        )
        return back[side:-side, side:-side]

    assert np.ptp(inner(kernel.reshape(side, side))) > 0
    kernel[0, :, 0] += 1 - kernel.sum(axis=(0, 2))
    assert (inner(kernel.reshape(side, side)) == 1).all()


def test_the_matrix_is_never_written_out():
    """It serves sizes whose kernel matrix would not fit in any memory."""
    with patch.object(conv.matmul, "MATRIX_BYTES", 0):
        back = conv.conv_transpose(np.ones((512, 512)), np.ones((3, 3)), (512, 512))
    assert back[0, 0] == 4
    assert back[5, 5] == 9
