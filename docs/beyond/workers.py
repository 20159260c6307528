# %% [markdown]
# # Many workers: convolution with Dask
#
# How do you spread one convolution over many processes or machines, and is the result still the same?

# %%
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from itertools import product
from pathlib import Path

# %%
import dask
import dask.array as da
import numpy as np
import psutil
import zarr
from dask.distributed import Client, get_task_stream

import conv
from conv import figures

# %% tags=["hide"]
x = np.array([3, 1, 4, 1, 5, 9, 2, 6])
y = conv.correlate(x, [1, 2, 1])
whole = figures.Grid(y, "both together: the output", "output")


# %% tags=["hide"]
def worker(n):
    own, needed = np.s_[4 * n - 4 : 4 * n], np.s_[3 * n - 3 : 3 * n + 2]
    values, roles = np.full((2, 2, 8), "", object)
    values[0, needed], roles[0, needed] = x[needed], "input"
    values[1, own], roles[1, own] = y[own], "output"
    words = f"gets the {x[5 - n]} of worker {3 - n}"
    rings = {"focus": (0, own), "last": (0, needed), "axes": ("", words)}
    return figures.Grid(values, f"worker {n}", roles, **rings)


# %% tags=["hide"]
figures.rows(
    [worker(1), worker(2)],
    [whole],
    caption="Two workers share a row of eight pixels, for the kernel 1 2 1. Each holds four inputs, inside the line, and gets one more from the other, inside the dashes. Below are the outputs that it computes, and at the bottom those of both.",
    alt="Worker 1 holds 3 1 4 1 and gets 5; its outputs are 7 9 10 11. Worker 2 holds 5 9 2 6 and gets 1; its outputs are 20 25 19 14. Together they are the output of the whole row.",
)

# %% [markdown]
# Give each worker some blocks of the image.
# It can compute nearly everything from its own inputs; only the outputs beside a cut need a few inputs of a neighbour, the [**halo**](../reference/glossary.md#halo).
# So every worker needs its own blocks and a halo, and the outputs, put together, are the same as those of the whole image.
#
# [Dask](https://docs.dask.org/en/stable/) runs such programs. It has a **scheduler**, which hands out tasks, and **workers**, the processes that do them, on one machine or on hundreds.
# On this page two workers run on one machine. (`pip install "dask[array,distributed]" psutil zarr` installs what you need beside `conv`.)
#
# ## One task for each block
#
# [Larger than memory](large.py) has convolved a long scan in blocks, with a function `one_block` that reads a slice of a stored image and writes a slice of a stored output.
# Here are three scans of 4,096, 8,192 and 32,768 rows, each stored by [Zarr](https://zarr.readthedocs.io/) in files of 1,024 by 1,024 pixels.


# %% tags=["helper"]
def one_block(image, kernel, output, block, **options):
    geometry = conv.Geometry.of(image.shape, kernel.shape, **options)
    needed, zeros = geometry.input_of(block)
    options["padding"] = zeros
    output[block] = conv.correlate(image[needed], kernel, **options)


# %% tags=["helper"]
def blocks_of(output, side):
    corners = product(*(range(0, n, side) for n in output.shape))
    return [tuple(slice(i, i + side) for i in at) for at in corners]


# %% tags=["helper"]
folder = tempfile.TemporaryDirectory()
grey = np.rint(4095 * conv.images.sample().mean(axis=2)).astype("int16")
strip = np.tile(grey, (2, 4))[:1024]


# %% tags=["helper"]
def stored(name, rows, columns=2048, side=1024):
    where = f"{folder.name}/{name}"
    of = {"shape": (rows, columns), "chunks": (side, side), "dtype": "int16"}
    return zarr.create_array(where, **of, compressors=None)


# %% tags=["helper"]
def scan(rows):  # copies of the photograph, each a little brighter
    image = stored(f"scan{rows}", rows)
    for top in range(0, rows, 1024):
        image[top : top + 1024] = strip + top // 1024
    return image


