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
from collections import Counter
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
# So every worker needs its own blocks and their halos, and together all workers compute the output of the whole image.
#
# [Dask](https://docs.dask.org/en/stable/) runs such programs. It has a **scheduler**, which hands out tasks, and **workers**, the processes that do them, on one machine or on hundreds.
# Here two workers run on one machine. (`pip install "dask[array,distributed]" psutil zarr` installs what you need beside `conv`.)
#
# ## One task for each block
#
# [Larger than memory](large.py) has convolved a long scan in blocks, with a function `one_block` that reads a slice of a stored image and writes a slice of a stored output. ([The kernel is not turned](../guide/flip.py), as in deep learning.)
# We use the functions of that page again, in cells that are hidden here, and store three scans in files of 1,024 by 1,024 pixels:


# %% tags=["hide"]
def one_block(image, kernel, output, block, **options):
    geometry = conv.Geometry.of(image.shape, kernel.shape, **options)
    needed, zeros = geometry.input_of(block)
    options["padding"] = zeros
    output[block] = conv.correlate(image[needed], kernel, **options)


# %% tags=["hide"]
def cuts(n, side):
    return [slice(i, min(i + side, n)) for i in range(0, n, side)]


def blocks_of(output, *sides):
    return [*product(*map(cuts, output.shape, sides))]


