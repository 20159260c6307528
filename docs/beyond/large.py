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
from pathlib import Path

# %%
import dask
import dask.array as da
import numpy as np
import zarr
from dask.distributed import Client, get_task_stream

import conv
from conv import figures

# %% tags=["hide"]
block = np.s_[3:6, 3:6]
needed, zeros = conv.Geometry.of((9, 9), (3, 3)).input_of(block)
assert needed == np.s_[2:7, 2:7]
assert zeros == ((0, 0), (0, 0))
rows, columns = np.indices((9, 9)) // 3
chess, empty = (
    np.where((rows + columns) % 2, "", "input"),
    np.full((9, 9), ""),
)

# %% tags=["hide"]
figures.beside(
    figures.Grid(empty, "image", chess, focus=block, last=needed),
    "→",
    figures.Grid(empty, "output", np.where(chess, "output", ""), focus=block),
    caption="An image in nine blocks of three by three. The framed block of outputs on the right needs the inputs within the dashes: those of its own block, and the halo of one row and one column on each side, which belongs to the neighbours. The kernel is 3 by 3, at stride 1.",
    alt="Two grids of 9 by 9, coloured as a chessboard of blocks. In the output the middle block of 3 by 3 is framed; in the image the same block, and around it dashes around 5 by 5.",
)

# %% [markdown]
# Cut the output into blocks, and compute each block from the inputs below it and a border of their neighbours, which is called the **halo**.
# Only the blocks in hand need memory, and put together they are exactly what the whole image would have given.
#
# ## Which inputs does a block of outputs need?
#
# Take a kernel with 3 rows, and one row of zeros before the image.
# Output 4 is the sum over inputs 3 to 5, and output 7 over inputs 6 to 8,
# so the block of outputs 4 to 7 needs inputs 3 to 8: its own four rows, and one more on each side.
#
# In general, let the stride be $s$, the zeros before the image $p_\text{before}$, and $e$ the **extent** of the kernel, from its first entry to its last.
# Then output $i$ needs the inputs $i'$ with
#
# $$ i s - p_\text{before} \;\le\; i' \;\le\; i s - p_\text{before} + e - 1 . $$
#
# A block needs everything from the first input of its first output to the last input of its last one.
# Where that reaches beyond the image, zeros stand in.
# `Geometry.input_of` returns both: the slices of the image, and the zeros that remain on each side.

# %%
geometry = conv.Geometry.of((12,), (3,))
geometry.input_of([slice(4, 8)]), geometry.input_of([slice(8, 12)])

# %% [markdown]
# At other strides and with other kernels the counting is less obvious, and the code is the same:

# %% tags=["hide"]
table = {"kernel": [3, 5, 4, 3, 3, 3], "stride": [1, 1, 1, 1, 2, 3]}
table["dilation"], table["inputs needed"] = [1, 1, 1, 4, 1, 1], []
for k, s, d in zip(*list(table.values())[:3], strict=True):
    geometry = conv.Geometry.of((96,), (k,), stride=s, dilation=d)
    ((part,), _) = geometry.input_of([slice(8, 16)])
    table["inputs needed"] += [f"{part.start} to {part.stop - 1}"]
note = "Inputs for outputs 8 to 15 in one dimension, with padding same"
figures.table(table, note=note)

# %% [markdown]
# ## The same numbers, block by block
#
# With the zeros as padding, each block is an ordinary cross-correlation of a small image:


