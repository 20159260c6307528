# %% [markdown]
# # Larger than memory: convolution in blocks
#
# How do you convolve an image that does not fit into memory?

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
import cloudpickle
import dask
import dask.array as da
import numpy as np
import psutil
import zarr
from dask.distributed import Client, get_task_stream

import conv
from conv import figures

# %% tags=["hide"]
drawn = {}
for name, n in (("stride", 1), ("stride", 2), ("dilation", 2)):
    drawn[f"{name} {n}"] = conv.Geometry.of((12, 12), (3, 3), **{name: n})
figures.blocks(
    drawn,
    caption="An image of 12 by 12 with zeros around it, and below it its output in nine blocks, for a kernel of 3 by 3; the strongly coloured blocks are done. Play, or step: the framed block of outputs needs the inputs within the dashes, whose rows and columns, without zeros, are named below. What lies between the dashes and the line around the block's own place is the halo, or zeros where the image ends. At stride 2 it is one row below and one column to the right.",
    alt="Three images of 12 by 12, each with its output below it, for stride 1, stride 2 and dilation 2. The block in the middle of each output is framed. In the images a line is around 4 by 4 pixels at the same place, and dashes around 6 by 6, 5 by 5 and 8 by 8.",
)

# %% [markdown]
# Cut the output into blocks, and compute each from the inputs at the same place and from some beside them, which belong to its neighbours: the **halo**.
# Memory is needed only for the blocks in work, and the blocks of outputs, put together, equal the whole output (with fractions, up to rounding).
#
# ## Which inputs does a block of outputs need?
#
# Take a kernel with 3 rows, and one row of zeros before the image.
# Output row 4 is a sum over the input rows 3 to 5, and output row 7 over the rows 6 to 8.
# So the block of output rows 4 to 7 needs the input rows 3 to 8: its own four, and one more on each side.
#
# In general, let $s$ be the stride, $p_\text{before}$ the number of zeros before the image, and $e = d (k - 1) + 1$ the **extent** of a kernel with $k$ rows at dilation $d$: the rows from its first entry to its last.
# Then output row $i$ reads only input rows $i'$ with
#
# $$ i s - p_\text{before} \;\le\; i' \;\le\; i s - p_\text{before} + e - 1 . $$
#
# A block takes the whole range from its first output's first row to its last output's last row, and likewise the columns.
# (Some of them are not used, if dilation skips them or the stride is longer than $e$.)
# Where they reach beyond the image, zeros stand in,
# so `Geometry.input_of` returns two things: the slices of the image, and how many zeros belong on each side of them.

# %%
geometry = conv.Geometry.of((12,), (3,))
geometry.input_of([slice(4, 8)]), geometry.input_of([slice(8, 12)])

# %% [markdown]
# The first block has neighbours on both sides, and the second ends at the image's border, where one zero takes the place of the halo.
# By the same formula, outputs 8 to 15 of a signal with 96 values need these inputs.
# (The halo, before and after, is what lies beyond the inputs at the same place, which are $8 s$ to $16 s - 1$. Where no padding is named, it is ["same"](../guide/padding.py).)

# %% tags=["hide"]
cases = [(3, 1, 1), (5, 1, 1), (4, 1, 1), (3, 1, 4), (3, 2, 1), (3, 3, 1)]
lines = []
for k, s, d in cases:
    geometry = conv.Geometry.of((96,), (k,), stride=s, dilation=d)
    ((part,), _) = geometry.input_of([slice(8, 16)])
    span = f"{part.start} to {part.stop - 1}"
    halo = f"{8 * s - part.start}, {part.stop - 16 * s}"
    lines += [(k, s, d, geometry.pads[0][0], span, halo)]

# %% tags=["hide"]
heads = "kernel", "stride", "dilation", "zeros before"
heads += "inputs needed", "halo"
figures.table(dict(zip(heads, zip(*lines, strict=True), strict=True)))

