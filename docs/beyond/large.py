# %% [markdown]
# # Larger than memory: convolution in blocks
#
# How do you convolve an image that does not fit into memory?

# %%
import os
import pickle
import subprocess
import sys
import tempfile
from collections import Counter
from functools import partial
from itertools import product
from pathlib import Path

# %%
import cloudpickle
import numpy as np
import zarr

import conv
from conv import figures

# %% tags=["hide"]
drawn = {}
for name, n in (("stride", 1), ("stride", 2), ("dilation", 2)):
    drawn[f"{name} {n}"] = conv.Geometry.of((12, 12), (3, 3), **{name: n})
figures.blocks(
    drawn,
    caption="An image of 12 by 12 pixels with the zeros that “same” adds, and below it its output in nine blocks, for a kernel of 3 by 3. Play, or step: the framed block of outputs is computed from the inputs within the dashes. Their rows and columns are named below.",
    alt="Three images of 12 by 12, each with its output below it, for stride 1, stride 2 and dilation 2. The block in the middle of each output is framed. In the images a line is around 4 by 4 pixels at the same place, and dashes around 6 by 6, 5 by 5 and 8 by 8.",
)

# %% [markdown]
# You compute the output in blocks, one after the other.
# A block of outputs needs the inputs inside the line and a few more rows and columns, out to the dashes, which are called its **halo**.
# So memory has to hold no more than the inputs and outputs of one block at a time, and together the blocks equal the output of the whole image.
#
# ## Which inputs does a block need?
#
# Take one row of 12 pixels and the kernel 1 2 1, under the padding ["same"](../guide/padding.py), which is the default of `conv`.
# At stride 1 this padding adds one zero at either end of the row, so there are 12 outputs, which we compute in three blocks of four.
# Output 4 (counted from 0) is a sum over the inputs 3 to 5, and output 7 is a sum over the inputs 6 to 8.
# So the block of outputs 4 to 7 needs the inputs 3 to 8: the four with the same numbers, which we call its **place**, and a halo of one on each side.
#
# The last block ends where the image ends, so on its right a zero takes the place of the halo.

# %% tags=["hide"]
x = np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8])


# %% tags=["hide"]
def needs(of, block):
    (part,), ((before, after),) = of.input_of([block])
    zero = ", one zero" if before + after else ""
    return f"inputs {part.start} to {part.stop - 1}{zero}"


