# %% [markdown]
# # Many workers: convolution with Dask
#
# How do you spread one convolution over many processes or machines, and is the result still the same?

# %%
import logging
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
x = np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8])
y = conv.correlate(x, [1, 2, 1])
whole = figures.Grid(y, "all together: the output", "output")
halos = "gets 5", "gets 1 and 5", "gets 6"


# %% tags=["hide"]
def worker(n):
    first, near, end = 4 * n - 4, max(0, 4 * n - 5), min(12, 4 * n + 1)
    own = np.s_[first - near : first - near + 4]
    values, roles = np.full((2, 2, end - near), "", object)
    values[0], roles[0] = x[near:end], "input"
    values[1, own], roles[1, own] = y[first : first + 4], "output"
    rings = {"focus": (0, own), "last": (0, np.s_[: end - near])}
    rings["axes"] = ("", halos[n - 1])
    return figures.Grid(values, f"worker {n}", roles, **rings)


# %% tags=["hide"]
figures.rows(
    [worker(1), worker(2), worker(3)],
    [whole],
    caption="Three workers share a row of twelve pixels, for the kernel 1 2 1. Each holds four inputs, inside the line, and gets one from each neighbour, inside the dashes. Below are the outputs that it computes, and at the bottom those of all three.",
    alt="Worker 1 holds 3 1 4 1 and gets 5; its outputs are 7 9 10 11. Worker 2 holds 5 9 2 6 and gets 1 and 5; its outputs are 20 25 19 19. Worker 3 holds 5 3 5 8 and gets 6; its outputs are 19 16 21 21. Together they are the output of the whole row.",
)

# %% [markdown]
# Give each worker some blocks of the image.
# Outputs beside a cut need a few inputs of a neighbour, the [**halo**](../reference/glossary.md#halo).
# So every worker needs its own blocks and a halo, and together the outputs are the same as those of the whole image.
#
# [Dask](https://docs.dask.org/en/stable/) runs such programs. It has a **scheduler**, which hands out tasks, and **workers**, the processes that do them, on one machine or on hundreds.
# On this page two workers run on one machine. (`pip install "dask[array,distributed]" psutil zarr` installs what you need beside `conv`.)
#
# ## One task for each block
#
# [Larger than memory](large.py) has convolved a long scan in blocks, with a function `one_block` that reads a slice of a stored image and writes a slice of a stored output.
# (It calls `conv.correlate`, which is [convolution without turning the kernel](../guide/flip.py), as in deep learning.)
# Here are three scans of 4,096, 8,192 and 32,768 rows, each stored by [Zarr](https://zarr.readthedocs.io/) in files of 1,024 by 1,024 pixels.


# %% tags=["helper"]
def one_block(image, kernel, output, block, **options):
    geometry = conv.Geometry.of(image.shape, kernel.shape, **options)
    needed, zeros = geometry.input_of(block)
    options["padding"] = zeros
    output[block] = conv.correlate(image[needed], kernel, **options)


# %% tags=["helper"]
def cuts(n, side):
    return [slice(i, min(i + side, n)) for i in range(0, n, side)]


def blocks_of(output, *sides):
    return [*product(*map(cuts, output.shape, sides))]