# %% [markdown]
# At stride 1 an even extent reaches one row farther after its output than before. At stride 3 windows of 3 touch without overlapping, so no two blocks share an input. (At strides above 1 the zeros before, and with them the halo, depend on the number of inputs.)
#
# ## The same numbers, block by block
#
# With those zeros as its padding, each block of outputs is an ordinary cross-correlation of a small image, provided that it sees some of the image.
# (In a padding wider than that of "full" a block may lie among zeros alone.)
# `one_block` asks the image for nothing but a slice, and writes nothing but a slice of the output,
# so both may be arrays in memory or on a disk:


# %%
def one_block(image, kernel, output, block, **options):
    geometry = conv.Geometry.of(image.shape, kernel.shape, **options)
    needed, zeros = geometry.input_of(block)
    options["padding"] = zeros
    output[block] = conv.correlate(image[needed], kernel, **options)


def blocks_of(output, side):
    corners = product(*(range(0, n, side) for n in output.shape))
    return [tuple(slice(i, i + side) for i in at) for at in corners]


# %% [markdown]
# Sobel's kernel on our photograph, in blocks of 100 by 100 outputs, at three strides:

# %%
grey = np.rint(4095 * conv.images.sample().mean(axis=2)).astype("int16")
edges = conv.kernels.sobel_x()
for stride in (1, 2, 3):
    right = conv.correlate(grey, edges, stride=stride)
    made = np.zeros_like(right)
    for block in blocks_of(made, 100):
        one_block(grey, edges, made, block, stride=stride)
    print("stride", stride, "equal:", np.array_equal(made, right))
    assert np.array_equal(made, right)

# %% tags=["hide"]
x = np.random.default_rng(0).integers(-99, 99, (31, 40))
ways = ((1, 2, "same"), (2, 1, "full"), (3, 2, "valid"))
for k, side, way in product(((3, 3), (4, 2), (1, 5)), (1, 7, 50), ways):
    w = np.arange(-3, np.prod(k) - 3).reshape(k)
    options = dict(zip(("stride", "dilation", "padding"), way, strict=True))
    right = conv.correlate(x, w, **options)
    made = np.zeros_like(right)
    for block in blocks_of(made, side):
        one_block(x, w, made, block, **options)
    assert np.array_equal(made, right)

# %% [markdown]
# The pixels are whole numbers up to {eval}`grey.max()`, so float64 is exact here.
# With fractions the blocks may differ from the whole in the last digits, because the order of a sum decides how it is rounded.
#
# ## An image that does not fit
#
# Take a scanner whose camera is 2,048 pixels wide and reads line after line, so that its images grow in height alone.
# [Zarr](https://zarr.readthedocs.io/) keeps such a scan on disk in files, for which we choose 1,024 by 1,024 pixels,
# and when you ask for a slice, it reads only the files that the slice touches.
# We store three scans, made of copies of our photograph that get a little brighter from one to the next, and a place for outputs with a file for each of their blocks.
# If two blocks shared a file, two workers might overwrite each other's outputs, and no error would tell.
# (`pip install cloudpickle "dask[array,distributed]" psutil zarr` installs what this page needs beside `conv`.)

# %% tags=["helper"]
folder = tempfile.TemporaryDirectory()
strip = np.tile(grey, (2, 4))[:1024]


# %% tags=["helper"]
def stored(name, rows, columns=2048, side=1024):
    where = f"{folder.name}/{name}"
    of = {"shape": (rows, columns), "chunks": (side, side), "dtype": "int16"}
    return zarr.create_array(where, **of, compressors=None)


# %% tags=["helper"]
def scan(rows):
    image = stored(f"scan{rows}", rows)
    for top in range(0, rows, 1024):
        image[top : top + 1024] = strip + top // 1024
    return image


