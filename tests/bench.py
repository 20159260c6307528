"""Speed and memory of conv against other libraries: ``make bench``.

Contestants take turns, round after round, so that what else the machine does meets all of
them. A turn is one call that is not measured, which warms caches and memory, and then
enough calls for some milliseconds. A ratio is the median of the rounds' ratios; the spread
of times and ratios is their middle half. Memory that is freed is kept for the next call, or
jobs would be fast or slow by what ran before them. PyTorch and OpenCV take part where they
are installed.
"""

from __future__ import annotations

import os

for _library in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM"):  # before NumPy is loaded
    os.environ[f"{_library}_NUM_THREADS"] = "1"

import argparse
import ctypes
import importlib
import itertools
import json
import math
import platform
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

import conv
from conv.figures.text import duration
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
    dtype: str = "float32"
    naive: bool = False  # whether conv.naive takes part, in place of other libraries
    limit: float | None = None  # of the time of matmul, in PyTorch's

    def operands(self) -> tuple[Any, Any]:
        """Draw the inputs and the kernel."""
        draw = np.random.default_rng(0).standard_normal
        flat = self.channels == 1 and self.filters is None
        inputs = draw((self.size, self.size, *(() if flat else (self.channels,))))
        filters = () if self.filters is None else (self.filters,)
        kernel = draw((self.kernel, self.kernel, *inputs.shape[2:], *filters))
        return inputs.astype(self.dtype), kernel.astype(self.dtype)


def layer(channels: int, filters: int, size: int, kernel: int, stride: int = 1) -> Job:
    """Describe a layer whose target is a multiple of PyTorch's time."""
    step = f" stride {stride}" if stride > 1 else ""
    name = f"{channels}→{filters}, {kernel}x{kernel}{step}, at {size}"
    limit = 1.8 if filters == 8 else 1.3
    return Job("layers", name, size, channels, kernel, filters, stride, limit=limit)


JOBS = [
    *(
        Job("article", f"article's job, {kind}", 512, 3, 3, dtype=kind, naive=True)
        for kind in ("float64", "float32")
    ),
    layer(64, 64, 56, 3),
    layer(128, 128, 28, 3),
    layer(512, 512, 7, 3),
    layer(256, 64, 56, 1),
    layer(3, 64, 224, 3),
    layer(3, 64, 224, 7, stride=2),
    layer(3, 8, 512, 3),
    *(
        Job("grey images", f"grey, {side}x{side}, at 512", 512, 1, side, limit=1.0)
        for side in (3, 5, 9, 15)
    ),
]


def contestants(job: Job) -> Iterator[tuple[str, Call]]:
    """List who takes part in a job: a name, and a call that returns the output."""
    x, w = job.operands()
    yield "matmul", lambda: conv.correlate(x, w, stride=job.stride)
    if job.naive:
        yield "naive", lambda: conv.naive.correlate(x, w, stride=job.stride)
        return
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
    image = (
        torch.from_numpy(x.reshape(job.size, job.size, -1)).permute(2, 0, 1).contiguous()
    )
    weights = torch.from_numpy(w.reshape(*w.shape[:2], job.channels, -1))
    weights = weights.permute(3, 2, 0, 1).contiguous()
    symmetric = all(before == after for before, after in pads)
    if not symmetric:  # it pads both sides alike: hand it padded images
        image = torch.nn.functional.pad(image, (*pads[1], *pads[0]))
    pad = [before for before, _ in pads] if symmetric else 0

    @torch.inference_mode()
    def call() -> Any:
        output = torch.nn.functional.conv2d(image[None], weights, None, job.stride, pad)
        return output[0, 0] if job.filters is None else output[0].permute(1, 2, 0)

    return call


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


def measure(job: Job, rounds: int) -> dict[str, Any]:
    """Check the contestants of a job against each other, then race them."""
    calls = dict(contestants(job))
    check({name: call() for name, call in calls.items()})
    seconds = race(calls, rounds=min(rounds, 5) if job.naive else rounds, turn=TURN)
    ours = seconds["matmul"]
    padded = dict.fromkeys(("matmul", "naive"), padded_bytes(job))
    unseen = {"PyTorch", "OpenCV"}  # they allocate by themselves
    return {
        "group": job.group,
        "job": job.name,
        "limit": job.limit,
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


def targets(results: list[dict[str, Any]]) -> Iterator[tuple[str, str, float | None, bool]]:
    """List what was to be reached: the job, the target, what was measured, and whether."""
    for result in results:
        found = {name: one["ratio"][0] for name, one in result["contestants"].items()}
        if result["job"] == "article's job, float64":
            times = found["naive"]
            yield result["job"], "at least 250 times as fast as naive", times, times >= 250
        if result["limit"]:
            times = 1 / found["PyTorch"] if "PyTorch" in found else None
            goal = f"at most {result['limit']} times PyTorch's time"
            yield result["job"], goal, times, times is not None and times <= result["limit"]
        if "correlate2d" in found:
            times = found["correlate2d"]
            yield (
                result["job"],
                "at least 6 times as fast as correlate2d",
                times,
                times >= 6,
            )


def report(machine: Mapping[str, str], results: list[dict[str, Any]]) -> str:
    """Write the results as Markdown."""
    lines = [f"- {name}: {value}" for name, value in machine.items()]
    for group, members in itertools.groupby(results, lambda result: result["group"]):
        lines += ["", f"## {group}", ""]
        lines += ["| job | method | time | in times of matmul's | peak memory beyond |"]
        lines += ["| --- | --- | ---: | ---: | ---: |"]
        for result in members:
            for name, one in result["contestants"].items():
                time, lowest, highest = map(duration, one["time"])
                times, lower, upper = one["ratio"]
                peak = "—" if one["peak"] is None else f"{one['peak'] / 2**20:.1f} MiB"
                lines.append(
                    f"| {result['job']} | {name} | {time} ({lowest} to {highest}) |"
                    f" {times:.3g} ({lower:.3g} to {upper:.3g}) | {peak} |"
                )
    lines += [
        "",
        "In brackets: the middle half of the rounds. Memory: beyond inputs, padded",
    ]
    lines += ["inputs and output; — where the library does not let it be seen."]
    lines += ["", "## Targets", ""]
    lines += ["| job | target | measured | reached |", "| --- | --- | ---: | --- |"]
    for job, goal, times, reached in targets(results):
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
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--only", default="", help="measure the jobs whose name holds this")
    options = parser.parse_args(arguments)
    jobs = [job for job in JOBS if options.only in job.name]
    if not jobs:
        parser.error(f"no job's name holds {options.only!r}")
    keep_freed_memory()
    results = [measure(job, options.rounds) for job in jobs]
    about = machine()
    folder = ROOT / ".cache"
    folder.mkdir(exist_ok=True)
    data = {"machine": about, "results": results}
    (folder / "bench.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
    text = report(about, results)
    (folder / "bench.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