# %% tags=["hide"]
folder = tempfile.TemporaryDirectory()
grey = np.rint(4095 * conv.images.sample().mean(axis=2)).astype("int16")
tile = np.tile(grey // 82, (2, 2))[:1024, :1024]  # 0 to 49


# %% tags=["hide"]
def stored(name, rows, columns=2048, side=1024):
    where = f"{folder.name}/{name}"
    of = {"shape": (rows, columns), "chunks": (side, side), "dtype": "int16"}
    return zarr.create_array(where, **of, compressors=None)


# %% tags=["hide"]
def scan(rows):  # photographs, with a contrast of its own in each file
    image = stored(f"scan{rows}", rows)
    for n, file in enumerate(blocks_of(image, 1024, 1024), 1):
        image[file] = n * tile
    return image


# %%
edges = conv.kernels.sobel_x()
sizes = 4096, 16384, 65536  # rows
small, medium, largest = scans = [scan(rows) for rows in sizes]
half = stored("half", 2048, 1024, side=512)

# %% tags=["hide"]
megabytes = [image.nbytes // 2**20 for image in scans]
brightest = largest.nchunks * tile.max()
assert brightest == largest[-1024:].max()
assert 4 * brightest <= np.iinfo("int16").max
block_mib = 8 * np.prod(largest.chunks) // 2**20
assert megabytes[-1] == 16 * megabytes[0]

# %% [markdown]
# A block is computed from the scan alone, so any process on any machine can do it.
# The helper `two_workers` starts a scheduler and two workers, and `client.map` makes a task of each call. Here are the edges at stride 2:


# %% tags=["hide"]
dask.config.set({"temporary-directory": folder.name})
logging.getLogger("distributed").setLevel("CRITICAL")  # when workers end
quiet = {"dashboard_address": "127.0.0.1:0", "silence_logs": "CRITICAL"}
# One thread each, as Dask has it, but without its MALLOC_TRIM_THRESHOLD_, which
# hands every array's memory back at once: that makes computing much slower.
few = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"], "1")
environment = os.environ | few | {"MKL_NUM_THREADS": "1"}
# Otherwise a worker that asks a dead one now and then waits for 30 seconds.
environment["DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT"] = "3s"

# %% tags=["hide"]
command = [sys.executable, "-m", "dask", "worker", "--no-nanny"]
command += ["--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"]
command += ["--dashboard-address", "127.0.0.1:0"]
command += ["--local-directory", folder.name]


# %% tags=["hide"]
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


# %% tags=["hide"]
def worked(client):  # in seconds, by the processors, for all processes
    others = client.run(time.process_time).values() if client else ()
    return time.process_time() + sum(others)


# %% tags=["hide"]
@contextmanager
def timed(client=None):  # how long it took, and what was worked
    took, before, start = [], worked(client), time.perf_counter()
    yield took
    took += [time.perf_counter() - start, worked(client) - before]


# %%
def half_block(block):
    one_block(small, edges, half, block, stride=2)


with two_workers() as client:
    client.gather(client.map(half_block, blocks_of(half, 512, 512)))
right = conv.correlate(small[:], edges, stride=2)
np.array_equal(half[:], right)

# %% tags=["hide"]
assert np.array_equal(half[:], right)

# %% [markdown]
# The outputs are exactly the same, because our pixels are whole numbers; with fractions they would agree up to rounding.
#
# This works at any stride, and no worker has to wait for another.
# Each block of outputs has a file of its own, because two workers that write into one file may overwrite each other's outputs without an error.
# But the halo is not free, because a worker reads a neighbour's whole file for one row of it.
#
# ## A halo that workers exchange
#
# To read each file once, a worker must get the halo from the worker that holds the neighbour.
# This **halo exchange** is what Dask's `map_overlap` does. For each block it takes three steps:
#
# 1. It adds a halo of `depth` rows and columns from the neighbours.
# 2. It calls our function, here `conv.correlate`, on block and halo together.
# 3. It trims `depth` rows and columns from each side of the result.
#
# How deep must the halo be? Our kernel of 3 reaches 1 pixel beyond its middle, so `depth` is 1.
# For a kernel of odd [extent](../reference/glossary.md#extent) $e$, at stride 1 and with the padding ["same"](../guide/padding.py), the depth is $(e - 1) / 2$.


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
# In the middle, "same" puts zeros where the image goes on, so the outermost outputs are wrong.
# At stride 1 these are exactly the outputs of the halo, so trimming removes them.
# At the image's border the zero is right, and `boundary="none"` tells Dask to add and trim nothing there.


# %%
def convolved(image, kernel=edges):
    halo = {"depth": len(kernel) // 2, "boundary": "none", "dtype": float}
    x = da.from_zarr(image)
    y = x.map_overlap(conv.correlate, kernel=kernel, **halo)
    return y.astype("int16")  # holds 4 times the brightest pixel


# %% [markdown]
# ## How much memory does a worker need?
#
# Calling `convolved` only makes a list of tasks. `da.store` adds a write for each block, and has all tasks done.
# With `lock=False` both workers may write at once, which is safe because each block has its own file.
# The helper `watched` notes what the workers did, and the most memory that one of them held.


# %% tags=["hide"]
def peak():  # in MiB; on macOS, what it holds now
    conv, da, zarr  # all are loaded before the first measurement
    memory = psutil.Process().memory_info()
    held = getattr(memory, "peak_wset", memory.rss) / 2**20  # on Windows
    if (status := Path("/proc/self/status")).exists():
        lines = status.read_text().splitlines()
        [held] = [int(s.split()[1]) / 1024 for s in lines if "VmHWM" in s]
    return held


# %% tags=["hide"]
@contextmanager
def watched(client):
    idle, run = client.run(peak), {}
    with get_task_stream(client) as run["tasks"]:
        yield run
    peaks = client.run(peak)
    run["peak"] = max(peaks[one] - idle[one] for one in peaks)


# %%
outputs, runs = [stored(f"edges{n}", n) for n in sizes], []
for image, output in zip(scans, outputs, strict=True):
    with two_workers() as client, watched(client) as run:
        da.store(convolved(image), output, lock=False)
    runs += [run]
np.array_equal(outputs[0][:], conv.correlate(small[:], edges))

# %% tags=["hide"]
grown = megabytes[-1] - megabytes[0]
if sys.platform == "linux":  # elsewhere other pages may be counted
    peaks = [run["peak"] for run in runs]
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
streams = [run["tasks"].data for run in runs]
table = {"image in MiB": megabytes}
table["blocks"] = [image.nchunks for image in scans]
most = [int((read - done).max()) for _, read, done in map(counts, streams)]
table["waiting at most"] = most
table["one worker in MiB"] = [round(run["peak"]) for run in runs]
table["whole at once in MiB"] = [9 * size for size in megabytes]
assert table["waiting at most"][-1] < scans[-1].nchunks / 4
figures.table(table, measured=True)

# %% [markdown]
# The memory is on top of Python and its libraries. The last column is counted: the image, and in float64 its padded copy and the output.
# The largest scan has {eval}`grown` MiB more than the smallest, but a worker's peak rises by less than a third of that.
#
# The block in work takes {eval}`block_mib` MiB for its padded copy in float64, and as much for its outputs.
# A block that was read and **waits** for its neighbours' halos takes only a quarter of that in `int16`.
# So a worker needs about {eval}`2 * block_mib` MiB for the block in work, {eval}`block_mib // 4` MiB for each block that it still holds, and buffers for Dask and Zarr.
# Of all blocks of the largest scan fewer than a quarter wait at any time:

# %% tags=["hide"]
at, read, done = counts(streams[-1])
figures.curves(
    at,
    {"read so far": read, "convolved so far": done, "waiting": read - done},
    **{"x_label": "time in s", "y_label": "blocks", "measured": True},
    **{"styles": ["thin"] * 3},
    caption="The largest scan: how many blocks were read, how many were convolved, and the difference, which is those that wait.",
    alt="Two curves rise together from 0 to 128 blocks. The third, their difference, rises at first and then stays low.",
)

# %% [markdown]
# A block can be convolved as soon as its halo has arrived, and is forgotten once its neighbours have theirs.
# Dask orders the tasks so that blocks are forgotten early, but sets no strict limit, so leave some memory free.

# %% [markdown]
# ## Which way is faster?
#
# Here are both ways beside a loop of `one_block` in a single process, for the smallest scan at stride 1, in seconds, for 3 by 3 the better of two runs.
# "Computing" is the sum over all processes.

# %% tags=["hide"]
wide, sides = conv.kernels.gaussian(31, 5), (1024, 1024)
by = {name: stored(name, sizes[0]) for name in ("loop", "tasks", "exchange")}


def loop(client, kernel):
    for block in blocks_of(by["loop"], *sides):
        one_block(small, kernel, by["loop"], block)


# %% tags=["hide"]
def full_block(block, kernel):
    one_block(small, kernel, by["tasks"], block)


# %% tags=["hide"]
def tasks(client, kernel):
    blocks, options = blocks_of(by["tasks"], *sides), {"pure": False}
    client.gather(client.map(full_block, blocks, kernel=kernel, **options))


def exchange(client, kernel):
    da.store(convolved(small, kernel), by["exchange"], lock=False)


# %% tags=["hide"]
race = {(way, k): [] for way in (loop, tasks, exchange) for k in (3, 31)}
with two_workers() as client:
    for way, k in [*race, *(turn for turn in race if turn[1] == 3)]:
        with timed(client) as took:
            way(client, edges if k == 3 else wide)
        race[way, k] += [took]
best = {turn: np.min(runs, axis=0) for turn, runs in race.items()}
assert best[tasks, 31][1] < 2 * best[loop, 31][1] > best[exchange, 31][1]
for y in by.values():  # rounded down, and the last digits may differ
    assert np.abs(y[:] - by["loop"][:]).max() <= 1


# %% tags=["hide"]
def files_read(image):  # by blocks of one file each, at stride 1
    of, side = conv.Geometry.of(image.shape, edges.shape), image.chunks[0]
    needed = [of.input_of(block)[0] for block in blocks_of(image, side, side)]
    ends = [
        [(p.start // side, -(-p.stop // side)) for p in n] for n in needed
    ]
    return sum(int(np.prod([b - a for a, b in block])) for block in ends)


# %% tags=["hide"]
files, own = files_read(small), small.nchunks
table = {"way": ["loop", "tasks", "exchange"]}
for k in (3, 31):
    for n, name in enumerate(("time", "computing")):
        cells = [best[way, k][n] for way in (loop, tasks, exchange)]
        table[f"{k} by {k}: {name}"] = cells
table["files read"] = [files, files, own]
assert counts(streams[0])[1][-1] == own
figures.table(table, measured=True)

# %% [markdown]
# The scan has {eval}`own` files. Loop and tasks read {eval}`files`, because each block opens its neighbours' files, too; the exchange reads every file once.
#
# With nine multiplications per pixel a block is done so soon that what Dask adds to each task counts, so with a small kernel on one machine, try the loop first.
# With 31 by 31, tasks and exchange each compute less than twice as long as the loop, and two workers share that work, so on two free processors they finish first.
# Exchange halos if reading is slow, or if the blocks come from an earlier computation.
#
# ## What if a worker dies?
#
# Any of many machines may fail.
# But the scheduler knows which results are lost with a worker, and which tasks made them, so it has these tasks done again.
# Let us try: when some blocks of outputs are written, we kill the worker that holds more results.

# %%
again = stored("again", sizes[1])
writes = da.store(convolved(medium), again, lock=False, compute=False)
with two_workers() as client, watched(client) as run:
    pids, job = client.run(os.getpid), client.compute(writes)
    while again.nchunks_initialized < 8:
        time.sleep(0.01)
    held = client.has_what()  # results, by worker
    killed = max(held, key=lambda one: len(held[one]))
    psutil.Process(pids[killed]).kill()
    job.result()

# %% tags=["hide"]
names = "worker 1, killed", "worker 2"
drawn = {name: {lane: [] for lane in (*lanes, "again")} for name in names}
number, done, seen = Counter(), set(), set()

# %% tags=["hide"]
for task in sorted(filter(lane_of, run["tasks"].data), key=ended):
    one = drawn[names[task["worker"] != killed]]
    for lane, *span in bars(
        task
    ):  # a task done again lists earlier spans, too
        where = "again" if task["key"] in done else lane
        one[where] += [span] if (task["key"], *span) not in seen else []
        seen.add((task["key"], *span))
    number[lane_of(task)] += task["key"] not in done
    done.add(task["key"])

# %% tags=["hide"]
figures.stream(
    drawn,
    caption="What the workers did: a bar for each task, from its beginning to its end. Exchange: cutting the strips and corners that neighbours need, and fetching them or, now and then, a whole block. Correlate: including the write. Again: what had been done before, by either worker.",
    alt="Rows of short bars for two workers: read, exchange, correlate and again. Those of worker 1 end early. Those of worker 2 go on to the end, and soon after the others have ended, some of them lie in the row again.",
)

# %% tags=["hide"]
own, files = medium.nchunks, files_read(medium)
assert [number[kind] for kind in lanes] == [own, files - own, own]
retries = dask.config.get("distributed.scheduler.allowed-failures")
assert np.array_equal(again[:], outputs[1][:])
folder.cleanup()

# %% [markdown]
# The outputs are the same as before.
# Worker 2 first does again what was lost and is still needed, then goes on alone.
# It may read even a block that was convolved already, if a neighbour still needs its strip, and a block may be written twice, with the same outputs.
#
# There is a limit, in case a task itself kills workers: if {eval}`retries + 1` of them die with the same task, `result` raises `KilledWorker`.
#
# ## Why trimming is not enough at stride 2
#
# At stride 1, with "same", only the outputs of the halo are wrong, so trimming repairs everything.
# At stride 2 the windows must also begin on the right rows of the whole image, here the even ones. A block's "same" counts from its own first row, so its windows may begin on odd rows, and trimming cannot move them.
# With two by two blocks of 30 by 30, `compute` raises no error and returns the right shape, but most outputs are wrong:

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
# With its halo the first block has 31 rows, before which "same" puts a zero; before the {eval}`len(eye)` rows of the whole image it puts none.
# So the windows of the block begin with rows −1, 1, 3 and so on, and those of the whole with 0, 2, 4. (The last block is right by luck, because its halo begins with an odd row.)
#
# The repair is to let the windows begin where the block begins, in the second row of block and halo together.
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
# All blocks must have even sides (here they are equal, too), so that each begins on an even row, as the windows do, and Dask knows the size of its outputs, 15 by 15. `one_block` needs no such care.
#
# ??? note "The lines that change for a real cluster"
#     Start `dask scheduler` on one machine and `dask worker tcp://HOST:8786` on the others, or let [Dask-Jobqueue](https://jobqueue.dask.org/) ask a batch system such as Slurm for them.
#     Put the scan where all machines reach it, on a shared file system or an object store, and replace `two_workers()` by
#
#     ```python
#     client = Client("tcp://HOST:8786")
#     ```
#
#     All machines need the same versions of Python and of these libraries.
#
# ## Exercises
#
# ### Exercise 1: find the bug
#
# Somebody adds up 5 by 5 pixels and keeps `depth=1`. Which of the 60 by 60 outputs are wrong, and how many?

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
# You can spread a convolution over processes that may fail, and choose how they get a halo of the right depth.
#
# Back to [overlap-save](methods.py#circular-wrap-around-what-leaves-at-one-edge-returns-at-the-other), by which the FFT works on blocks that overlap, too.
#
# Elsewhere:
#
# - Dask, [Overlapping computations](https://docs.dask.org/en/stable/array-overlap.html): other boundaries, and depths that differ.
# - Dask, [Resilience](https://distributed.dask.org/en/stable/resilience.html): what happens when tasks raise errors, workers fail or the scheduler does.