# %%
edges = conv.kernels.sobel_x()
sizes = 4096, 8192, 32768  # rows
small, medium, largest = scans = [scan(rows) for rows in sizes]
half = stored("half", sizes[0] // 2, 1024, side=512)

# %% tags=["hide"]
megabytes = [image.nbytes // 2**20 for image in scans]
brightest = strip.max() + sizes[-1] // 1024 - 1
assert brightest == largest[-1024:].max()
assert 4 * brightest <= np.iinfo("int16").max
block_mib = 8 * np.prod(largest.chunks) // 2**20
assert megabytes[-1] == 8 * megabytes[0]

# %% [markdown]
# A block is computed from the scan alone, so it does not matter which process computes it, or on which machine.
# The helper `two_workers` starts a scheduler and two worker processes, and `client.map` makes a task of each call, here at stride 2:


# %% tags=["helper"]
dask.config.set({"temporary-directory": folder.name})
quiet = {"dashboard_address": "127.0.0.1:0", "silence_logs": "CRITICAL"}
usual = dask.config.get("distributed.nanny.pre-spawn-environ")
environment = os.environ | {name: str(value) for name, value in usual.items()}

# %% tags=["helper"]
command = [sys.executable, "-m", "dask", "worker", "--no-nanny"]
command += ["--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"]
command += ["--dashboard-address", "127.0.0.1:0"]
command += ["--local-directory", folder.name]


# %% tags=["helper"]
@contextmanager
def running(start):  # ended in any case
    options = {"stderr": subprocess.DEVNULL, "env": environment}
    process = subprocess.Popen(start, **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


# %% tags=["helper"]
@contextmanager
def two_workers():
    with Client(n_workers=0, **quiet) as client:  # holds the scheduler
        start = [*command, client.scheduler.address]
        with running(start), running(start):
            client.wait_for_workers(2, timeout=60)
            yield client


# %%
def half_block(block):
    one_block(small, edges, half, block, stride=2)


with two_workers() as client:
    client.gather(client.map(half_block, blocks_of(half, 512)))
right = conv.correlate(small[:], edges, stride=2)
np.array_equal(half[:], right)

# %% tags=["hide"]
assert np.array_equal(half[:], right)

# %% [markdown]
# The outputs are exactly the same, because our pixels are whole numbers; with fractions they would agree up to rounding.
#
# This works at any stride, and no worker has to wait for another. Two things are worth knowing.
# Each block of outputs has a file of its own, because two workers that write into one file may overwrite each other's outputs, and no error would tell.
# And the halo is not free: a worker reads a neighbour's whole file for one row of it.
#
# ## A halo that workers exchange
#
# To read each file once, a worker must get the halo from the worker that holds the neighbour.
# Dask arranges this **halo exchange** with a function called `map_overlap`.
# It takes blocks from a disk or from an earlier computation, and does three things with each:
#
# 1. It adds a halo of `depth` rows and columns from the neighbours.
# 2. It calls our function, here `conv.correlate`, on block and halo together.
# 3. It trims `depth` rows and columns from each side of the result.

# %% tags=["hide"]
x = np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8])
y = conv.correlate(x, [1, 2, 1])


# %% tags=["hide"]
def steps(name, first, end):
    near = max(0, first - 1)  # where the halo begins
    part, own = x[near : end + 1], np.s_[1 + first - near : 1 + end - near]
    values = np.full((4, len(part) + 2), "", object)
    values[0, own], values[1] = x[first:end], np.pad(part, 1)
    values[2, 1:-1] = conv.correlate(part, [1, 2, 1])
    values[3, own] = values[2, own]
    assert np.array_equal(values[3, own], y[first:end])
    return coloured(name, values, own)


# %% tags=["hide"]
def coloured(name, values, own):
    roles = np.where(values == "", "", "padding").astype(object)
    roles[0, own] = roles[1, 1:-1] = "input"
    roles[2:, own] = "output"
    rings = {"focus": (1, own), "axes": ("", " ")}
    return figures.Grid(values, name, roles, **rings)


# %% tags=["hide"]
figures.beside(
    steps("block in the middle", 4, 8),
    steps("block at the border", 0, 4),
    caption="What map_overlap does with two blocks of a row, for the kernel 1 2 1 and depth 1. From top to bottom: the block; the block in its halo, with the zeros that same puts around both; all outputs, the wrong ones in grey; what is left after trimming.",
    alt="Two grids of four rows. The block 5 9 2 6 becomes 1 5 9 2 6 5 between two zeros, then 7 20 25 19 19 16, then 20 25 19 19. The block 3 1 4 1 becomes 3 1 4 1 5 between two zeros, then 7 9 10 11 11, then 7 9 10 11.",
)

# %% [markdown]
# In the middle, the zeros of ["same"](../guide/padding.py) do not belong there, so the outermost outputs are wrong.
# At stride 1 these are exactly the outputs of the halo, so trimming removes them.
# At the image's border the zero is right. The option `boundary="none"` tells Dask to add and trim nothing there.


# %%
def convolved(image):
    halo = {"depth": 1, "boundary": "none", "dtype": float}
    x = da.from_zarr(image)
    y = x.map_overlap(conv.correlate, kernel=edges, **halo)
    return y.astype("int16")


# %% [markdown]
# (The pixels of our scans go up to {eval}`f"{brightest:,}"`, and the positive weights of `edges` add up to 4, so `int16` holds all outputs.)
#
# ## How much memory does a worker need?
#
# Calling `convolved` computes nothing yet. `da.store` makes tasks of it, and `lock=False` lets both workers write at the same time, each block into a file of its own.
# The helper `peak` returns the most memory that a process has held so far, in MiB.


# %% tags=["helper"]
def peak():  # on macOS, what it holds now
    conv, da, zarr  # all are loaded before the first measurement
    memory = psutil.Process().memory_info()
    held = getattr(memory, "peak_wset", memory.rss) / 2**20  # on Windows
    if (status := Path("/proc/self/status")).exists():
        lines = status.read_text().splitlines()
        [held] = [int(s.split()[1]) / 1024 for s in lines if "VmHWM" in s]
    return held


# %%
outputs, peaks, streams = [stored(f"edges{n}", n) for n in sizes], [], []
with two_workers() as client:
    idle = max(client.run(peak).values())
    for image, output in zip(scans, outputs, strict=True):
        with get_task_stream(client) as tasks:
            da.store(convolved(image), output, lock=False)
        streams.append(tasks.data)
        peaks.append(max(client.run(peak).values()) - idle)
np.array_equal(outputs[0][:], conv.correlate(small[:], edges))

# %% tags=["hide"]
grown = megabytes[-1] - megabytes[0]
if (
    on_linux := sys.platform == "linux"
):  # elsewhere other pages may be counted
    assert max(peaks) < megabytes[-1]
    assert peaks[-1] - peaks[0] < grown / 3
assert np.array_equal(outputs[0][:], conv.correlate(small[:], edges))
assert np.array_equal(half[:], outputs[0][:][1::2, 1::2])

# %% tags=["hide"]
for image, output in zip(scans, outputs, strict=True):
    for top in range(0, image.shape[0], 2048):
        block = np.s_[top : top + 500, 800:1200]
        right = np.zeros(image.shape)
        one_block(image, edges, right, block)
        assert np.array_equal(output[block], right[block])

# %% tags=["hide"]
names = sorted({task["worker"] for task in tasks.data})
lanes = {"read": "from-zarr", "exchange": "getitem", "correlate": "overlap"}


def kind_of(key):
    return next((k for k in lanes if f"'{lanes[k]}" in str(key)), None)


# %% tags=["hide"]
def waiting(stream):  # blocks that are read and not yet convolved, at most
    steps = []
    for task in stream:
        step = {"read": 1, "correlate": -1}.get(kind_of(task["key"]), 0)
        steps += [(max(span["stop"] for span in task["startstops"]), step)]
    return max(np.cumsum([step for _, step in sorted(steps)]))


# %% tags=["hide"]
table = {
    "image in MiB": megabytes,
    "blocks": [image.nchunks for image in scans],
}
table["waiting at most"] = [int(waiting(stream)) for stream in streams]
table["one worker in MiB"] = [round(most) for most in peaks]
assert table["waiting at most"][-1] < scans[-1].nchunks / 2
figures.table(table, measured=True)

# %% tags=["hide"]
memory = {"the plain way": [9 * size for size in megabytes]}
memory |= {"the image": megabytes, "one worker": peaks}
figures.curves(
    *(megabytes, memory),
    **{"x_label": "image in MiB", "y_label": "memory in MiB"},
    **{"scale": "log", "measured": True},
    caption="Peak memory on top of Python and its libraries, on logarithmic axes. For the workers, the larger peak of the two is shown. The plain way is counted, not measured: the image, its padded copy and the output.",
    alt="Three curves: the plain way and the image rise in parallel with the image's size, the worker's rises little and ends below both.",
)

# %% [markdown]
# From the smallest scan to the largest, the image grows by {eval}`grown` MiB, eight times its size, but a worker's peak grows by less than a third of that.
# The block in work takes {eval}`block_mib` MiB for its padded copy in float64, and as much for its outputs.
# A block that was read and waits for its neighbours' halos takes only {eval}`block_mib // 4` MiB in `int16`. (Dask and Zarr hold buffers besides.)
#
# The column "waiting at most" counts how many blocks both workers together had waiting.
# In the largest scan these are fewer than half of the blocks, and the next picture shows why:

# %% tags=["hide"]
done = {f"worker {n}": {kind: [] for kind in lanes} for n in (1, 2)}
for task in tasks.data:
    own = done[f"worker {1 + names.index(task['worker'])}"]
    kind = kind_of(task["key"])
    for span in task["startstops"] if kind else ():
        lane = "exchange" if span["action"] == "transfer" else kind
        own[lane] += [(span["start"], span["stop"])]

# %% tags=["hide"]
for kinds in done.values():
    started, ended = sorted(kinds["read"]), sorted(kinds["correlate"])
    assert ended[0][1] < started[len(started) // 2][0]
figures.stream(
    done,
    caption="What the workers did while they convolved the largest scan: a bar for each task, from its beginning to its end. Exchange: cutting the strips and corners that neighbours need, and fetching them or, now and then, a whole block. Correlate: including the write.",
    alt="For each of two workers three rows of short bars from the beginning to the end: read, exchange and correlate.",
)

# %% [markdown]
# Each worker wrote its first outputs before it had read half of its blocks.
# A block can be convolved as soon as its neighbours' halos have arrived, and it is forgotten once the neighbours have theirs.
# So reading and convolving take turns, and a worker does not have to hold its whole half of the scan.
#
# ## What if a worker dies?
#
# Among many machines one may fail at any time.
# But the scheduler knows which blocks were lost with it, and from which tasks each of them came, so it has these tasks done again.
# Let us try: as soon as the first block of outputs is written, we kill the worker that holds more results.

# %%
again = stored("again", sizes[1])
with two_workers() as client, get_task_stream(client) as tasks:
    pids = client.run(os.getpid)  # of both workers
    writes = da.store(convolved(medium), again, lock=False, compute=False)
    job = client.compute(writes)
    while again.nchunks_initialized == 0:
        time.sleep(0.01)
    held = client.has_what()
    psutil.Process(pids[max(held, key=lambda one: len(held[one]))]).kill()
    job.result()

# %% tags=["hide"]
keys = {kind: [] for kind in [*lanes, None]}
for task in tasks.data:
    keys[kind_of(task["key"])] += [str(task["key"])]
table = {"task": list(lanes), "number": [], "again": []}
for kind in lanes:
    table["number"] += [len(set(keys[kind]))]
    table["again"] += [len(keys[kind]) - table["number"][-1]]
figures.table(table, measured=True)

# %% tags=["hide"]
retries = dask.config.get("distributed.scheduler.allowed-failures")
assert np.array_equal(again[:], outputs[1][:])
folder.cleanup()

# %% [markdown]
# The outputs are the same as before. The table says how many tasks of each kind there are, and how many were done again, because their results were lost and still needed.
# These are mostly reads and exchanges, because at that moment the workers held many blocks and had written few.
#
# There is a limit, in case a task itself is what kills workers: if {eval}`retries + 1` workers die with the same task, Dask gives it up, and `result` raises `KilledWorker`.
#
# ## What trimming spoils: strides
#
# `map_overlap` trims as many rows of outputs as the halo has rows of inputs. That is right at stride 1 and under "same" only.
# At stride 2 Dask announces a wrong shape, but `compute` raises no error. Here, with two by two blocks of 30 by 30, even the computed shape is right:

# %%
eye = grey[165:225, 185:245]
x = da.from_array(eye, chunks=30)
options = {"kernel": edges, "depth": 1, "boundary": "none", "dtype": float}
lazy = x.map_overlap(conv.correlate, stride=2, **options)
made = lazy.compute(scheduler="synchronous")
right = conv.correlate(eye, edges, stride=2)
lazy.shape, made.shape, right.shape, int((made != right).sum())

# %% tags=["hide"]
assert made.shape == right.shape != lazy.shape
whole, part = (
    conv.Geometry.of((n,), (3,), stride=2).pads[0] for n in (60, 31)
)
assert (whole, part) == ((0, 1), (1, 1))
last = np.kron([[0, 0], [0, 1]], np.ones((15, 15), int)) == 1
assert np.array_equal(made == right, last)


# %% tags=["hide"]
limit = np.abs(right).max() / 2
drawn = {"whole": right, "by map_overlap": made, "difference": made - right}
larger = {name: np.kron(y, np.ones((5, 5))) for name, y in drawn.items()}
scale = {"limits": (-limit, limit), "signed": True, "note": " "}

# %% tags=["hide"]
figures.beside(
    *(figures.Picture(y, name, **scale) for name, y in larger.items()),
    caption="Edges at stride 2 around an eye: from the whole, and from two by two blocks. In three of the four blocks every output differs, and yet they look like edges. Green is positive, violet negative.",
    alt="Two pictures of edges, the second with a dark stripe on its left, and their difference, which is coloured in three quarters and blank in the last.",
)

# %% [markdown]
# What went wrong? With its halo a block has 31 rows, and for these "same" puts a zero before the first row.
# The whole image has {eval}`len(x)` rows, and there "same" puts none.
# So the windows of the first block begin with rows −1, 1, 3 and so on, and those of the whole with 0, 2, 4.
# (The last block is right by luck. With its halo it begins with row {eval}`len(x) // 2 - 1`, so the zero is in the place of row {eval}`len(x) // 2 - 2`, and the windows begin with even rows, as in the whole.)
#
# With a stride, cut the outputs instead of the inputs, as `one_block` does.
#
# ??? note "The lines that change for a real cluster"
#     Start `dask scheduler` on one machine and `dask worker tcp://HOST:8786` on the others, or let [Dask-Jobqueue](https://jobqueue.dask.org/) ask a batch system such as Slurm for them.
#     Put the store where all machines reach it: on a shared file system or an object store.
#     In place of `two_workers()` stands then
#
#     ```python
#     client = Client("tcp://HOST:8786")
#     ```
#
#     All machines need the same versions of `conv`, Dask and Zarr.
#
# ??? note "On macOS and Windows"
#     This page is built and tested on Linux. On macOS the table and the figure have the memory after each scan instead of the peak.
#
# ## Exercises
#
# ### Exercise 1: find the bug
#
# Somebody adds up 5 by 5 pixels and keeps `depth=1`. The bug raises no error. Which of the 60 by 60 outputs are wrong, and how many?

# %%
options["kernel"] = np.ones((5, 5))
blurred = x.map_overlap(conv.correlate, **options)

# %% tags=["answer"]
# A halo of two rows is needed, and one is missing on each side of a cut. So the two rows and the two columns that touch a cut are wrong, and the four outputs where these cross count once.
right = conv.correlate(eye, options["kernel"])
wrong = blurred.compute(scheduler="synchronous") != right
[i for i in range(60) if wrong[i].all()], int(wrong.sum())

# %% [markdown]
# ### Exercise 2: two filters, one exchange
#
# Two filters of 3 by 3 follow each other, and workers should exchange a halo once for both. How deep must the halo be?


# %% tags=["answer"]
# Two rows and columns, because each filter uses up one: what counts is the receptive field of both together, 5 by 5.
def both(block):
    return conv.correlate(conv.correlate(block, edges), edges)


deeper = {"depth": 2, "boundary": "none", "dtype": float}
once = x.map_overlap(both, **deeper).compute(scheduler="synchronous")
np.array_equal(once, both(eye))

# %% [markdown]
# ## What you can do now
#
# You can spread a convolution over processes that may fail, choose between tasks that read for themselves and workers that exchange a halo, and say how deep the halo must be.
#
# Next here: [overlap-save](methods.py#why-does-the-left-edge-come-back), by which the FFT works on blocks that overlap, too.
#
# Elsewhere:
#
# - Dask, [Overlapping computations](https://docs.dask.org/en/stable/array-overlap.html): other boundaries, and depths that differ.
# - Dask, [Resilience](https://distributed.dask.org/en/stable/resilience.html): what happens when tasks raise errors, workers fail or the scheduler does.
