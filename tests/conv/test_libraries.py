"""Tests of the record of other libraries: those of the test environment are asked again."""

import numpy as np
import pytest

import conv
from conv import libraries
from tests.libraries import __main__ as record
from tests.libraries import check, probe
from tests.libraries.operations import LIBRARIES, Border

HERE = [
    operation
    for package in ("conv", "numpy", "scipy")
    for operation in LIBRARIES[package]()
]


@pytest.mark.parametrize("operation", HERE, ids=lambda operation: operation.name)
def test_the_record_is_what_the_library_answers(operation) -> None:
    """conv, NumPy and SciPy, asked now, answer as was recorded."""
    if isinstance(operation, Border):
        assert probe.pads(operation) == libraries.PADS[operation.name]
    else:
        assert probe.row(operation) == libraries.ROWS[operation.name]


@pytest.mark.parametrize(
    "name", [row for row in libraries.ROWS if row.startswith(("conv", "numpy", "scipy"))]
)
def test_the_recorded_line_gives_the_recorded_numbers(name: str) -> None:
    """The line of a row has its operation and zeros, for kernels that are not square too."""
    check.call(libraries.ROWS[name])


@pytest.mark.parametrize(
    "name", [row for row in libraries.ROWS if row.startswith(("conv", "numpy", "scipy"))]
)
def test_the_code_computes_what_any_other_function_does(name: str) -> None:
    """The page's code, with a function of the test environment, has all others' numbers."""
    check.code(libraries.ROWS[name])


def test_a_wrong_line_is_found() -> None:
    """A row whose line convolves where it should correlate is refused, by either check."""
    row = libraries.ROWS["numpy.correlate mode='same'"]
    with pytest.raises(AssertionError, match=r"numpy\.correlate"):
        check.call({**row, "call": "numpy.convolve(x, w, mode='same')"})
    with pytest.raises(AssertionError, match=r"numpy\.correlate"):
        check.code({**row, "call": "numpy.convolve(x, w, mode='same')"})


def test_every_row_is_whole() -> None:
    """Each row has all entries, and each library that was asked has a row and a version."""
    for name, row in libraries.ROWS.items():
        assert row.keys() == libraries.Row.__annotations__.keys(), name
        assert row["operation"] in {"convolution", "cross-correlation"}
        assert {"k=3", "k=4", "k=5"} <= row["same"].keys()
    asked = {name.split(".")[0].split()[0] for name in libraries.ROWS} - {"conv"}
    assert asked == libraries.VERSIONS.keys()


def test_the_pads_of_a_row_give_the_library_s_numbers() -> None:
    """With the recorded zeros, our correlation is NumPy's under same, for an even kernel."""
    before, after = libraries.ROWS["numpy.correlate mode='same'"]["same"]["k=4"]
    x, w = np.arange(1, 9), np.array([1, 2, 3, 4])
    ours = conv.correlate(x, w, padding=[(before, after)])
    assert np.array_equal(ours, np.correlate(x, w, mode="same"))


def test_a_library_that_answers_otherwise_is_named() -> None:
    """The comparison says which row changed, in which entry, and what came or went."""
    before = [{"name": "a", "same": 1}, {"name": "gone", "same": 1}]
    after = [{"name": "a", "same": 2}, {"name": "new", "same": 1}]
    assert record.differences(before, after) == [
        "gone: not asked this time",
        "new: not recorded",
        "a, same: 1 became 2",
    ]
