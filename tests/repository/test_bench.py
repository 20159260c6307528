"""What the benchmark does with its measurements; never how long anything takes."""

from __future__ import annotations

import json
from types import SimpleNamespace

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
        bench.Job("grey images", "grey", 6, 1, 5),
        bench.layer(2, 3, 7, 3, 1.0, stride=2),
        bench.Job("methods", "small", 9, 1, 3, methods={"separable": {}, "winograd": {}}),
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
    assert job.methods.keys() <= result["contestants"].keys()
    assert ("correlate2d" in result["contestants"]) == (job.channels == 1)


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
    assert bench.padded_bytes(bench.layer(2, 3, 6, 3, 1.0)) == 8 * 8 * 2 * 4


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
    """Ratios are held against what each job asks; an absent library is not measured."""

    def result(group, least, peak=0, **ratios):
        found = {
            name: {"ratio": (value, value, value), "peak": peak}
            for name, value in {"matmul": 1, **ratios}.items()
        }
        return {
            "group": group,
            "job": group,
            "least": least,
            "methods": {"fft": {"matmul": 2.5, "OpenCV": 0.5}} if "fft" in ratios else {},
            "contestants": found,
        }

    told = bench.targets(
        [
            result("article", {"naive": 400}, naive=401),
            result("layers", {"product alone": 0.8}, PyTorch=4, **{"product alone": 0.7}),
            result("layers", {}, PyTorch=1 / 4.1),
            result(
                "grey images", {"correlate2d": 12, "OpenCV": 0.2}, 2**23, correlate2d=12
            ),
            result("methods", {}, fft=0.25),
        ],
        {"grey, 3x3, at 512": 0.9, "grey, 3x3, at 1024": 0.9},
    )
    assert [(job, times, reached) for job, _, times, reached in told] == [
        ("article", 401, True),
        ("layers", 0.7, False),
        ("grey images", 12, True),
        ("grey images", None, False),
        ("methods", 4, True),
        ("methods", None, False),
        ("all layers", pytest.approx((4 / 4.1) ** 0.5), False),
        ("all jobs", 8, False),
        ("grey, 3x3, at 512", 0.9, True),
        ("grey, 3x3, at 1024", 0.9, False),
    ]


def test_multiplications_are_counted():
    """64 filters of 7 by 7 on 3 channels, at each of 112 by 112 places."""
    job = bench.layer(3, 64, 224, 7, 1.0, stride=2)
    assert job.multiplications == 112 * 112 * 7 * 7 * 3 * 64
    depthwise = bench.Job("groups", "depthwise", 10, 4, 3, 4, groups=4)
    assert depthwise.multiplications == 10 * 10 * 3 * 3 * 4


def test_the_parts_are_what_matmul_does():
    """The product alone is the output, and copying alone comes to all its windows."""
    job = bench.layer(2, 3, 8, 3, 1.0)
    copying, product = bench.parts(job).values()
    matmul = dict(bench.contestants(job))["matmul"]
    np.testing.assert_allclose(product().reshape(8, 8, 3), matmul(), rtol=1e-5)
    copying()
    assert bench.parts(bench.Job("groups", "depthwise", 6, 4, 3, 4, groups=4)) == {}


def test_threads_are_compared_in_processes_of_their_own(monkeypatch):
    """One thread and the default take turns; a ratio above one means faster with more."""
    asked = []

    def run(command, env, **_):
        asked.append(env.get("OMP_NUM_THREADS", "default"))
        seconds = 2.0 if asked[-1] == "1" else 0.5
        found = {job.name: seconds for job in bench.FOR_THREADS}
        return SimpleNamespace(stdout=json.dumps(found))

    monkeypatch.setattr(bench.subprocess, "run", run)
    found = bench.compare_threads(2)
    assert asked == ["1", "default"] * 2
    assert found == {job.name: 4 for job in bench.FOR_THREADS}


def test_threads_are_measured_by_the_clock_on_the_wall(monkeypatch, capsys):
    """What a process of its own prints is the seconds of each job."""
    jobs = [bench.Job("large", "one", 6, 1, 3), bench.Job("layers", "two", 6, 2, 3, 2)]
    monkeypatch.setattr(bench, "FOR_THREADS", jobs)
    monkeypatch.setattr(bench, "TURN", 0)
    monkeypatch.setattr(bench, "keep_freed_memory", lambda: None)
    bench.main(["--threads"])
    seconds = json.loads(capsys.readouterr().out)
    assert seconds.keys() == {"one", "two"}
    assert min(seconds.values()) > 0


def test_the_report_is_written_as_a_table_and_as_data(tmp_path, monkeypatch, capsys):
    """What is printed is kept, as Markdown and as JSON with every round."""
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    monkeypatch.setattr(bench, "TURN", 0)
    monkeypatch.setattr(bench, "keep_freed_memory", lambda: None)
    one, two, three = (
        bench.Job(group, name, 6, 1, 3, least={"PyTorch": 2})
        for group, name in (("first", "one"), ("second", "second one"), ("third", "two"))
    )
    monkeypatch.setattr(bench, "JOBS", [one, two, three])
    monkeypatch.setattr(bench, "find_spec", lambda name: name == "numpy")
    bench.main(["--rounds", "2", "--only", "one"])
    text = (tmp_path / ".cache" / "bench.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out == text + "\n"
    first, second = text.index("## first"), text.index("## second")
    assert first < text.index("| one (") < second < text.index("| second one (")
    assert "two" not in text
    assert "| one | PyTorch takes at least 2 times as long | not measured | — |" in text
    data = json.loads((tmp_path / ".cache" / "bench.json").read_text(encoding="utf-8"))
    assert data["machine"]["threads"] == "1"
    assert data["machine"].keys() >= {"date", "processor", "BLAS", "numpy"}
    assert data["rates"].keys() == {"float32", "float64"}
    for result in data["results"]:
        assert result["contestants"].keys() == {"matmul", "copying alone", "product alone"}
        assert result["rate"] > 0
        for one in result["contestants"].values():
            assert len(one["seconds"]) == 2
            assert min(one["seconds"]) <= one["time"][0] <= max(one["seconds"])


def test_a_filter_that_fits_no_job_is_an_error(capsys):
    """Nothing measured is not a result."""
    with pytest.raises(SystemExit):
        bench.main(["--only", "nothing"])
    assert "no job's name holds 'nothing'" in capsys.readouterr().err
