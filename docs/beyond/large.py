# %% [markdown]
# # Larger than memory: convolution in blocks
#
# How do you convolve an image that does not fit into memory?

# %%
import os
import subprocess
import sys
import tempfile
from itertools import product

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
# A block needs the inputs inside the line, and a few rows and columns beside them, out to the dashes.
# These belong to the neighbouring blocks and are called the **halo**.
# So memory has to hold only one block at a time, with its halo and its outputs, and the blocks together equal the output of the whole image.
#
# ## Which inputs does a block need?
#
# Take one row of 12 pixels and the kernel 1 2 1, under the padding ["same"](../guide/padding.py), which is the default of `conv`.
# At stride 1 it adds one zero before the row and one after it, and makes 12 outputs, which we compute in three blocks of four.
# Output 4 (counted from 0) is a sum over the inputs 3 to 5, and output 7 is a sum over the inputs 6 to 8.
# So the block of outputs 4 to 7 needs the inputs 3 to 8: the four with the same numbers, which we call its **place**, and a halo of one on each side.
#
# The last block ends where the image ends. There is no neighbour on its right, so a zero is read instead of the halo.

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
    caption="One row of pixels, and below it the outputs that one block returns, each under the middle of its window, for the kernel 1 2 1. The line is around the block's place, the dashes are around all that it needs: its halo too, or a zero where the image ends. It reads the coloured inputs only.",
    alt="Four grids of two rows. The row of inputs is 3 1 4 1 5 9 2 6 5 3 5 8. At stride 1 the block in the middle reads 1 5 9 2 6 5 and returns 20 25 19 19; the one at the end reads 6 5 3 5 8 and a zero, and returns 19 16 21 21. At stride 2 the middle reads 5 9 2 6 5 and returns 25 19; the end reads 5 3 5 8 and a zero, and returns 16 21.",
)

# %% [markdown]
# At stride 2 each output stands for two inputs, so outputs 2 and 3 have their place at the inputs 4 to 7.
# For this row "same" needs only one zero at stride 2, and puts it after the row.
# So outputs 2 and 3 read the inputs 4 to 6 and 6 to 8, and the halo is a single input after the block. (With PyTorch's `padding=1`, it would be one before the block.)
#
# In general, let $s$ be the stride, $p_\text{before}$ the number of zeros before the row, and $e = d (k - 1) + 1$ the [extent](../reference/glossary.md#extent) of a kernel of $k$ entries at dilation $d$.
# Then the window of output $i$ lies on the inputs
#
# $$ i s - p_\text{before} \quad \text{to} \quad i s - p_\text{before} + e - 1 . $$
#
# For output 7 at stride 1 these are the inputs $7 - 1 = 6$ to $6 + 3 - 1 = 8$, as above.
# A block needs everything from where its first window begins to where its last window ends, and what lies outside the image is zeros.
# `Geometry.input_of` computes both: the slices of the image, and how many zeros belong before and after each.

# %%
geometry = conv.Geometry.of((12,), (3,))
print(geometry.input_of([slice(4, 8)]))
print(geometry.input_of([slice(8, 12)]))

# %% [markdown]
# In a picture the same holds for the rows and for the columns.
# One more output moves the last window by $s$ inputs, and the place grows by $s$, too.
# So a block needs $e - s$ inputs more than its place has, however large it is: for our kernel of 3 these are 2 at stride 1 and 1 at stride 2, as in the drawing.
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
# The function `one_block` does that for a grey image.
# It reads nothing but a slice of the image and writes nothing but a slice of the output, so both may be arrays in memory or files on a disk.


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
#
# [Zarr](https://zarr.readthedocs.io/) keeps such an array in many files, called **chunks**, here of 1,024 by 1,024 pixels each, and when you ask for a slice, it reads only the files that the slice touches.
# Each file has a contrast of its own, so that a block which reads the wrong one would show.
# For the outputs at stride 2 we prepare files of 512 by 512.
# (`pip install cloudpickle psutil zarr` installs what this page needs beside `conv`.)

# %% tags=["helper"]
folder = tempfile.TemporaryDirectory()
tile = np.tile(grey, (2, 2))[:1024, :1024]


# %% tags=["helper"]
def stored(name, rows, columns, side):
    where = f"{folder.name}/{name}"
    of = {"shape": (rows, columns), "chunks": (side, side), "dtype": "int16"}
    return zarr.create_array(where, **of, compressors=None)


# %% tags=["helper"]
def scan(rows):
    image = stored("scan", rows, 2048, side=1024)
    for n, file in enumerate(blocks_of(image, 1024, 1024), 1):
        image[file] = n * tile
    return image


# %%
image = scan(32768)
output = stored("output", 16384, 1024, side=512)

