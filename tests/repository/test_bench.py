"""What the benchmark does with its measurements; never how long anything takes."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests import bench


@pytest.mark.parametrize("job", bench.JOBS, ids=lambda job: job.name)
def test_jobs_are_what_they_say(job):
    """Each job's operands go together, and it is about the size that its name gives."""
    inputs, kernel = job.operands()
    assert inputs.dtype == kernel.dtype == job.dtype
    if "→" in job.name:
        channels, _, rest = job.name.partition("→")
        assert kernel.shape[2:] == (int(channels), int(rest.partition(",")[0]))
    assert f"{kernel.shape[0]}x{kernel.shape[1]}" in job.name or job.naive
    assert str(inputs.shape[0]) in job.name or job.naive


@pytest.mark.parametrize(
    "job",
    [
        bench.Job("article", "small", 6, 3, 3, naive=True),
        bench.Job("grey images", "grey", 6, 1, 5, limit=1.0),
        bench.layer(2, 3, 7, 3, stride=2),
    ],
    ids=lambda job: job.name,
)
def test_a_job_is_checked_and_measured(job, monkeypatch):
    """All contestants agree; there are as many measurements as rounds; ours has ratio 1."""
    monkeypatch.setattr(bench, "TURN", 0)
    result = bench.measure(job, rounds=2)
    ours = result["contestants"].pop("matmul")
    assert ours["ratio"] == (1, 1, 1)
    assert ours["peak"] > 0
    for one in result["contestants"].values():
        assert len(one["seconds"]) == 2
    assert ("naive" in result["contestants"]) == job.naive
    assert ("correlate2d" in result["contestants"]) == (job.name == "grey")


def test_a_wrong_contestant_is_refused():
    """Speed counts for nothing where the numbers differ."""
    right = np.ones(3)
    bench.check({"matmul": right, "same": right * (1 + 1e-15)})
    with pytest.raises(AssertionError, match="wrong"):
        bench.check({"matmul": right, "wrong": right * (1 + 1e-6)})
    right = right.astype(np.float32)  # holds fewer digits
    bench.check({"matmul": right, "same": right * np.float32(1 + 1e-6)})
    with pytest.raises(AssertionError, match="wrong"):
        bench.check({"matmul": right, "wrong": right * np.float32(1.001)})


def test_a_wrong_contestant_is_not_measured(monkeypatch):
    """The check comes first, and an error ends the run."""
    calls = {"matmul": lambda: np.ones(3), "wrong": lambda: np.zeros(3)}
    monkeypatch.setattr(bench, "contestants", lambda _: calls.items())
    monkeypatch.delattr(bench, "race")
    with pytest.raises(AssertionError, match="wrong"):
        bench.measure(bench.JOBS[0], rounds=1)


def test_what_is_not_installed_takes_no_part(monkeypatch):
    """Without the other libraries, matmul is alone."""
    monkeypatch.setattr(bench, "find_spec", lambda _: None)
    job = bench.Job("grey images", "grey", 6, 1, 3)
    assert [name for name, _ in bench.contestants(job)] == ["matmul"]


def test_memory_is_counted_beyond_the_output():
    """What is used during the call and gone at its end is the peak, but for padded inputs."""

    def call():
        scratch = np.zeros(2**20, np.uint8)
        return scratch[:8].copy()

    assert 2**20 <= bench.peak_memory(call) < 2**20 + 2**16
    assert 0 <= bench.peak_memory(call, padded=2**20) < 2**16


def test_padded_inputs_are_counted():
    """A 6 by 6 image of 2 channels in a ring of zeros has 8 * 8 * 2 values of 4 bytes."""
    assert bench.padded_bytes(bench.layer(2, 3, 6, 3)) == 8 * 8 * 2 * 4


@pytest.mark.parametrize("library", ["glibc", ""])
def test_freed_memory_is_kept_where_the_c_library_can(library, monkeypatch):
    """Both of glibc's options are set, a refusal is an error; others are left alone."""
    asked = []

    class Library:
        def mallopt(self, option, _):
            asked.append(option)
            return option == -1

    monkeypatch.setattr(bench.platform, "libc_ver", lambda: (library, ""))
    monkeypatch.setattr(bench.ctypes, "CDLL", lambda _: Library())
    if library:
        with pytest.raises(RuntimeError, match="mallopt refuses option -3"):
            bench.keep_freed_memory()
        assert asked == [-1, -3]
    else:
        bench.keep_freed_memory()
        assert asked == []


def test_targets_are_told_reached_or_not():
    """Ratios are held against the issue's targets; an absent library is not measured."""

    def result(job, limit=None, **ratios):
        found = {name: {"ratio": (value, value, value)} for name, value in ratios.items()}
        return {"job": job, "limit": limit, "contestants": found}

    told = bench.targets(
        [
            result("article's job, float64", matmul=1, naive=251),
            result("layer", 1.3, matmul=1, PyTorch=0.5),
            result("grey", 1.0, matmul=1, correlate2d=7),
        ]
    )
    assert [(times, reached) for _, _, times, reached in told] == [
        (251, True),
        (2, False),
        (None, False),
        (7, True),
    ]


def test_the_report_is_written_as_a_table_and_as_data(tmp_path, monkeypatch, capsys):
    """What is printed is kept, as Markdown and as JSON with every round."""
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    monkeypatch.setattr(bench, "TURN", 0)
    one, two, three = (
        bench.Job(group, name, 6, 1, 3, limit=1.0)
        for group, name in (("first", "one"), ("second", "second one"), ("third", "two"))
    )
    monkeypatch.setattr(bench, "JOBS", [one, two, three])
    monkeypatch.setattr(bench, "find_spec", lambda name: name == "numpy")
    bench.main(["--rounds", "2", "--only", "one"])
    text = (tmp_path / ".cache" / "bench.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out == text + "\n"
    first, second = text.index("## first"), text.index("## second")
    assert first < text.index("| one | matmul |") < second < text.index("| second one |")
    assert "two" not in text
    assert "| one | at most 1.0 times PyTorch's time | not measured | — |" in text
    data = json.loads((tmp_path / ".cache" / "bench.json").read_text(encoding="utf-8"))
    assert data["machine"]["threads"] == "1"
    assert data["machine"].keys() >= {"date", "processor", "BLAS", "numpy"}
    for result in data["results"]:
        [matmul] = result["contestants"].values()
        assert len(matmul["seconds"]) == 2
        assert min(matmul["seconds"]) <= matmul["time"][0] <= max(matmul["seconds"])


def test_a_filter_that_fits_no_job_is_an_error(capsys):
    """Nothing measured is not a result."""
    with pytest.raises(SystemExit):
        bench.main(["--only", "nothing"])
    assert "no job's name holds 'nothing'" in capsys.readouterr().err
