"""Speed and memory of conv against other libraries: ``make bench``.

Contestants take turns, round after round, so that what else the machine does meets all of
them. A turn is one call that is not measured, which warms caches and memory, and then
enough calls for some milliseconds of processor time. A ratio is the median of the rounds'
ratios; the spread of times and ratios is their middle half. Memory that is freed is kept
for the next call, or jobs would be fast or slow by what ran before them. PyTorch and OpenCV
take part where they are installed.

Two contestants show the limits of the design: "copying alone" lays windows out and
multiplies nothing, "product alone" multiplies patches that are ready.
"""

from __future__ import annotations

import os
import sys

VARIABLES = [f"{name}_NUM_THREADS" for name in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM")]
if "--threads" not in sys.argv:
    os.environ |= dict.fromkeys(VARIABLES, "1")  # before NumPy is loaded

import argparse
import ctypes
import importlib
import itertools
import json
import math
import platform
import statistics
import subprocess
import time
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

import conv
from conv.figures.text import duration
from conv.operands import Operands
from conv.timing import processor, quartiles, race, ratio

ROOT = Path(__file__).parent.parent
TURN = 0.02  # seconds that a turn takes at least
Call = Callable[[], Any]


@dataclass(frozen=True)
class Job:
    """One cross-correlation: an image, filters, and a stride, with "same" padding."""

    group: str  # whose table it is in
    name: str
    size: int  # of the square image
    channels: int
    kernel: int  # side of the kernel
    filters: int | None = None  # None: one filter without that axis
    stride: int = 1
    groups: int = 1
    dtype: str = "float32"
    naive: bool = False  # whether conv.naive takes part, in place of other libraries
    # what others' time has to be at least, in times of matmul's, by their name
    least: Mapping[str, float] = field(default_factory=dict)
    # conv's other methods that take part, and the same in times of theirs
    methods: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def operands(self) -> tuple[Any, Any]:
        """Draw the inputs and the kernel."""
        draw = np.random.default_rng(0).standard_normal
        flat = self.channels == 1 and self.filters is None
        inputs = draw((self.size, self.size, *(() if flat else (self.channels,))))
        seen = tuple(n // self.groups for n in inputs.shape[2:])
        filters = () if self.filters is None else (self.filters,)
        kernel = draw((self.kernel, self.kernel, *seen, *filters))
        if "separable" in self.methods:
            kernel = conv.kernels.gaussian(self.kernel, self.kernel / 6)
        return inputs.astype(self.dtype), kernel.astype(self.dtype)

    @property
    def options(self) -> dict[str, int]:
        """What `conv.correlate` is told beside the operands."""
        return {"stride": self.stride, "groups": self.groups}

    @property
    def multiplications(self) -> int:
        """Count the products of the definition."""
        x, w = self.operands()
        output = conv.Geometry.of(x.shape[:2], w.shape[:2], stride=self.stride).output_size
        return math.prod(output) * int(w.size)


def layer(
    channels: int, filters: int, size: int, kernel: int, limit: float, stride: int = 1
) -> Job:
    """Describe a layer, and its limit in times of the matrix product that it consists of."""
    step = f" stride {stride}" if stride > 1 else ""
    name = f"{channels}→{filters}, {kernel}x{kernel}{step}, at {size}"
    least = {"product alone": 1 / limit}
    return Job("layers", name, size, channels, kernel, filters, stride, least=least)


def grey(kernel: int, **least: float) -> Job:
    """Describe a grey image of 512 by 512 with one filter."""
    name = f"grey, {kernel}x{kernel}, at 512"
    return Job("grey images", name, 512, 1, kernel, least=least)


JOBS = [
    Job("article", "float64", 512, 3, 3, dtype="float64", naive=True, least={"naive": 400}),
    Job("article", "float32", 512, 3, 3, naive=True),
    layer(64, 64, 56, 3, limit=1.25),
    layer(3, 64, 224, 3, limit=1.35),
    layer(3, 64, 224, 7, limit=1.35, stride=2),
    layer(128, 128, 28, 3, limit=1.25),
    layer(512, 512, 7, 3, limit=1.25),
    layer(256, 64, 56, 1, limit=1.1),
    grey(3, PyTorch=1 / 0.5, correlate2d=12, OpenCV=0.2),
    grey(5, PyTorch=1 / 0.5, correlate2d=12),
    grey(9),
    grey(15, PyTorch=1 / 0.05, correlate2d=17, OpenCV=0.8),
    Job("few channels", "3→8, 3x3, at 512", 512, 3, 3, 8),
    Job("few channels", "1→9, 3x3, at 512", 512, 1, 3, 9),
    Job("few channels", "1→16, 9x9, at 512", 512, 1, 9, 16),
    Job(
        "groups",
        "depthwise, 3x3, 32 at 112",
        112,
        32,
        3,
        32,
        1,
        32,
        least={"PyTorch": 1 / 3},
    ),
]
JOBS += [
    Job(
        *("methods", "a Gaussian, 31x31, at 512", 512, 1, 31),
        methods={"separable": {"OpenCV": 2}, "fft": {"matmul": 2.5, "OpenCV": 0.5}},
    ),
    Job(
        *("methods", "64→64, 3x3, at 56", 56, 64, 3, 64),
        methods={"winograd": {"PyTorch": 1 / 0.9}},
    ),
    Job(
        *("methods", "64→128, 3x3, at 112", 112, 64, 3, 128),
        methods={"winograd": {"PyTorch": 1 / 0.75}},
    ),
]
LAYERS_OVER_PYTORCH = 0.97  # geometric mean of the layers' times
MEMORY = 4 * 2**20  # bytes beyond inputs, padded inputs and output
# with the default number of threads, least share of one thread's speed: for each job, and
# for layers and images from 1024 by 1024
THREADS, MANY_THREADS = 0.85, 1.15
FOR_THREADS = [
    *(job for job in JOBS if job.group in ("layers", "grey images")),
    *(Job("large", f"grey, {side}x{side}, at 1024", 1024, 1, side) for side in (3, 5, 15)),
    Job("large", "one filter on colour, 3x3, at 1024", 1024, 3, 3),
]


def contestants(job: Job) -> Iterator[tuple[str, Call]]:
    """List who takes part in a job: a name, and a call that returns the output."""
    x, w = job.operands()
    yield "matmul", lambda: conv.correlate(x, w, **job.options)
    if job.naive:
        yield "naive", lambda: conv.naive.correlate(x, w, **job.options)
        return
    for method in job.methods:
        yield method, partial(getattr(conv, method).correlate, x, w)
    if x.ndim == 2:
        yield from _for_grey_images(x, w)
    if find_spec("torch"):
        yield "PyTorch", _torch(job, x, w)


def _for_grey_images(x: Any, w: Any) -> Iterator[tuple[str, Call]]:
    if find_spec("scipy"):
        signal, ndimage = map(importlib.import_module, ("scipy.signal", "scipy.ndimage"))
        yield "correlate2d", lambda: signal.correlate2d(x, w, "same")
        yield "ndimage", lambda: ndimage.correlate(x, w, mode="constant")
    if find_spec("cv2"):
        cv2 = importlib.import_module("cv2")
        cv2.setNumThreads(1)
        yield "OpenCV", lambda: cv2.filter2D(x, -1, w, borderType=cv2.BORDER_CONSTANT)


def _torch(job: Job, x: Any, w: Any) -> Call:
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    pads = conv.Geometry.of(x.shape[:2], w.shape[:2], stride=job.stride).pads
    image = torch.from_numpy(x.reshape(job.size, job.size, -1)).permute(2, 0, 1)
    image = image.contiguous()
    weights = torch.from_numpy(w.reshape(*w.shape[:2], job.channels // job.groups, -1))
    weights = weights.permute(3, 2, 0, 1).contiguous()
    symmetric = all(before == after for before, after in pads)
    if not symmetric:  # it pads both sides alike: hand it padded images
        image = torch.nn.functional.pad(image, (*pads[1], *pads[0]))
    pad = [before for before, _ in pads] if symmetric else 0

    @torch.inference_mode()
    def call() -> Any:
        output = torch.nn.functional.conv2d(
            image[None], weights, None, job.stride, pad, 1, job.groups
        )
        return output[0, 0] if job.filters is None else output[0].permute(1, 2, 0)

    return call


def parts(job: Job) -> dict[str, Call]:
    """List what matmul consists of: copying windows, and multiplying them."""
    x, w = job.operands()
    operands = Operands.of(x, w, padding="same", dilation=1, **job.options)
    if job.groups > 1 or job.naive:
        return {}
    patches = conv.im2col(x, w.shape[:2], stride=job.stride)
    weights = w.reshape(patches.shape[1], -1)
    product = np.empty((len(patches), weights.shape[1]), x.dtype)
    return {
        "copying alone": lambda: deque(conv.matmul.blocks(operands), maxlen=0),
        "product alone": lambda: np.matmul(patches, weights, out=product),
    }


def keep_freed_memory() -> None:
    """Ask the C library to hand freed memory to later calls, not back to the system.

    Left alone, glibc decides by the sizes freed so far: a layer then takes up to three
    times as long when no larger one ran before it, all of it spent on fresh pages.
    """
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        for option in (-1, -3):  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD
            if not libc.mallopt(option, 2**25):  # the most that the latter accepts
                raise RuntimeError(f"mallopt refuses option {option}")


def padded_bytes(job: Job) -> int:
    """Count the bytes of the padded inputs, which matmul and naive make."""
    x, w = job.operands()
    padded = conv.Geometry.of(x.shape[:2], w.shape[:2], stride=job.stride).padded_size
    return math.prod(padded) * job.channels * int(x.itemsize)


def peak_memory(call: Call, padded: int = 0) -> int:
    """Measure the most bytes in use during a call beyond padded inputs and output."""
    tracemalloc.start()
    try:
        output = call()
        return tracemalloc.get_traced_memory()[1] - int(output.nbytes) - padded
    finally:
        tracemalloc.stop()


def check(outputs: Mapping[str, Any]) -> None:
    """Raise an error if a contestant computes anything else than the first."""
    (_, first), *others = outputs.items()
    atol = 200 * np.finfo(first.dtype).eps * np.abs(first).max()
    for name, output in others:
        np.testing.assert_allclose(output, first, atol=atol, rtol=0, err_msg=name)


def gemm_rate(dtype: str) -> float:
    """Measure the multiplications a second of a large matrix product."""
    square = np.ones((1024, 1024), dtype)
    call = {"product": lambda: square @ square}
    seconds = race(call, rounds=3, turn=TURN, clock=time.process_time)["product"]
    return 1024**3 / min(seconds)


def measure(job: Job, rounds: int) -> dict[str, Any]:
    """Check the contestants of a job against each other, then race them."""
    calls = dict(contestants(job))
    check({name: call() for name, call in calls.items()})
    rounds = min(rounds, 5) if job.naive else rounds
    clock = time.process_time
    seconds = race(calls | parts(job), rounds=rounds, turn=TURN, clock=clock)
    ours = seconds["matmul"]
    padded = dict.fromkeys(("matmul", "naive"), padded_bytes(job))
    unseen = {"PyTorch", "OpenCV", *parts(job)}  # the libraries allocate by themselves
    return {
        "group": job.group,
        "job": job.name,
        "least": dict(job.least),
        "methods": dict(job.methods),
        "rate": job.multiplications / quartiles(ours)[0],
        "dtype": job.dtype,
        "contestants": {
            name: {
                "seconds": rounds_of_one,
                "time": quartiles(rounds_of_one),
                "ratio": ratio(rounds_of_one, ours),
                "peak": None
                if name in unseen
                else peak_memory(calls[name], padded.get(name, 0)),
            }
            for name, rounds_of_one in seconds.items()
        },
    }


def compare_threads(rounds: int) -> dict[str, float]:
    """Measure the speed with NumPy's default number of threads, in one thread's speed.

    Each number of threads needs a process of its own, and these take turns.
    """
    environments = {
        "one": os.environ | dict.fromkeys(VARIABLES, "1"),
        "default": {k: v for k, v in os.environ.items() if k not in VARIABLES},
    }
    command = [sys.executable, "-m", "tests.bench", "--threads"]
    turns: dict[str, list[dict[str, float]]] = {name: [] for name in environments}
    for _ in range(rounds):
        for name, environment in environments.items():
            done = subprocess.run(
                command, cwd=ROOT, env=environment, check=True, capture_output=True
            )
            turns[name].append(json.loads(done.stdout))
    return {
        job.name: ratio(
            *([turn[job.name] for turn in turns[name]] for name in environments)
        )[0]
        for job in FOR_THREADS
    }


def seconds_of_threads() -> dict[str, float]:
    """Measure matmul's seconds in this process, by the clock on the wall."""
    keep_freed_memory()
    calls = {job.name: next(contestants(job))[1] for job in FOR_THREADS}
    seconds = race(calls, rounds=3, turn=TURN, threads=None)
    return {name: statistics.median(turns) for name, turns in seconds.items()}


def targets(
    results: list[dict[str, Any]], threads: Mapping[str, float]
) -> Iterator[tuple[str, str, float | None, bool]]:
    """List what was to be reached: the job, the target, what was measured, and whether."""
    layers = []
    for result in results:
        found = {name: one["ratio"][0] for name, one in result["contestants"].items()}
        for name, least in result["least"].items():
            times = found.get(name)
            goal = f"{name} takes at least {least:.3g} times as long"
            yield result["job"], goal, times, times is not None and times >= least
        for method, least in result["methods"].items():
            for name, factor in least.items():
                times = found[name] / found[method] if name in found else None
                goal = f"{name} takes at least {factor:.3g} times as long as {method}"
                yield result["job"], goal, times, times is not None and times >= factor
        if result["group"] == "layers" and "PyTorch" in found:
            layers.append(found["PyTorch"])
    if layers:
        mean, least = statistics.geometric_mean(layers), 1 / LAYERS_OVER_PYTORCH
        goal = f"PyTorch takes at least {least:.3g} times as long, in the geometric mean"
        yield "all layers", goal, mean, mean >= least
    peak = max(result["contestants"]["matmul"]["peak"] for result in results)
    goal = f"at most {MEMORY / 2**20:.0f} MiB beyond inputs, padded inputs and output"
    yield "all jobs", goal, peak / 2**20, peak <= MEMORY
    for job in FOR_THREADS:
        if job.name in threads:
            least = THREADS if job.group == "grey images" else MANY_THREADS
            goal = f"with the default threads at least {least} times as fast as with one"
            yield job.name, goal, threads[job.name], threads[job.name] >= least


def report(
    machine: Mapping[str, str],
    rates: Mapping[str, float],
    results: list[dict[str, Any]],
    threads: Mapping[str, float],
) -> str:
    """Write the results as Markdown."""
    lines = [f"- {name}: {value}" for name, value in machine.items()]
    lines += [
        f"- a large product in {k}: {v / 1e9:.3g} billion multiplications a second"
        for k, v in rates.items()
    ]
    for group, members in itertools.groupby(results, lambda result: result["group"]):
        lines += ["", f"## {group}", ""]
        lines += ["| job | method | time | in times of matmul's | peak memory beyond |"]
        lines += ["| --- | --- | ---: | ---: | ---: |"]
        for result in members:
            share = result["rate"] / rates[result["dtype"]]
            for name, one in result["contestants"].items():
                time, lowest, highest = map(duration, one["time"])
                times, lower, upper = one["ratio"]
                peak = "—" if one["peak"] is None else f"{one['peak'] / 2**20:.1f} MiB"
                job = f"{result['job']} ({share:.0%})" if name == "matmul" else ""
                lines.append(
                    f"| {job} | {name} | {time} ({lowest} to {highest}) |"
                    f" {times:.3g} ({lower:.3g} to {upper:.3g}) | {peak} |"
                )
    lines += [
        "",
        "In brackets: of a job, the share of a large product's rate that matmul reaches; of",
        "times, the middle half of the rounds. Memory: beyond inputs, padded inputs and",
        "output; — where the library does not let it be seen.",
    ]
    lines += ["", "## Targets", ""]
    lines += ["| job | target | measured | reached |", "| --- | --- | ---: | --- |"]
    for job, goal, times, reached in targets(results, threads):
        told = "not measured | —"
        if times is not None:
            told = f"{times:.3g} | {'yes' if reached else 'no'}"
        lines.append(f"| {job} | {goal} | {told} |")
    return "\n".join(lines) + "\n"


def machine() -> dict[str, str]:
    """Name the processor, the libraries' versions, and the instructions that BLAS uses."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    found = {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "processor": processor(),
        "Python": platform.python_version(),
        "BLAS": f"{blas['name']} {blas['version']}, kernels for {blas_kernels()}",
        "threads": "1",
    }
    for module in ("numpy", "scipy", "torch", "cv2"):
        if find_spec(module):
            found[module] = importlib.import_module(module).__version__
    return found


def blas_kernels() -> str:
    """Ask NumPy's own OpenBLAS for which kind of processor it computes."""
    for path in (Path(np.__file__).parent.parent / "numpy.libs").glob("*openblas*"):
        name = getattr(ctypes.CDLL(str(path)), "scipy_openblas_get_corename64_", None)
        if name is not None:
            name.restype = ctypes.c_char_p
            return str(name().decode())
    return "unknown"


def main(arguments: list[str] | None = None) -> None:
    """Race all jobs, or those whose name holds a text, and write the tables."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", default="", help="measure the jobs whose name holds this")
    parser.add_argument(
        "--threads", action="store_true", help="print seconds with the threads there are"
    )
    options = parser.parse_args(arguments)
    if options.threads:
        print(json.dumps(seconds_of_threads()))
        return
    jobs = [job for job in JOBS if options.only in f"{job.group}, {job.name}"]
    if not jobs:
        parser.error(f"no job's name holds {options.only!r}")
    keep_freed_memory()
    rates = {dtype: gemm_rate(dtype) for dtype in ("float32", "float64")}
    results = [measure(job, options.rounds) for job in jobs]
    threads = {} if options.only else compare_threads(options.rounds // 2)
    about = machine()
    folder = ROOT / ".cache"
    folder.mkdir(exist_ok=True)
    data = {"machine": about, "rates": rates, "results": results, "threads": threads}
    (folder / "bench.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
    text = report(about, rates, results, threads)
    (folder / "bench.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