# %% tags=["hide"]
megabytes = image.nbytes // 2**20
brightest = image.nchunks * tile.max()
assert brightest == image[-1024:].max()
assert 4 * brightest <= np.iinfo("int16").max
assert megabytes == 128

# %% [markdown]
# The scan takes {eval}`megabytes` MiB.
# Suppose that you may use as much again, and no more, on top of what Python and its libraries take.
# The helper `limited` runs a program in a process with this limit. We try two programs: the whole at once, and blocks of 512 by 512 outputs.


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
    names = "image", "edges", "output", "one_block", "blocks_of", "cuts"
    known = cloudpickle.dumps({name: globals()[name] for name in names})
    call = [sys.executable, "-c", begin + line]
    options = {"input": known, "env": os.environ | few}
    done = subprocess.run(call, capture_output=True, **options)
    error = done.stderr.decode()
    return "MemoryError" if "MemoryError" in error else error or "done"


# %%
plain = "output[:] = conv.correlate(image[:], edges, stride=2)"
blocks = """
for block in blocks_of(output, 512, 512):
    one_block(image, edges, output, block, stride=2)
"""
ended = {"plain": limited(plain), "blocks": limited(blocks)}
ended

# %% [markdown]
# The plain way stops: the scan alone would fill what is allowed, and `conv.correlate` makes a padded copy of it in float64, which is four times as large.
# The blocks go through. Are their outputs right? Every strip of 2,048 rows of outputs is small enough to be computed as a whole:


# %%
def is_right(top):
    part = image[2 * top : 2 * top + 4098]
    made = conv.correlate(part, edges, stride=2)[:2048]
    return np.array_equal(output[top : top + 2048], made)


all(is_right(top) for top in range(0, 16384, 2048))

# %% tags=["hide"]
if sys.platform == "linux":
    assert [*ended.values()] == ["MemoryError", "done"]
    assert all(is_right(top) for top in range(0, 16384, 2048))

# %% [markdown]
# ## How large should a block be?
#
# For each of its outputs, a block of stride 2 holds four inputs in `int16`, four in float64 and the output itself, which is 48 bytes.
#
# Zarr reads whole files, even for the one row of a halo.
# And before it changes a part of a file that it has written, it reads that file back.
# The helper `reads` counts both in MiB:


# %% tags=["helper"]
def files(part, size):  # numbers of those that a slice touches
    return range(part.start // size, -(-part.stop // size))


def covers(block, at):  # a whole file of outputs
    ends = zip(block, at, strict=True)
    return all(p.start <= 512 * i < 512 * (i + 1) <= p.stop for p, i in ends)


# %% tags=["helper"]
def reads(*sides):  # MiB of the scan, and of outputs that are read back
    of, scanned, back = conv.Geometry.of(image.shape, (3, 3), stride=2), 0, 0
    written = set()
    for block in blocks_of(output, *sides):
        needed, _ = of.input_of(block)
        scanned += np.prod([len(files(part, 1024)) for part in needed])
        for at in product(*(files(part, 512) for part in block)):
            back += at in written and not covers(block, at)
            written.add(at)
    return int(scanned) * 2, back / 2


# %% tags=["hide"]
shapes = (256, 256), (512, 512), (1024, 1024)
counted = [reads(*shape) for shape in shapes]
table = {"outputs of a block": [f"{n:,} by {n:,}" for n, _ in shapes]}
table["holds MiB"] = [f"{48 * n * n / 2**20:.0f}" for n, _ in shapes]
table["reads MiB"] = [f"{sum(read):.0f}" for read in counted]
table["of it, read back"] = [f"{back:.0f}" for _, back in counted]
assert [back for _, back in counted] == [96, 0, 0]
figures.table(table)

# %% [markdown]
# The smallest blocks read most: four of them share each file of the scan and each file of outputs, and their halos touch neighbouring files as well.
# Blocks of 512 by 512 are whole files of outputs, so nothing is read back.
# The largest ones are as wide as the scan. They have no neighbours at their sides, and read not much more than the {eval}`megabytes` MiB of the scan, but hold the most.
# So let a block cover whole files of the scan and of outputs, and then take a large one, but leave some memory free, because the matrix product needs buffers, too.
# [Many workers](workers.py) avoids reading twice: there, each worker hands its neighbours the halo that they need.
#
# ??? note "On macOS and Windows"
#     This page is built and tested on Linux. The limit on memory is not enforced on macOS and does not exist on Windows.
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
# Blocks of 512 by 1,024 and of 1,024 by 512 outputs hold the same. Which ones read less? Predict, then count.

# %% tags=["answer"]
# Those that are as wide as the scan, because all their neighbours lie above and below.
reads(512, 1024), reads(1024, 512)

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