# %% tags=["hide"]
def one_row(name, s, block):
    of, i = conv.Geometry.of((12,), (3,), stride=s), np.arange(12 // s)[block]
    values, roles = np.full((2, 2, *of.padded_size), "", object)
    values[0] = np.pad(x, of.pads)
    places = s * i + 1  # the middles of the windows
    values[1, places] = conv.correlate(x, [1, 2, 1], stride=s)[block]
    roles[1, places] = "output"
    needed, words = np.s_[s * i[0] : s * i[-1] + 3], needs(of, block)
    return ringed((name, words), of, values, roles, needed)


# %% tags=["hide"]
def ringed(words, of, values, roles, needed):
    roles[0, needed] = "input"
    outside = np.full(of.padded_size, True)
    outside[of.inside] = False
    roles[0, outside] = "padding"
    first = needed.start + of.pads[0][0]
    rings = {"focus": (0, np.s_[first : first + 4]), "last": (0, needed)}
    return [
        figures.Grid(values, words[0], roles, axes=("", words[1]), **rings)
    ]


# %% tags=["hide"]
lines, places = [], {"block in the middle": 1, "block at the end": 2}
for s, (name, n) in product((1, 2), places.items()):
    block = np.s_[4 * n // s : 4 * (n + 1) // s]
    lines += [one_row(f"stride {s}, {name}", s, block)]
figures.rows(
    *lines,
    caption="One row of pixels, and below it the outputs that one block returns, each under the middle of its window, for the kernel 1 2 1. The line is around the block's place, the dashes are around all that it needs: its halo too, or a zero where the image ends. Only the coloured inputs are read.",
    alt="Four grids of two rows. The row of inputs is 3 1 4 1 5 9 2 6 5 3 5 8. At stride 1 the block in the middle reads 1 5 9 2 6 5 and returns 20 25 19 19; the one at the end reads 6 5 3 5 8 and a zero, and returns 19 16 21 21. At stride 2 the middle reads 5 9 2 6 5 and returns 25 19; the end reads 5 3 5 8 and a zero, and returns 16 21.",
)

# %% [markdown]
# At stride 2 each output stands for two inputs, so outputs 2 and 3 have their place at the inputs 4 to 7.
# For this row "same" adds only one zero at stride 2, after the row.
# Outputs 2 and 3 therefore read the inputs 4 to 6 and 6 to 8, and their halo is a single input after the block. (With PyTorch's `padding=1`, the halo would be a single input before the block.)
#
# In general, let $s$ be the stride, $p_\text{before}$ the number of zeros before the row, and $e = d (k - 1) + 1$ the [extent](../reference/glossary.md#extent) of a kernel of $k$ entries at dilation $d$.
# Then the window of output $i$ lies on the inputs
#
# $$ i s - p_\text{before} \quad \text{to} \quad i s - p_\text{before} + e - 1 . $$
#
# For output 7 at stride 1 these are the inputs $7 - 1 = 6$ to $6 + 3 - 1 = 8$, as above.
# A block needs everything from where its first window begins to where its last window ends, and what lies outside the image is zeros.
# `Geometry.input_of` computes the slices of the image, and how many zeros belong before and after each of them.

# %%
geometry = conv.Geometry.of((12,), (3,))
print(geometry.input_of([slice(4, 8)]))
print(geometry.input_of([slice(8, 12)]))

# %% [markdown]
# In a picture the same holds for the rows and for the columns.
# One more output moves the last window by $s$ inputs, and the place grows by $s$, too.
# A block of any size therefore needs $e - s$ inputs more than its place has: for our kernel of 3 these are 2 at stride 1 and 1 at stride 2, as in the drawing.
# (From stride 3 on, windows of 3 do not overlap, and blocks share no input.)

# %% tags=["hide"]
for k, s, d, side in product((1, 2, 3, 5), (1, 2, 3), (1, 2), (1, 8)):
    of = conv.Geometry.of((96,), (k,), stride=s, dilation=d)
    ((part,), zeros) = of.input_of([slice(16, 16 + side)])
    assert zeros == ((0, 0),)
    span, extent = part.stop - part.start, d * (k - 1) + 1
    assert span - side * s == extent - s

# %% [markdown]
# ## The same numbers, block by block
#
# With those zeros as its padding, a block is an ordinary cross-correlation of a small image.
# The function `one_block` computes one for a grey image.
# Because it reads only a slice of the image and writes only a slice of the output, image and output may be arrays in memory or files on a disk.


# %%
def one_block(image, kernel, output, block, **options):
    geometry = conv.Geometry.of(image.shape, kernel.shape, **options)
    needed, zeros = geometry.input_of(block)
    options["padding"] = zeros
    output[block] = conv.correlate(image[needed], kernel, **options)


# %% [markdown]
# The function `blocks_of` lists the blocks of an output, those at its end cut short:


# %%
def cuts(n, side):
    return [slice(i, min(i + side, n)) for i in range(0, n, side)]


def blocks_of(output, *sides):
    return [*product(*map(cuts, output.shape, sides))]


# %% [markdown]
# Here is Sobel's kernel for edges on our photograph, in blocks of 100 by 100 outputs, at three strides:

# %%
grey = np.rint(100 * conv.images.sample().mean(axis=2)).astype("int16")
edges = conv.kernels.sobel_x()
for stride in (1, 2, 3):
    right = conv.correlate(grey, edges, stride=stride)
    made = np.zeros_like(right)
    for block in blocks_of(made, 100, 100):
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
    for block in blocks_of(made, side, side):
        one_block(x, w, made, block, **options)
    assert np.array_equal(made, right)

# %% [markdown]
# The pixels are whole numbers up to {eval}`grey.max()`, so float64 is exact.
# With fractions the blocks may differ from the whole in the last digits, because rounding depends on the order of a sum, and a matrix product of another size may take another order.
#
# And without the halo? If you pad each block with zeros of its own, nothing fails, but every vertical cut becomes an edge:

# %% tags=["hide"]
right, alone = conv.correlate(grey, edges), np.zeros(grey.shape)
for block in blocks_of(alone, 100, 100):
    alone[block] = conv.correlate(grey[block], edges)
off = np.argwhere(alone != right)
assert (np.isin(off % 100, (0, 99)).any(axis=1)).all()
scale = {"limits": (-100, 100), "signed": True, "note": " "}
seen = np.s_[100:400, 100:400]

# %% tags=["hide"]
shown = {"blocks with a halo": right, "without": alone}
figures.beside(
    *(figures.Picture(y[seen], name, **scale) for name, y in shown.items()),
    caption=f"Edges in 300 by 300 pixels of the photograph, computed in blocks of 100 by 100; green is positive, violet negative. Without a halo, {len(off):,} outputs of the whole photograph are wrong, all of them beside a cut. Those beside the horizontal cuts are hard to see, because this kernel looks for vertical edges.",
    alt="Twice the edges of a face. In the second picture straight dark lines run down where blocks meet.",
)

# %% [markdown]
# ## An image that does not fit
#
# Take a scan of 32,768 rows and 2,048 columns, made of copies of our photograph.
# [Zarr](https://zarr.readthedocs.io/) divides such an array into **chunks**, here of 1,024 by 1,024 pixels, and keeps each chunk in a file of its own.
# When you ask for a slice, Zarr reads only the files that the slice touches.
# The helper `stored` creates such an array, and counts how often each of its files is read. (`pip install cloudpickle zarr` installs what this page needs beside `conv`.)

# %% tags=["helper"]
folder, read = tempfile.TemporaryDirectory(), Counter()


class Counted(zarr.storage.LocalStore):
    async def get(self, key, *more, **options):
        found = await super().get(key, *more, **options)
        read[self.root.name, key] += found is not None
        return found


# %% tags=["helper"]
def stored(name, rows, columns, side):
    where = Counted(f"{folder.name}/{name}")
    of = {"shape": (rows, columns), "chunks": (side, side), "dtype": "int16"}
    return zarr.create_array(where, **of, compressors=None)


# %%
image = stored("scan", 32768, 2048, side=1024)
tile = np.tile(grey, (2, 2))[:1024, :1024]
for n, file in enumerate(blocks_of(image, 1024, 1024), 1):
    image[file] = n * tile  # a wrong file would show

# %% tags=["hide"]
megabytes = image.nbytes // 2**20
brightest = image.nchunks * tile.max()
assert brightest == image[-1024:].max()
assert 4 * brightest <= np.iinfo("int16").max
assert megabytes == 128
on_disk = Path(folder.name, "scan", "c").glob("*/*")
assert {file.stat().st_size for file in on_disk} == {2 * 2**20}

# %% [markdown]
# The scan takes {eval}`megabytes` MiB.
# Suppose that you may use as much again, and no more, on top of what Python and its libraries take.
# The helper `limited` computes the outputs of stride 2 in a process with this limit.
# We begin with blocks of 256 by 256 outputs, and end with the whole output as a single block of 16,384 by 1,024:

# %% tags=["hide"]
# Few arenas and threads: the limit counts addresses, even unused ones.
few = dict.fromkeys(["MALLOC_ARENA_MAX", "OPENBLAS_NUM_THREADS"], "1")
few["ZARR_THREADING__MAX_WORKERS"] = "1"
start = "import pickle, sys; pickle.load(sys.stdin.buffer)()"


# %% tags=["hide"]
def addresses(name):  # of this process in MiB, on Linux
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else ()
    return sum(int(s.split()[1]) // 1024 for s in lines if name in s)


# %% tags=["helper"]
def restrict(most):
    import resource  # not on Windows

    resource.setrlimit(resource.RLIMIT_AS, (most, most))


# %% tags=["helper"]
def work(output, sides):
    conv.correlate(image[:512, :512], edges)  # begins threads and buffers
    read.clear()
    if before := addresses("VmSize"):
        restrict((before + 128) * 2**20)
    for block in blocks_of(output, *sides):
        one_block(image, edges, output, block, stride=2)
    pickle.dump((addresses("VmPeak") - before, read), sys.stdout.buffer)


# %% tags=["helper"]
def limited(*sides):
    output = stored(f"output {sides}", 16384, 1024, side=512)
    given = cloudpickle.dumps(partial(work, output, sides))
    options = {"env": os.environ | few, "capture_output": True}
    command = [sys.executable, "-c", start]
    done = subprocess.run(command, input=given, **options)
    error = done.stderr.decode()  # empty if all goes well
    stopped = "MemoryError" if "MemoryError" in error else error
    return pickle.loads(done.stdout) if done.stdout else stopped


# %%
shapes = [(n, min(n, 1024)) for n in (256, 512, 1024, 1536, 3072, 16384)]
ended = {sides: limited(*sides) for sides in shapes}
ended[16384, 1024]

# %% tags=["hide"]
fits = [sides for sides in shapes if not isinstance(ended[sides], str)]
if sys.platform == "linux":
    assert fits == shapes[: len(fits)]
    assert shapes[2] in fits
    assert shapes[-1] not in fits
largest, next_one = fits[-1], shapes[min(len(fits), len(shapes) - 1)]
made_of = {n: zarr.open_array(f"{folder.name}/output {n}") for n in fits}


# %% tags=["hide"]
def mib(sides, name, size):  # read from the files of one array
    counts = ended[sides][1].items()
    return sum(n * size for (of, _), n in counts if of == name)


# %% tags=["hide"]
backs = [mib(n, f"output {n}", 0.5) for n in fits]
assert backs == [96, *[0] * (len(fits) - 1)]
gone = len(shapes) - len(fits)
columns = {
    "counted, MiB": [48 * n * m // 2**20 for n, m in shapes],
    "reserved, MiB": [ended[n][0] for n in fits] + ["too much"] * gone,
    "scan read, MiB": [mib(n, "scan", 2) for n in fits] + [""] * gone,
    "read back, MiB": [round(n) for n in backs] + [""] * gone,
}

# %% tags=["hide"]
table = {"outputs of a block": [f"{n:,} by {m:,}" for n, m in shapes]}
table |= {name: [str(n) for n in column] for name, column in columns.items()}
figures.table(table, measured=True)

# %% [markdown]
# The whole does not fit: the scan alone would fill what is allowed, and `conv.correlate` makes a padded copy in float64, four times as large.
# Of the sizes that we tried, {eval}`"{:,} by {:,}".format(*largest)` is the largest that fits, and {eval}`"{:,} by {:,}".format(*next_one)` is too large.
# Wherever the blocks fit, all outputs are right: a hidden check compares them with strips of 2,048 rows of outputs, each computed as a whole.

# %% tags=["hide"]
for top in range(0, 16384, 2048):
    right = conv.correlate(image[2 * top : 2 * top + 4098], edges, stride=2)
    for n in fits:
        assert np.array_equal(made_of[n][top : top + 2048], right[:2048])
if sys.platform == "linux":
    more = [ended[n][0] - 48 * n[0] * n[1] / 2**20 for n in fits]
    assert 0 < min(more) <= max(more) < 32

# %% [markdown]
# ## How large should a block be?
#
# For each of its outputs, a block of stride 2 holds four inputs in `int16`, four in float64 and the output itself, 48 bytes in all.
# The second column counts these bytes, and the third says how much the process reserved at most.
# That is a little more, because files on their way and the matrix product need buffers, too.
#
# But why do small blocks read so much more than the {eval}`megabytes` MiB of the scan?
# Zarr reads whole files, even for the one row of a halo, and names them by their row and column:


# %% tags=["hide"]
def files_of(n, block, place):
    read.clear()
    image[conv.Geometry.of(image.shape, (3, 3), stride=2).input_of(block)[0]]
    names = [[f"c/{row}/{column}" for column in range(2)] for row in range(3)]
    touched = [[read["scan", name] for name in line] for line in names]
    roles = np.where(np.array(touched) > 0, "input", "")
    options = {"focus": place, "axes": ("", f"reads {read.total()}")}
    return figures.Grid(names, f"{n:,} by {n:,}", roles, **options)


# %% tags=["hide"]
def in_all(n):
    names = [[f"c/{row}/{column}" for column in range(2)] for row in range(3)]
    often = [
        [ended[n, n][1]["scan", name] for name in line] for line in names
    ]
    return figures.Grid(often, f"{n:,} by {n:,}", "", axes=("", "in all "))


# %% tags=["hide"]
place = np.s_[1:2, 0:1]
drawn = [files_of(256, np.s_[768:1024, 256:512], place)]
drawn += [files_of(512, np.s_[512:1024, 0:512], place)]
drawn += [files_of(1024, np.s_[0:1024, 0:1024], np.s_[0:2, 0:2])]

# %% tags=["hide"]
figures.rows(
    drawn,
    [in_all(n) for n, _ in shapes[:3]],
    caption="The first three rows of the scan's files. Above: the coloured files are read for one block of outputs, whose place lies inside the line; at 256 by 256 its place is only the lower right quarter of the file. Below: how often each file is read until all blocks are done.",
    alt="Three grids of three by two files, from c/0/0 to c/2/1. The blocks of 256 by 256 and of 512 by 512 have their place in c/1/0, and both read the four files of the last two rows. The block of 1,024 by 1,024 has its place in the first four files and reads all six. Below, the files are read 4, 6, 6, 9, 6 and 9 times; 1, 2, 2, 4, 2 and 4 times; 1, 1, 1, 1, 2 and 2 times.",
)

# %% [markdown]
# A block of 512 by 512 outputs has its place in one file, but its halo is a row below and a column to the right, so the block reads up to four files.
# In the lower right quarter of that file, a block of 256 by 256 reads the same four, for a quarter of the outputs.
# Its outputs fill only a quarter of a file, too, and before Zarr changes a part of a file, it reads back what was written there: these are the {eval}`f"{backs[0]:.0f}"` MiB of the last column.
# Blocks as wide as the scan have no neighbours at their sides, so only the files below a cut are read twice.
#
# So let a block cover whole files of the scan and of outputs, and take the largest that leaves some memory free for buffers.
# [Many workers](workers.py) shows how to read each file only once: there, each worker hands its neighbours the halo that they need.
#
# ??? note "On macOS and Windows"
#     This page is built and tested on Linux. Elsewhere `limited` sets no limit, so all blocks run, and the third column is 0.
#
# ## Exercises
#
# ### Exercise 1: a wide halo
#
# A kernel of 7 by 7 with dilation 2 runs at stride 1. How many times as many inputs as outputs does a block in the middle have, if it has 1,024 by 1,024 outputs, and if it has 64 by 64?

# %% tags=["answer"]
# The extent is 2 · (7 − 1) + 1 = 13, so the halo has 6 rows on each side: little beside a large block, and not so little beside a small one.
of = conv.Geometry.of((9000, 9000), (7, 7), dilation=2)
parts = {n: of.input_of([slice(n, 2 * n)] * 2)[0][0] for n in (1024, 64)}
[(p.stop - p.start) ** 2 / n**2 for n, p in parts.items()]

# %% [markdown]
# ### Exercise 2: which shape?
#
# Blocks of 512 by 1,024 and of 1,024 by 512 outputs hold the same. Which of them read fewer files? Predict, then count.

# %% tags=["answer"]
# Those that are as wide as the scan, because the scan is only two files wide: each of their cuts reads two files again, and a cut down the middle reads more. On a scan of four files across or more, squarer blocks read less.
[limited(*sides)[1].total() for sides in ((512, 1024), (1024, 512))]

# %% [markdown]
# ### Exercise 3: find the bug
#
# Somebody wants to save the second array and writes the outputs over the image.
# The bug raises no error. Which of the 200 by 200 outputs are wrong, and how many?

# %%
part = grey[:200, :200].copy()
for block in blocks_of(part, 100, 100):
    one_block(part, edges, part, block)

# %% tags=["answer"]
# A later block reads its halo from a block that is done, and finds outputs where the inputs were. So row 100 and column 100, the first after each cut, are wrong: 200 + 200 − 1 outputs, of which a few happen to come out right. The blocks before a cut are right, because they ran before their neighbours were overwritten.
wrong = part != conv.correlate(grey[:200, :200], edges)
rows, columns = np.nonzero(wrong)
assert ((rows == 100) | (columns == 100)).all()
int(wrong[100].sum()), int(wrong[:, 100].sum()), int(wrong.sum())

# %% tags=["hide"]
folder.cleanup()

# %% [markdown]
# ## What you can do now
#
# You can say which inputs a block of outputs needs under "same", at any stride and dilation, convolve an image that does not fit into memory,
# and choose blocks that fit and do not read too much twice.
#
# Next here: [many workers](workers.py), which share one image between them; [overlap-save](methods.py#circular-wrap-around-what-leaves-at-one-edge-returns-at-the-other), by which the FFT works on blocks with a halo, too.
#
# Elsewhere:
#
# - Zarr, [user guide](https://zarr.readthedocs.io/en/stable/user-guide/): compression, and stores that are not folders.
# - Rasterio, [Windowed reading and writing](https://rasterio.readthedocs.io/en/stable/topics/windowed-rw.html): the same for maps and satellite images in GeoTIFF.