# %%
def blockwise(image, kernel, side, **options):
    geometry = conv.Geometry.of(image.shape, kernel.shape, **options)
    output = np.empty(geometry.output_size)
    for place in np.ndindex(*(-(-n // side) for n in output.shape)):
        block = tuple(slice(i * side, (i + 1) * side) for i in place)
        needed, zeros = geometry.input_of(block)
        of_block = options | {"padding": zeros}
        output[block] = conv.correlate(image[needed], kernel, **of_block)
    return output


# %%
grey = np.rint(4095 * conv.images.sample().mean(axis=2)).astype(np.int16)
edges = conv.kernels.sobel_x()
whole = {n: conv.correlate(grey, edges, stride=n) for n in (1, 2, 3)}
for n in whole:
    assert np.array_equal(blockwise(grey, edges, 100, stride=n), whole[n])

# %% tags=["hide"]
draw = np.random.default_rng(0)
x = draw.integers(-99, 99, (31, 40))
for k in ((3, 3), (4, 2), (1, 5)):
    for s, d, pads in ((1, 2, "same"), (2, 1, "full"), (3, 2, "valid")):
        w, of = draw.integers(-9, 9, k), {"stride": s, "dilation": d}
        y = conv.correlate(x, w, padding=pads, **of)
        for side in (1, 7, 50):
            assert np.array_equal(
                blockwise(x, w, side, padding=pads, **of), y
            )

# %% [markdown]
# Pixels here are whole numbers from 0 to {eval}`grey.max()`, and so are all products and sums, which float64 holds exactly.
# So the blocks equal the whole in every bit, at any stride. With fractions they may differ in the last digits, because sums are rounded.
#
# ## An image that does not fit
#
# The camera of a scanner is 2,048 pixels wide and reads line after line, so its image only grows downwards.
# [Zarr](https://zarr.readthedocs.io/) keeps such an array in a folder, with a file for each block of 1,024 by 1,024 pixels,
# and reads only the files of those pixels that you ask for.
# (Zarr, and Dask below, come with `pip install "dask[array,distributed]" zarr`.)

# %% tags=["hide"]
folder = tempfile.TemporaryDirectory()
dask.config.set({"temporary-directory": folder.name})
strip = np.tile(grey, (2, 4))[:1024]


def stored(name, rows):
    where = f"{folder.name}/{name}"
    of = {"shape": (rows, 2048), "chunks": (1024, 1024), "dtype": "int16"}
    return zarr.create_array(where, **of, compressors=None)


# %% tags=["hide"]
def scan(rows):
    image = stored(f"scan{rows}", rows)
    for top in range(0, rows, 1024):
        image[top : top + 1024] = strip + top // 1024
    return image


# %% tags=["hide"]
sizes = 4096, 8192, 16384, 32768
scans = [scan(rows) for rows in sizes]
megabytes = [image.nbytes // 2**20 for image in scans]

# %%
scans[-1].shape, scans[-1].chunks, scans[-1].dtype

# %% [markdown]
# The largest scan has {eval}`megabytes[-1]` MiB.
# We give a process {eval}`megabytes[-1]` MiB beside what Python and its libraries take, and let it read that scan the plain way.

# %%
plain = """
import psutil, resource, sys, zarr
limit = psutil.Process().memory_info().vms + 128 * 2**20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
image = zarr.open_array(sys.argv[1])[:]
"""
call = [sys.executable, "-c", plain, f"{folder.name}/scan32768"]
tried = subprocess.run(call, capture_output=True, text=True)
print(tried.stderr.strip().rpartition("\n")[2])

# %% tags=["hide"]
on_linux = sys.platform == "linux"
if on_linux:
    assert "MemoryError: Unable to allocate 128. MiB" in tried.stderr

# %% [markdown]
# It stops at its last line, and would not get far with the image either:
# `conv.correlate` computes integers in float64, so a padded copy and the output take four times as much each.
#
# ## Two workers, and a halo that they exchange
#
# [Dask](https://docs.dask.org/en/stable/array.html) makes a task of each block.
# A **scheduler** hands the tasks to **workers**, processes that wait for work on this machine or on others.
# Here are two, started by the command that starts them anywhere:


# %%
@contextmanager
def two_workers():
    with Client(n_workers=0, **quiet) as client:
        start = [*command, client.scheduler.address]
        with running(start), running(start) as second:
            client.wait_for_workers(2, timeout=60)
            yield client, second


# %% tags=["hide"]
command = [sys.executable, "-m", "dask", "worker", "--no-nanny"]
command += ["--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"]
command += ["--dashboard-address", "127.0.0.1:0"]
command += ["--local-directory", folder.name]
environment = {"MALLOC_TRIM_THRESHOLD_": "65536"}  # as Dask's own nanny does
quiet = {"dashboard_address": "127.0.0.1:0", "silence_logs": "CRITICAL"}


# %% tags=["hide"]
@contextmanager
def running(start):  # ended in any case
    options = {"stderr": subprocess.DEVNULL, "env": os.environ | environment}
    process = subprocess.Popen(start, **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


# %% [markdown]
# The convolution itself is one call. `map_overlap` gives each block a halo of `depth` rows and columns from its neighbours,
# calls `conv.correlate`, and trims what the halo made. At the image's border there is no neighbour (`boundary="none"`), so nothing is trimmed and padding puts its zeros.


# %%
def convolved(image):
    halo = {"depth": 1, "boundary": "none", "dtype": float}
    x = da.from_zarr(image)
    y = x.map_overlap(conv.correlate, kernel=edges, **halo)
    return y.astype("int16")


# %% tags=["hide"]
def peak():  # MiB that a worker has held at most; on macOS, what it holds
    import psutil

    conv, zarr  # both are loaded before the first measurement
    memory = psutil.Process().memory_info()
    held = getattr(memory, "peak_wset", memory.rss) / 2**20  # on Windows
    if (status := Path("/proc/self/status")).exists():
        lines = status.read_text().splitlines()
        [held] = [int(s.split()[1]) / 1024 for s in lines if "VmHWM" in s]
    return held


# %%
outputs, peaks = [stored(f"edges{n}", n) for n in sizes], []
with two_workers() as (client, _):
    idle = max(client.run(peak).values())
    for image, output in zip(scans, outputs, strict=True):
        with get_task_stream(client) as tasks:
            da.store(convolved(image), output, lock=False)
        peaks.append(max(client.run(peak).values()) - idle)
assert np.array_equal(outputs[0][:], conv.correlate(scans[0][:], edges))

# %% tags=["hide"]
if on_linux:  # elsewhere other pages may be counted
    assert max(peaks) < megabytes[-1]
    assert peaks[-1] - peaks[0] < (megabytes[-1] - megabytes[0]) / 2
for image, output in zip(scans, outputs, strict=True):
    geometry = conv.Geometry.of(image.shape, edges.shape)
    for top in range(0, image.shape[0], 2048):
        block = np.s_[top : top + 500, 800:1200]
        needed, zeros = geometry.input_of(block)
        right = conv.correlate(image[needed], edges, padding=zeros)
        assert np.array_equal(output[block], right)

# %% tags=["hide"]
memory = {"the plain way": [9 * size for size in megabytes]}
memory |= {"the image": megabytes, "one worker": peaks}
figures.curves(
    *(megabytes, memory),
    **{"x_label": "image in MiB", "y_label": "memory in MiB"},
    **{"scale": "log", "measured": True},
    caption="Peak memory beside that of Python and its libraries, on logarithmic axes. That of a worker was measured during the build, as the most that either of the two had held up to then. The plain way is counted: the image, its padded copy and the output.",
    alt="Three curves: the plain way and the image rise in parallel with the image's size, the worker's stays nearly level and ends below both.",
)

# %% tags=["hide"]
names = sorted({task["worker"] for task in tasks.data})
lanes = {"read": "from-zarr", "exchange": "getitem", "correlate": "overlap"}
done = {f"worker {n}": {kind: [] for kind in lanes} for n in (1, 2)}
for task in tasks.data:
    own = done[f"worker {1 + names.index(task['worker'])}"]
    for kind, part in lanes.items():
        for span in task["startstops"] * (f"'{part}" in str(task["key"])):
            kind = "exchange" if span["action"] == "transfer" else kind
            own[kind] += [(span["start"], span["stop"])]

# %% tags=["hide"]
figures.stream(
    done,
    caption="What the two workers did while they convolved the largest scan: a bar from the beginning of a task to its end, measured during the build. To exchange is to cut the halo out of blocks and to fetch what the other worker has; to correlate is to write the outputs as well.",
    alt="For each of two workers three rows of short bars from the beginning to the end: read, exchange and correlate.",
)

# %% [markdown]
# The image grew {eval}`megabytes[-1] // megabytes[0]` times, and a worker's peak by less than half of what the image grew.
# Blocks are read, convolved, written and forgotten, so only those whose neighbours are still to come stay in memory:
# about a row of blocks, which grows with the width of an image but not with its height.
#
# ## What if a worker dies?
#
# A process may end in the middle, for lack of memory or by a failing machine.
# The scheduler knows which blocks were lost, and how to make each of them again.
# So we kill a worker as soon as the first block has been written:

# %%
output = stored("again", sizes[1])
with two_workers() as (client, second):
    job = client.compute(da.store(convolved(scans[1]), output, compute=False))
    while output.nchunks_initialized == 0:
        time.sleep(0.01)
    second.kill()
    job.result()
    left = len(client.scheduler_info()["workers"])
left, np.array_equal(output[:], outputs[1][:])

# %% tags=["hide"]
assert left == 1
half = conv.correlate(scans[0][:], edges, stride=2)
assert np.array_equal(blockwise(scans[0], edges, 700, stride=2), half)
assert np.array_equal(output[:], outputs[1][:])
folder.cleanup()

# %% [markdown]
# One worker was left at the end, and the result is the same.
# What the dead worker held or was computing, the other computed again, from the blocks in the store.
# A task that brings down four workers in turn is given up, and `result` raises the error.
#
# ## Where `map_overlap` ends: strides
#
# It trims the outputs of each block by as much as the inputs have of a halo, which is right only at stride 1.
# At a stride of 2 and with blocks of 30 by 30 this bug raises no error, and the shape is right as well:

# %%
x = da.from_array(grey[:60, :60], chunks=30)
options = {"kernel": edges, "depth": 1, "boundary": "none", "dtype": float}
lazy = x.map_overlap(conv.correlate, stride=2, **options)
made = lazy.compute(scheduler="synchronous")
right = conv.correlate(grey[:60, :60], edges, stride=2)
made.shape == right.shape, (made != right).sum()

# %% tags=["hide"]
assert made.shape == right.shape
assert (made != right).mean() > 1 / 2

# %% [markdown]
# Most of the {eval}`made.size` outputs are wrong. With a stride, cut the outputs instead, as `blockwise` does: it takes a Zarr array for the image as it is, because it only asks for slices.
# Then each block reads its halo from the store, and the workers exchange nothing.
#
# ??? note "The lines that change for a real cluster"
#     Only `two_workers` changes. Start `dask scheduler` on one machine and `dask worker tcp://HOST:8786 --nthreads 1` on as many as you have,
#     or let [Dask-Jobqueue](https://jobqueue.dask.org/) ask a batch system such as Slurm for them. Then connect:
#
#     ```python
#     client = Client("tcp://HOST:8786")
#     ```
#
#     All machines have to see the store: a shared file system, or an object store by its address in `zarr.create_array`.
#     Every worker needs `conv`, in the same version.
#     And make the blocks larger, 100 MB or so: the scheduler takes about a millisecond for each task, however small.
#
# ??? note "On macOS and Windows"
#     The blocks and workers are the same. macOS does not enforce the limit of the plain way, and Windows has none to set, so there nothing is asserted about it.
#
# ## Exercises
#
# ### Exercise 1: what does the halo cost?
#
# A kernel of 7 by 7 with dilation 2 runs over blocks of 1,024 by 1,024, and then of 64 by 64.
# How many per cent more inputs does a block in the middle need than it has outputs?

# %% tags=["answer"]
# The extent is 13, so the halo has 6 rows on each side: little beside a large block, nearly half of a small one.
of = conv.Geometry.of((9000, 9000), (7, 7), dilation=2)
parts = [of.input_of([slice(n, 2 * n)] * 2)[0][0] for n in (1024, 64)]
[(p.stop - p.start) ** 2 / (p.start + 6) ** 2 for p in parts]

# %% [markdown]
# ### Exercise 2: find the bug
#
# Somebody blurs with a kernel of 5 by 5, and copies `depth=1` from above. Nothing fails. Which outputs are wrong, and how many of these 60 by 60?

# %%
options["kernel"] = np.ones((5, 5))
blurred = x.map_overlap(conv.correlate, **options)

# %% tags=["answer"]
# Two rows would be needed. One row is missing on each side of a cut, so the two rows and the two columns that touch a cut are wrong: 60 + 60 outputs of each pair, counted once where they cross.
right = conv.correlate(grey[:60, :60], options["kernel"])
wrong = blurred.compute(scheduler="synchronous") != right
[i for i in range(60) if wrong[i].all()], wrong.sum()

# %% [markdown]
# ### Exercise 3: two filters, one exchange
#
# Two filters of 3 by 3 follow each other, and you want to exchange the halo once for both. How deep must it be?


# %% tags=["answer"]
# Two rows, since each filter uses up one: it is the receptive field of both, 5 by 5, that counts.
def both(block):
    return conv.correlate(conv.correlate(block, edges), edges)


deeper = {"depth": 2, "boundary": "none", "dtype": float}
once = x.map_overlap(both, **deeper).compute(scheduler="synchronous")
np.array_equal(once, both(grey[:60, :60]))

# %% [markdown]
# ## What you can do now
#
# You can say which inputs any block of outputs needs, convolve an image of any size in blocks that fit into memory,
# spread the blocks over processes or machines, and trust the result when one of them fails.
#
# Next here: [overlap-save](methods.py#tiles-overlap-save), where the FFT works on blocks with a halo, too.
#
# Elsewhere:
#
# - Dask, [Overlapping computations](https://docs.dask.org/en/stable/array-overlap.html): other boundaries, and depths that differ.
# - Zarr, [user guide](https://zarr.readthedocs.io/en/stable/user-guide/): compression, and stores that are not folders.