# %%
sizes = 4096, 8192, 32768  # rows
scans = [scan(rows) for rows in sizes]
largest = scans[-1]
half = stored("half", sizes[-1] // 2, 1024, side=512)

# %% tags=["hide"]
megabytes = [image.nbytes // 2**20 for image in scans]
brightest = strip.max() + sizes[-1] // 1024 - 1
assert brightest == largest[-1024:].max()
assert 4 * brightest <= np.iinfo("int16").max
block_mib = 8 * np.prod(largest.chunks) // 2**20

# %% [markdown]
# The largest scan takes {eval}`megabytes[-1]` MiB.
# `limited` runs code in a process of its own, and allows it as much on top of what Python and its libraries take.
# At stride 2 we try the whole at once, and blocks of 512 by 512 outputs:


# %% tags=["helper"]
# The limit counts addresses, even those that are only reserved. So the C library
# gets one arena, and NumPy and Zarr one thread each.
few = dict.fromkeys(["MALLOC_ARENA_MAX", "OPENBLAS_NUM_THREADS"], "1")
few["ZARR_THREADING__MAX_WORKERS"] = "1"

# %% tags=["helper"]
begin = """
import pickle, psutil, resource, sys
import conv, zarr
globals().update(pickle.load(sys.stdin.buffer))
limit = psutil.Process().memory_info().vms + 128 * 2**20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
"""


# %% tags=["helper"]
def limited(line):
    names = "largest", "edges", "half", "one_block", "blocks_of"
    known = cloudpickle.dumps({name: globals()[name] for name in names})
    call = [sys.executable, "-c", begin + line]
    options = {"input": known, "env": os.environ | few}
    done = subprocess.run(call, capture_output=True, **options)
    error = done.stderr.decode()
    return "MemoryError" if "MemoryError" in error else error or "done"


# %%
plain = "half[:] = conv.correlate(largest[:], edges, stride=2)"
blocks = """for block in blocks_of(half, 512):
    one_block(largest, edges, half, block, stride=2)"""
said = {way: limited(way) for way in (plain, blocks)}
for way, ended in said.items():
    print(way, f"# {ended}", sep="\n", end="\n\n")

# %% tags=["hide"]
on_linux = sys.platform == "linux"
if on_linux:
    assert [*said.values()] == ["MemoryError", "done"]

# %% [markdown]
# The plain way fails: the scan alone would fill what is allowed, and a padded copy in float64 is four times as large.
# The blocks go through.
#
# ## Many workers
#
# Each block is computed from the scan alone, so it does not matter which process computes it, or on which machine.
# [Dask](https://docs.dask.org/en/stable/) has a **scheduler**, which hands out tasks, and **workers**, which do them.
# `two_workers` starts a scheduler and two worker processes on this machine.
# Each call of `one_block` becomes a task:


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
    one_block(largest, edges, half, block, stride=2)


# %%
half[:] = 0
with two_workers() as client:
    client.gather(client.map(half_block, blocks_of(half, 512)))
right = conv.correlate(largest[:1026], edges, stride=2)
assert np.array_equal(half[:512], right[:512])

# %% [markdown]
# Each worker reads and writes for itself, at any stride.
# But files are read whole, even for the one row of a halo, so the tasks together read far more files than there are:


# %%
def files(part):  # that a slice of rows or columns touches
    return -(-part.stop // 1024) - part.start // 1024


geometry = conv.Geometry.of(largest.shape, edges.shape, stride=2)
needed = [geometry.input_of(block)[0] for block in blocks_of(half, 512)]
largest.nchunks, sum(files(rows) * files(columns) for rows, columns in needed)

# %% [markdown]
# ## A halo that workers exchange
#
# To read each file once, a worker must get the halo from the worker that holds the neighbour.
# Dask arranges that, no matter whether blocks come from a disk or out of an earlier computation:
# `map_overlap` gives each block a halo of `depth` rows and columns from its neighbours (the larger number of the table's last column), and calls `conv.correlate` on both together.
# There "same" pads block and halo with zeros, which makes the outermost outputs wrong. At stride 1 these are the outputs of the halo, and `map_overlap` trims just them.
# At the image's border `boundary="none"` adds and trims nothing, so that the zeros are where they should be.


# %%
def convolved(image):
    halo = {"depth": 1, "boundary": "none", "dtype": float}
    x = da.from_zarr(image)
    y = x.map_overlap(conv.correlate, kernel=edges, **halo)
    return y.astype("int16")


# %% [markdown]
# (The pixels of our scans go up to {eval}`f"{brightest:,}"`, and the positive weights of `edges` add up to 4, so `int16` holds all outputs.)
# Calling `convolved` computes nothing yet: `da.store` makes tasks of it and writes the outputs, by both workers at the same time with `lock=False`.
# `peak` tells how many MiB a process has held at most.


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
assert np.array_equal(outputs[0][:], conv.correlate(scans[0][:], edges))

# %% tags=["hide"]
grown = megabytes[-1] - megabytes[0]
if on_linux:  # elsewhere other pages may be counted
    assert max(peaks) < megabytes[-1]
    assert peaks[-1] - peaks[0] < grown / 3
for n in range(0, sizes[-1], 2048):  # stride 2 takes every second output
    every_second = outputs[-1][n : n + 2048][1::2, 1::2]
    assert np.array_equal(half[n // 2 : n // 2 + 1024], every_second)

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
    caption="Peak memory beside that of Python and its libraries, on logarithmic axes. That of a worker was measured during the build, as the most that either of the two had held up to then. The plain way is counted at stride 1: the image, its padded copy and the output.",
    alt="Three curves: the plain way and the image rise in parallel with the image's size, the worker's rises little and ends below both.",
)

# %% [markdown]
# The table has, for each scan, the largest number of blocks that both workers had read and not yet convolved, and one worker's peak up to then.
# A block that waits takes {eval}`block_mib // 4` MiB in `int16`, and the one in work {eval}`block_mib` MiB for its padded copy and as much for its outputs;
# beside them Dask and Zarr hold buffers, which we did not take apart.
# The largest scan has {eval}`grown` MiB more than the smallest, but a worker's peak grew by less than a third of that.
#
# What did the workers do meanwhile?

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
    caption="What the two workers did while they convolved the largest scan: a bar from the beginning of a task to its end, measured during the build. Exchange: cutting the strips and corners that neighbours need, and fetching them or, now and then, a whole block. Correlate: including the write.",
    alt="For each of two workers three rows of short bars from the beginning to the end: read, exchange and correlate.",
)

# %% [markdown]
# Each worker wrote its first outputs before it had read half of the blocks that it was going to read.
# A block can be convolved once its neighbours' halos have arrived, and is forgotten once the neighbours have theirs.
# So the blocks that wait are far fewer than all, and their number grows much more slowly than the scan.
#
# ## What if a worker dies?
#
# Among many machines one may fail at any time. The scheduler knows which blocks were lost with it, and from which tasks each of them came.
# As soon as the first block of outputs has been written, we kill the worker that holds more results:

# %%
again = stored("again", sizes[1])
with two_workers() as client, get_task_stream(client) as tasks:
    pids = client.run(os.getpid)  # of both workers
    writes = da.store(convolved(scans[1]), again, lock=False, compute=False)
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
# The outputs are the same as before. The table counts the tasks of each kind (exchange: each block, and each strip or corner that it gives to a neighbour),
# and how many were done again, because their results were lost and still needed; that differs from run to run.
# Most are reads and exchanges, because at that moment the workers held many blocks and had written few.
# If {eval}`retries + 1` workers die with the same task, Dask blames the task, and `result` raises `KilledWorker`.
#
# ## What trimming spoils: strides
#
# `map_overlap` trims as many rows of outputs as the halo has rows of inputs, which is right at stride 1 and under "same" only.
# At stride 2 Dask announces a wrong shape before anything is computed, but `compute` raises no error, and here, with two by two blocks of 30 by 30, even its shape is right:

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
limit, begin = np.abs(right).max() / 2, 30 - options["depth"]
drawn = {"whole": right, "by map_overlap": made, "difference": made - right}
larger = {name: np.kron(y, np.ones((5, 5))) for name, y in drawn.items()}
scale = {"limits": (-limit, limit), "signed": True, "note": " "}

# %% tags=["hide"]
figures.beside(
    *(figures.Picture(y, name, **scale) for name, y in larger.items()),
    caption="Edges at stride 2 around an eye: from the whole, and from two by two blocks. In three of the four blocks every output differs, and yet they look like edges. Green is positive, violet negative. The stripe on the right comes from the zero after the last column, that on the left from a zero that does not belong there.",
    alt="Two pictures of edges, the second with a dark stripe on its left, and their difference, which is coloured in three quarters and blank in the last.",
)

# %% [markdown]
# Each block has 31 rows with its halo, and "same" puts a zero before them, but none before the {eval}`len(x)` of the whole.
# So the first block's windows begin with rows −1, 1, 3 and so on, and those of the whole with 0, 2, 4.
# The last block is right by luck: it begins with row {eval}`begin`, so its zero stands for row {eval}`begin - 1`, and its windows begin with even rows, as in the whole.
# With a stride, cut the outputs instead of the inputs, as `one_block` does.
#
# ??? note "The lines that change for a real cluster"
#     `two_workers` changes, and the store moves to where all machines reach it: a shared file system or an object store. Start `dask scheduler` on one machine and `dask worker tcp://HOST:8786` on the others,
#     or let [Dask-Jobqueue](https://jobqueue.dask.org/) ask a batch system such as Slurm for them. The workers are then found by
#
#     ```python
#     client = Client("tcp://HOST:8786")
#     ```
#
#     All machines need the same versions of `conv`, Dask and Zarr.
#
# ??? note "On macOS and Windows"
#     This page is built and tested on Linux. The limit on memory is not enforced on macOS and does not exist on Windows,
#     and on macOS the figure has the memory after each scan instead of the peak.
#
# ## Exercises
#
# ### Exercise 1: what does the halo cost?
#
# A kernel of 7 by 7 with dilation 2 runs over blocks of 1,024 by 1,024, and then of 64 by 64.
# How many times as many inputs does a block in the middle need as it has outputs?

# %% tags=["answer"]
# The extent is 2 · (7 − 1) + 1 = 13, so the halo has 6 rows on each side: little beside a large block, and not so little beside a small one. From a disk it is more, because files are read whole.
of = conv.Geometry.of((9000, 9000), (7, 7), dilation=2)
parts = {n: of.input_of([slice(n, 2 * n)] * 2)[0][0] for n in (1024, 64)}
[(p.stop - p.start) ** 2 / n**2 for n, p in parts.items()]

# %% [markdown]
# ### Exercise 2: find the bug
#
# Somebody adds up 5 by 5 pixels and keeps `depth=1`. The bug raises no error, either. Which of the 60 by 60 outputs are wrong, and how many?

# %%
options["kernel"] = np.ones((5, 5))
blurred = x.map_overlap(conv.correlate, **options)

# %% tags=["answer"]
# A halo of two rows is needed, and one is missing on each side of a cut. So the two rows and the two columns that touch a cut are wrong, and the four outputs where these cross count once.
right = conv.correlate(eye, options["kernel"])
wrong = blurred.compute(scheduler="synchronous") != right
[i for i in range(60) if wrong[i].all()], int(wrong.sum())

# %% [markdown]
# ### Exercise 3: two filters, one exchange
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
# You can say which inputs a block of outputs needs, convolve an image in blocks that fit into memory where the whole does not,
# and spread the blocks over processes that may fail.
#
# Next here: [overlap-save](methods.py#why-does-the-left-edge-come-back), by which the FFT works on blocks with a halo, too.
#
# Elsewhere:
#
# - Dask, [Overlapping computations](https://docs.dask.org/en/stable/array-overlap.html): other boundaries, and depths that differ.
# - Zarr, [user guide](https://zarr.readthedocs.io/en/stable/user-guide/): compression, and stores that are not folders.