# %% tags=["helper"]
folder = tempfile.TemporaryDirectory()
grey = np.rint(4095 * conv.images.sample().mean(axis=2)).astype("int16")
tile = np.tile(grey // 41, (2, 2))[:1024, :1024]  # 0 to 99


# %% tags=["helper"]
def stored(name, rows, columns=2048, side=1024):
    where = f"{folder.name}/{name}"
    of = {"shape": (rows, columns), "chunks": (side, side), "dtype": "int16"}
    return zarr.create_array(where, **of, compressors=None)


# %% tags=["helper"]
def scan(rows):  # photographs, with a contrast of its own in each file
    image = stored(f"scan{rows}", rows)
    for n, file in enumerate(blocks_of(image, 1024, 1024), 1):
        image[file] = n * tile
    return image


# %%
edges = conv.kernels.sobel_x()
sizes = 4096, 8192, 32768  # rows
small, medium, largest = scans = [scan(rows) for rows in sizes]
half = stored("half", sizes[0] // 2, 1024, side=512)
full = stored("full", sizes[1])

# %% tags=["hide"]
megabytes = [image.nbytes // 2**20 for image in scans]
brightest = largest.nchunks * tile.max()
assert brightest == largest[-1024:].max()
assert 4 * brightest <= np.iinfo("int16").max
block_mib = 8 * np.prod(largest.chunks) // 2**20
assert megabytes[-1] == 8 * megabytes[0]

# %% [markdown]
# A block is computed from the scan alone, so any process on any machine can do it.
# The helper `two_workers` starts a scheduler and two workers, and `client.map` makes a task of each call.
# We try stride 2 on the smallest scan, and stride 1 on the middle one, timed for later:


# %% tags=["helper"]
dask.config.set({"temporary-directory": folder.name})
logging.getLogger("distributed").setLevel("CRITICAL")  # when workers end
quiet = {"dashboard_address": "127.0.0.1:0", "silence_logs": "CRITICAL"}
# One thread each, as Dask has it, but without its MALLOC_TRIM_THRESHOLD_, which
# hands every array's memory back at once: that makes computing much slower.
few = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"], "1")
environment = os.environ | few | {"MKL_NUM_THREADS": "1"}

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


# %% tags=["helper"]
def worked(client):  # in seconds, by the processors, for all processes
    others = client.run(time.process_time).values() if client else ()
    return time.process_time() + sum(others)


# %% tags=["helper"]
@contextmanager
def timed(client=None):  # how long it took, and what was worked
    took, before, start = [], worked(client), time.perf_counter()
    yield took
    took += [time.perf_counter() - start, worked(client) - before]


# %%
def half_block(block):
    one_block(small, edges, half, block, stride=2)


def full_block(block, kernel):
    one_block(medium, kernel, full, block)


# %%
wide, by_tasks = conv.kernels.gaussian(31, 5), {}
with two_workers() as client:
    client.gather(client.map(half_block, blocks_of(half, 512, 512)))
    for kernel in (wide, edges):
        with timed(client) as by_tasks[len(kernel)]:
            blocks = blocks_of(full, 1024, 1024)
            client.gather(client.map(full_block, blocks, kernel=kernel))
right = conv.correlate(small[:], edges, stride=2)
np.array_equal(half[:], right)

# %% tags=["hide"]
assert np.array_equal(half[:], right)

# %% [markdown]
# The outputs are exactly the same, because our pixels are whole numbers; with fractions they would agree up to rounding.
#
# This works at any stride, and no worker has to wait for another.
# Each block of outputs has a file of its own, because two workers that write into one file may overwrite each other's outputs without an error.
# But the halo is not free: a worker reads a neighbour's whole file for one row of it.
#
# ## A halo that workers exchange
#
# To read each file once, a worker must get the halo from the worker that holds the neighbour.
# Dask arranges this **halo exchange** with `map_overlap`, which does three things with each block:
#
# 1. It adds a halo of `depth` rows and columns from the neighbours.
# 2. It calls our function, here `conv.correlate`, on block and halo together.
# 3. It trims `depth` rows and columns from each side of the result.
#
# How deep must the halo be? Our kernel of 3 reaches 1 pixel beyond its middle, so `depth` is 1.
# For a kernel of odd [extent](../reference/glossary.md#extent) $e$ (without dilation, its side) it is $(e - 1) / 2$, at stride 1 and with the padding ["same"](../guide/padding.py).


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
# In the middle, the zeros of "same" do not belong there, so the outermost outputs are wrong.
# At stride 1 these are exactly the outputs of the halo, so trimming removes them.
# At the image's border the zero is right. The option `boundary="none"` tells Dask to add and trim nothing there.


# %%
def convolved(image):
    halo = {"depth": 1, "boundary": "none", "dtype": float}
    x = da.from_zarr(image)
    y = x.map_overlap(conv.correlate, kernel=edges, **halo)
    return y.astype("int16")  # holds 4 times the brightest pixel


# %% [markdown]
# ## How much memory does a worker need?
#
# Calling `convolved` only writes a list of tasks. `da.store` adds a write for each block, and has all of them done.
# With `lock=False` both workers may write at once, which is safe because each block has its own file.
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
outputs = [stored(f"edges{n}", n) for n in sizes]
peaks, runs = [], []
with two_workers() as client:
    idle = max(client.run(peak).values())
    for image, output in zip(scans, outputs, strict=True):
        with get_task_stream(client) as tasks, timed(client) as took:
            da.store(convolved(image), output, lock=False)
        runs.append((tasks.data, took))
        peaks.append(max(client.run(peak).values()) - idle)
np.array_equal(outputs[0][:], conv.correlate(small[:], edges))

# %% tags=["hide"]
grown = megabytes[-1] - megabytes[0]
if sys.platform == "linux":  # elsewhere other pages may be counted
    assert max(peaks) < megabytes[-1]
    assert peaks[-1] - peaks[0] < grown / 2
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
    kind = next((k for k in lanes if f"'{lanes[k]}" in str(key)), None)
    if kind == "exchange" and not any(i % 1 for i in key[1:]):
        return None  # the block itself, which is not cut
    return kind


# %% tags=["hide"]
def lane_of(task):
    return kind_of(task["key"])


def first(stream):  # when the first of the drawn tasks began
    spans = (span for task in stream for span in bars(task))
    return min(begin for _, begin, _ in spans)


# %% tags=["hide"]
def ended(task):
    return max(span["stop"] for span in task["startstops"])


# %% tags=["hide"]
def bars(task):  # without those that fetch where a scan is stored
    kind = kind_of(task["key"])
    for span in task["startstops"] if kind else ():
        moved = span["action"] == "transfer"
        if not (moved and kind == "read"):
            lane = "exchange" if moved else kind
            yield lane, span["start"], span["stop"]


# %% tags=["hide"]
def counts(stream):  # blocks read and convolved so far, at each time
    stream = sorted(filter(lane_of, stream), key=ended)
    kinds = np.array([kind_of(task["key"]) for task in stream])
    at = np.array([ended(task) for task in stream])
    read, done = np.cumsum(kinds == "read"), np.cumsum(kinds == "correlate")
    return at - first(stream), read, done


# %% tags=["hide"]
streams, exchanges = zip(*runs, strict=True)
table = {"image in MiB": megabytes}
table["blocks"] = [image.nchunks for image in scans]
most = [int((read - done).max()) for _, read, done in map(counts, streams)]
table["waiting at most"] = most
table["one worker in MiB"] = [round(peak) for peak in peaks]
table["whole at once in MiB"] = [9 * size for size in megabytes]
assert table["waiting at most"][-1] < scans[-1].nchunks / 2
figures.table(table, measured=True)

# %% [markdown]
# The memory is on top of Python and its libraries. The last column is counted: the image, and in float64 its padded copy and the output.
# The largest scan is eight times the smallest, {eval}`grown` MiB more, but a worker's peak rises by less than half of that.
#
# The block in work takes {eval}`block_mib` MiB for its padded copy in float64, and as much for its outputs.
# A block that was read and **waits** for its neighbours' halos takes only a quarter of that in `int16`. (Dask and Zarr hold buffers besides.)
# So a worker needs about {eval}`2 * block_mib` MiB for the block in work, and {eval}`block_mib // 4` MiB for each block of which a neighbour still needs a part.
# (The table counts the blocks of both workers, and each of its peaks includes the runs above it.) Of the largest scan fewer than half of the blocks wait at any time:

# %% tags=["hide"]
at, read, done = counts(tasks.data)
figures.curves(
    at,
    {"read so far": read, "convolved so far": done, "waiting": read - done},
    **{"x_label": "time in s", "y_label": "blocks", "measured": True},
    **{"styles": ["thin"] * 3},
    caption="The largest scan: how many blocks were read, how many were convolved, and the difference, which is those that wait.",
    alt="Two curves rise together from 0 to 64 blocks. The third, their difference, rises at first and then stays low.",
)

# %% [markdown]
# A block can be convolved as soon as its neighbours' halos have arrived, and it is forgotten once the neighbours have theirs.
# Dask orders the tasks so that this happens early. But that is no strict limit, so leave some memory free.
#
# The **task stream** shows the same run, worker by worker:

# %% tags=["hide"]
lanes_of = {f"worker {n}": {kind: [] for kind in lanes} for n in (1, 2)}
for task in tasks.data:
    own = lanes_of[f"worker {1 + names.index(task['worker'])}"]
    for lane, begin, end in bars(task):
        own[lane] += [(begin, end)]

# %% tags=["hide"]
for kinds in lanes_of.values():
    started, done = sorted(kinds["read"]), sorted(kinds["correlate"])
    assert done[0][1] < started[len(started) // 2][0]
figures.stream(
    lanes_of,
    caption="What the workers did while they convolved the largest scan: a bar for each task, from its beginning to its end. Exchange: cutting the strips and corners that neighbours need, and fetching them or, now and then, a whole block. Correlate: including the write.",
    alt="For each of two workers three rows of short bars from the beginning to the end: read, exchange and correlate.",
)

# %% [markdown]
# ## Which way is faster?
#
# Here are both ways beside a plain loop of `one_block` in a single process, for the scan of {eval}`megabytes[1]` MiB at stride 1.
# The third column adds up the computing of all processes.

# %% tags=["hide"]
plain, alone = stored("plain", sizes[1]), {}
for kernel in (wide, edges):
    with timed() as alone[len(kernel)]:
        for block in blocks_of(plain, 1024, 1024):
            one_block(medium, kernel, plain, block)
assert np.array_equal(full[:], plain[:])
assert np.array_equal(outputs[1][:], plain[:])
assert by_tasks[31][1] < 2 * alone[31][1]


# %% tags=["hide"]
def files_read(image):  # by blocks of one file each, at stride 1
    of, side = conv.Geometry.of(image.shape, edges.shape), image.chunks[0]
    needed = [of.input_of(block)[0] for block in blocks_of(image, side, side)]
    ends = [
        [(p.start // side, -(-p.stop // side)) for p in n] for n in needed
    ]
    return sum(int(np.prod([b - a for a, b in block])) for block in ends)


# %% tags=["hide"]
files, own = files_read(medium), medium.nchunks
ways = {"3 by 3, loop": alone[3], "tasks": by_tasks[3]}
ways |= {"exchange": exchanges[1]}
ways |= {"31 by 31, loop": alone[31], "tasks ": by_tasks[31]}
times = zip(*ways.values(), strict=True)
table = {"kernel and way": [*ways]}
table |= dict(zip(["time in s", "computing in s"], times, strict=True))
table["files read"] = [files, files, own, files, files]
assert counts(streams[1])[1][-1] == own
figures.table(table, measured=True)

# %% [markdown]
# The scan has {eval}`own` files. Tasks that read for themselves read {eval}`files`, because each opens its neighbours' files, too; the exchange reads every file once.
#
# With nine multiplications per pixel a block is done so soon that what Dask adds to each task counts, so with a small kernel on one machine, try the loop first.
# With 31 by 31 the computing is less than twice that of the loop, however busy the machine was. Two workers share it, so on free processors they finish first.
# And workers pay when many machines hold parts of the image.
#
# Exchange halos if reading is slow, or if the blocks come from an earlier computation.
#
# ## What if a worker dies?
#
# Among many machines one may fail at any time.
# But the scheduler knows which results were lost with it, and which tasks made them, so it has these tasks done again.
# Let us try: as soon as a block of outputs is written, we kill the worker that holds more results.

# %%
again = stored("again", sizes[1])
with two_workers() as client, get_task_stream(client) as tasks:
    pids = client.run(os.getpid)  # of both workers
    writes = da.store(convolved(medium), again, lock=False, compute=False)
    job = client.compute(writes)
    while again.nchunks_initialized == 0:
        time.sleep(0.01)
    held = client.has_what()  # results, by worker
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
assert table["number"] == [own, files - own, own]
retries = dask.config.get("distributed.scheduler.allowed-failures")
assert np.array_equal(again[:], outputs[1][:])
folder.cleanup()

# %% [markdown]
# The outputs are the same as before. The table says how many tasks of each kind there are, and how many were done again, because their results were lost and still needed.
# Even a block that was convolved already may be read again, if a neighbour still needed its strip, and it may be written twice, with the same outputs.
#
# There is a limit, in case a task itself kills workers: if {eval}`retries + 1` of them die with the same task, Dask gives it up, and `result` raises `KilledWorker`.
#
# ## Why trimming is not enough at stride 2
#
# `map_overlap` trims as many rows of outputs as the halo has rows of inputs.
# At stride 1, with "same", the outputs of the halo are all that is wrong, so trimming repairs everything.
# At stride 2 a window must begin on the right rows of the whole image, here the even ones. A block's "same" counts from its own first row, so its windows may begin on odd rows, and trimming cannot move them.
# Here, with two by two blocks of 30 by 30, `compute` raises no error and the computed shape is right, but most outputs are wrong:

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
    caption="Edges at stride 2 around an eye: from the whole image, from two by two blocks, and the second minus the first. Green is positive, violet negative. The violet stripe at the right of the first is no error: there the image ends, and the zeros beyond it make an edge. The green one at the left of the second is wrong.",
    alt="Two pictures of edges, and their difference, which is coloured in three quarters and blank in the last.",
)

# %% [markdown]
# With its halo the first block has 31 rows, and for these "same" puts a zero before the first row; for the {eval}`len(eye)` rows of the whole image it puts none.
# So the windows of the block begin with rows −1, 1, 3 and so on, and those of the whole with 0, 2, 4. (The last block is right by luck, because its halo begins with an odd row.)
#
# To repair this, let the windows begin where the block begins, in the second row of block and halo together.
# With `padding="valid"` no zeros come between blocks, and nothing is left to trim:


# %%
def at_stride_2(block):  # in a halo of one
    inputs = block[1:, 1:]
    return conv.correlate(inputs, edges, stride=2, padding="valid")


# zeros around the image, and blocks of 15 by 15 outputs
halo = {"depth": 1, "boundary": 0, "trim": False, "dtype": float}
repaired = x.map_overlap(at_stride_2, chunks=(15, 15), **halo)
np.array_equal(repaired.compute(scheduler="synchronous"), right)

# %% tags=["hide"]
for side, equal in ((30, True), (20, True), (10, True), (15, False)):
    x = da.from_array(eye, chunks=side)
    of = {"chunks": (side // 2, side // 2), **halo}
    made = x.map_overlap(at_stride_2, **of).compute(scheduler="synchronous")
    assert np.array_equal(made, right) == equal
x = da.from_array(eye, chunks=30)

# %% [markdown]
# All blocks must have equal, even sides, so that each begins on an even row, as the windows do, and Dask knows the size of its outputs, 15 by 15. `one_block` needs no such care.
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
#     All machines need the same versions of Python, NumPy, `conv`, Dask and Zarr.
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
# You can spread a convolution over processes that may fail, choose how they get the halo, and say how deep it must be.
#
# Back to [overlap-save](methods.py#circular-wrap-around-what-leaves-at-one-edge-returns-at-the-other), by which the FFT works on blocks that overlap, too.
#
# Elsewhere:
#
# - Dask, [Overlapping computations](https://docs.dask.org/en/stable/array-overlap.html): other boundaries, and depths that differ.
# - Dask, [Resilience](https://distributed.dask.org/en/stable/resilience.html): what happens when tasks raise errors, workers fail or the scheduler does.
