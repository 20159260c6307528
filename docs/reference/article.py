# %% [markdown]
# # Notes for readers of the original article
#
# This site grew from a Chinese article,
# <cite lang="zh">卷积 Convolution 原理及可视化</cite>, by <span lang="zh">王贵波</span>.
# It is a good short introduction: in a few screens it leads from a noisy sensor to a fast implementation.
# These notes are for readers who run its code.
# At the end you know on which inputs its numbers are not the ones you expect, and what they should be.
# You need no more than the article, or [A first filter](../guide/first.py).
#
# The article was read in a repost of 2020-03-28.
# Its code was run once, on the smallest input that shows each defect, and what it gave was recorded.
# The code is not copied here, so the recorded outputs stand in the text.
# What the package `conv` gives is computed by the cells of this page, at every build.
# None of the inputs of notes 1 to 10 is the example that the article itself runs.
#
# - **Wrong numbers, and no error:**
#   [the mode](#1-the-loop-ignores-its-mode),
#   [kernels that are not square](#3-rows-and-columns-are-exchanged),
#   [wide kernels](#4-memory-is-returned-as-it-was-found),
#   [flat kernels on colour images](#6-a-kernel-without-channels-meets-a-colour-image),
#   [bytes](#7-bytes-wrap-around).
# - **Errors that do not help:**
#   [unknown modes](#2-an-unknown-mode-becomes-none),
#   [kernels larger than the image](#8-a-kernel-larger-than-the-image),
#   [strides](#9-stride-zero-a-fraction-a-pair),
#   [grey images](#10-a-grey-image).
# - **Conventions, names and words:**
#   [`SAME` with a stride](#5-same-does-not-look-at-the-stride),
#   [the function's name](#11-the-function-conv-correlates),
#   [what is missing](#12-the-code-is-not-complete),
#   [embossing](#13-the-embossing-kernel-is-a-laplacian),
#   [speed](#14-less-time-is-not-faster-by-as-much),
#   [slips](#15-slips-in-the-text).

# %%
import numpy as np

import conv
from conv import figures

# %% [markdown]
# ## 1. The loop ignores its mode
#
# The article's first implementation is a loop.
# It takes a mode and never reads it, so that any word is accepted.
#
# - **Input:** the numbers 0 to 8 as a 3 by 3 image,
#   a [kernel](../reference/glossary.md#kernel) of nine ones,
#   mode [`VALID`](../reference/glossary.md#valid).
# - **Recorded:** an output of 3 by 3.

# %%
image = np.arange(9).reshape(3, 3)
output = conv.correlate(image, np.ones((3, 3)), padding="valid")
assert output.tolist() == [[sum(range(9))]]
output

# %% [markdown]
# The kernel is as large as the image, so it lies wholly inside in one place.
# The one output is the sum of the numbers 0 to 8.
# In `conv` the loop and the fast version take their positions from the same `conv.Geometry`.
#
# ## 2. An unknown mode becomes None
#
# The article writes its modes in capitals.
# For another word the function that looks up the
# [padding](../reference/glossary.md#padding) prints a message and returns nothing,
# and its caller goes on.
#
# - **Input:** the mode `valid`.
# - **Recorded:** `TypeError: 'NoneType' object is not subscriptable`.
#
# `conv` writes its modes in small letters, so here the same slip is `VALID`.
# The function catches the error that such a call raises, here and in the notes below.


# %%
def refusal(*arrays, **settings):
    try:
        conv.correlate(*arrays, **settings)
    except (TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    raise AssertionError("nothing was refused")


print(refusal(image, np.ones((3, 3)), padding="VALID"))

# %% [markdown]
# An error belongs where the wrong value comes in.
# There it can still name the argument, and list what would have been right.
#
# ## 3. Rows and columns are exchanged
#
# Wherever the kernel is not square, the article's code takes its height for its width somewhere.
# Both versions do, in different places.
# In a sweep of 8,100 cases the second version, the one with the matrix product,
# gave wrong numbers without an error in 758.

# %%
cases, wrong = 8_100, 758  # as recorded
print(f"{wrong / cases:.1%} of the cases")

# %% [markdown]
# ### The windows lie on their side
#
# - **Input:** the second version; 24 numbers, from 0 on, as a 4 by 6 image, a kernel of ones with 3 rows and 1 column,
#   mode [`SAME`](../reference/glossary.md#same).
# - **Recorded:** a first row of 0, 0, 0, 0, 3, 6.

# %%
wide = np.arange(24).reshape(4, 6)
output = conv.correlate(wide, np.ones((3, 1)), padding="same")
assert output[0].tolist() == [6, 8, 10, 12, 14, 16]
output

# %% [markdown]
# Above the first row stands a zero, and below it the second row,
# so its first output is 0 + 0 + 6.
# The recorded row can be had from `conv` too.
# Pad for the kernel as it is, then let it lie on its side:

# %%
padded = np.pad(wide, ((1, 1), (0, 0)))
lying = conv.correlate(padded, np.ones((1, 3)), padding="valid")
assert lying.ravel()[:6].tolist() == [0, 0, 0, 0, 3, 6]
lying

# %% [markdown]
# Read row by row, these 24 numbers begin with the six that were recorded.
# There are as many as the output should have, so they fit into its 4 by 6 places without an error.
#
# ### The shape is turned
#
# - **Input:** the second version; a 3 by 3 image, a kernel with 1 row and 2 columns, mode `VALID`.
# - **Recorded:** an output with 2 rows and 3 columns.

# %%
output = conv.correlate(image, np.ones((1, 2)), padding="valid")
lying = conv.correlate(image, np.ones((2, 1)), padding="valid")
assert lying.shape == (2, 3)
assert output.shape == (3, 2)
output.shape

# %% [markdown]
# A kernel two columns wide has two places in each of the three rows.
# The recorded shape belongs to the kernel on its side.
#
# ### The loop does it as well
#
# - **Input:** the loop; 1 to 12 as a 4 by 3 image, a kernel of ones with 3 rows and 1 column,
#   [stride](../reference/glossary.md#stride) 3.
# - **Recorded:** 0 and 72.

# %%
tall = np.arange(1, 13).reshape(4, 3)
output = conv.correlate(tall, np.ones((3, 1)), stride=3)
assert output.tolist() == [[0 + 1 + 4], [7 + 10 + 0]]
assert tall.ravel()[-3:].sum() == 33
assert tall[1:].sum() == 72
output

# %% [markdown]
# The kernel adds up three pixels.
# No three pixels of this image add up to 72: the largest three make 33.
# It takes nine: the last three rows, whole, add up to 72.
#
# ## 4. Memory is returned as it was found
#
# The loop writes into an array that was allocated without values.
# If it does not reach a place, what was in memory before remains there.
#
# - **Input:** the loop; a 3 by 3 image, a kernel with 1 row and 5 columns.
# - **Recorded:** nine arbitrary numbers.

# %%
output = conv.naive.correlate(image, np.ones((1, 5)), padding="same")
assert output.tolist() == [[3] * 3, [12] * 3, [21] * 3]
output

# %% [markdown]
# Under `same` the five columns cover the whole row wherever the kernel stands,
# so each output is the sum of its row.
# `conv.naive` allocates its output without values too.
# But it counts through the places of the output, so none is left out.
# A loop that counts through the input has no such guarantee.
#
# ## 5. Same does not look at the stride
#
# The article computes the zeros for `SAME` from the kernel alone.
# At stride 1 that gives the zeros of TensorFlow and JAX.
# With a larger stride it does not always: two conventions part here.
#
# - **Input:** 1 to 16 as a 4 by 4 image, a kernel of nine ones, stride 2.
# - **Recorded:** [[14, 30], [57, 99]].

# %%
square = np.arange(1, 17).reshape(4, 4)
ours = conv.correlate(square, np.ones((3, 3)), padding="same", stride=2)
assert ours.tolist() == [[54, 45], [72, 54]]
theirs = conv.correlate(square, np.ones((3, 3)), padding=1, stride=2)
assert theirs.tolist() == [[14, 30], [57, 99]]
conv.Geometry.of((4, 4), (3, 3), padding="same", stride=2).pads

# %% [markdown]
# Two outputs a side need five rows, so one row of zeros is enough.
# TensorFlow's rule puts it after the image, and `conv` follows that rule.
# One zero on every side is the article's choice:
# `padding=1` gives its numbers.
# Say which one you mean when you carry weights from one framework to another.
# [Full, same, valid](../guide/padding.py) compares the two.
#
# ## 6. A kernel without channels meets a colour image
#
# The article's code multiplies [window](../reference/glossary.md#window) and kernel without a look at their shapes.
# NumPy then fits the shapes together as best it can.
#
# - **Input:** a colour image of 3 by 3, all zero but the centre, which is (1, 2, 3);
#   a kernel of 3 by 3, all zero but a 1 at the top left.
# - **Recorded:** 1, 1, 1 down column 2, and zeros.

# %%
colour = np.zeros((3, 3, 3))
colour[1, 1] = 1, 2, 3
corner = np.zeros((3, 3))
corner[0, 0] = 1
print(refusal(colour, corner))

# %% [markdown]
# Broadcasting aligns the last axes.
# So the kernel's rows met the image's columns, and its columns met the
# [channels](../reference/glossary.md#channel).
# Hand `conv` that broadcast kernel, and the recorded column appears.
# Stack the kernel over the channels instead, and the three channels add up in the one place where they should.

# %%
broadcast = conv.correlate(colour, np.broadcast_to(corner, (3, 3, 3)))
stacked = conv.correlate(colour, np.stack([corner] * 3, axis=-1))
assert broadcast.tolist() == [[0, 0, 1]] * 3
assert stacked.tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 1 + 2 + 3]]

# %% tags=["hide"]
figures.beside(
    figures.Grid(broadcast, "broadcast", role="output"),
    figures.Grid(stacked, "stacked", role="output"),
    caption="Broadcast, the kernel reads one channel in three places. Stacked, it reads three channels in one.",
    alt="Two 3 by 3 outputs. Broadcast: 1, 1, 1 down the last column. Stacked: 6 at the bottom right. All other values are 0.",
)

# %% [markdown]
# ## 7. Bytes wrap around
#
# Image files hold bytes, and the article's code computes in the type that it is given.
#
# - **Input:** a 3 by 3 image of 100s and a kernel of nine ones, both of type `uint8`.
# - **Recorded:** 132 in the centre.

# %%
bright = np.full((3, 3), 100, np.uint8)
output = conv.correlate(bright, np.ones((3, 3), np.uint8))
assert output[1, 1] == 9 * 100
assert 900 % 256 == 132
output

# %% [markdown]
# Nine hundreds are 900.
# A byte ends at {eval}`np.iinfo(np.uint8).max` and then begins again at 0, so it keeps the remainder after division by 256.
# `conv` computes integers in `float64`.
#
# ## 8. A kernel larger than the image
#
# - **Input:** a 2 by 2 image, a 3 by 3 kernel, mode `VALID`.
# - **Recorded:** a `ValueError` that does not name the cause.

# %%
print(refusal(np.ones((2, 2)), np.ones((3, 3)), padding="valid"))

# %% [markdown]
# Under `valid` there is no place for it, and the error says so with both sizes.
# Under `same` and `full` it has places, and is computed.

# %%
output = conv.correlate(np.ones((2, 2)), np.ones((3, 3)), padding="same")
assert output.tolist() == [[4, 4], [4, 4]]
output

# %% [markdown]
# ## 9. Stride zero, a fraction, a pair
#
# Zero, negative numbers and fractions are no strides.
# A pair, one for each axis, would be one, but the article's code takes a single number.
#
# - **Input:** stride 0.
# - **Recorded:** `ZeroDivisionError`.

# %%
for stride in (0, -1, 1.5):
    print(refusal(image, np.ones((2, 2)), stride=stride))

# %%
conv.correlate(image, np.ones((2, 2)), stride=(1, 2)).shape

# %% [markdown]
# ## 10. A grey image
#
# The article's code wants three axes: rows, columns and channels.
#
# - **Input:** an image with two axes.
# - **Recorded:** a `ValueError` from `np.pad`.

# %%
output = conv.correlate([[1, 2], [3, 4]], [[2]])
assert output.tolist() == [[2, 4], [6, 8]]
output

# %% [markdown]
# A grey image has no axis for channels, and a kernel for it has none either.
# The table in the [reference](../reference/api.md) lists which shapes go together.
#
# ## 11. The function conv correlates
#
# The article explains that deep learning leaves out the
# [flip](../reference/glossary.md#flip),
# and then names its function after the operation that has it.
# Frameworks do the same.
#
# - **Input:** a 1 in the centre of a 3 by 3 image of zeros, the numbers 1 to 9 as a kernel.
# - **Recorded:** the numbers 9 to 1.

# %%
impulse = np.zeros((3, 3))
impulse[1, 1] = 1
kernel = np.arange(1, 10).reshape(3, 3)
correlated = conv.correlate(impulse, kernel)
convolved = conv.convolve(impulse, kernel)
assert correlated.ravel().tolist() == list(range(9, 0, -1))
assert convolved.ravel().tolist() == list(range(1, 10))

# %% tags=["hide"]
figures.beside(
    figures.Grid(correlated, "correlate", tints=correlated.astype(int) - 1),
    figures.Grid(convolved, "convolve", tints=convolved.astype(int) - 1),
    caption="One impulse, one kernel, two operations: only convolution gives the kernel as it was written.",
    alt="Two 3 by 3 grids. Under correlate the rows are 9 8 7, 6 5 4, 3 2 1. Under convolve they are 1 2 3, 4 5 6, 7 8 9.",
)

# %% [markdown]
# Nine to one is right for
# [cross-correlation](../reference/glossary.md#cross-correlation).
# [Convolution](../reference/glossary.md#convolution) gives one to nine.
# Here each of the two has its own name:
# [Convolution or cross-correlation?](../guide/flip.py).
#
# ## 12. The code is not complete
#
# Imports are missing, and so are the functions that read and show pictures.
# The test picture does not come with the article.
# Here every page is a program, executed at every build, and offers itself for download.
# The photograph is another one: it is in the public domain and comes with Matplotlib.

# %%
photo = conv.images.sample()
assert photo.min() >= 0
assert photo.max() <= 1
photo.shape

# %% [markdown]
# ## 13. The embossing kernel is a Laplacian
#
# The article's example is a kernel of 0.1 around −0.8, which it calls embossing.

# %%
theirs = (np.ones((3, 3)) - 9 * conv.kernels.identity()) / 10
emboss = conv.kernels.emboss()
assert np.array_equal(theirs, np.rot90(theirs))
assert np.array_equal(theirs, theirs[::-1])
assert np.isclose(theirs.sum(), 0)
assert not np.array_equal(emboss, conv.flip(emboss))
assert emboss.sum() == 1

# %% tags=["hide"]
assert np.isclose(theirs.ravel(), 4 * [0.1] + [-0.8] + 4 * [0.1]).all()
assert emboss.tolist() == [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]
figures.beside(
    figures.Grid(theirs, "the article's kernel", role="kernel"),
    figures.Grid(emboss, "emboss", role="kernel"),
    caption="The article's kernel is the same from all sides. The embossing kernel rises from the top left to the bottom right.",
    alt="Two 3 by 3 kernels. The article's: 0.1 eight times around −0.8. Emboss: −2 −1 0, −1 1 1, 0 1 2.",
)

# %% [markdown]
# The article's kernel is symmetric: turn it or mirror it, and it stays what it was.
# It sums to 0, so every area of one brightness gives 0, whatever the brightness.
# What is left are the differences between a pixel and its neighbours: edges, from all directions alike.
# Up to a factor it is the Laplacian of eight neighbours.
#
# An embossed picture looks like a relief with light from one side, so its kernel must have a direction.
# `conv.kernels.emboss()` adds to each pixel the slope along a diagonal.
# It sums to 1, so areas of one brightness keep it.

# %%
grey = photo[::3, ::3].mean(axis=2)
edges = conv.correlate(grey, theirs, padding="valid")
relief = conv.correlate(grey, emboss, padding="valid")

# %% tags=["hide"]
figures.beside(
    figures.Picture(grey, "photograph"),
    figures.Picture(edges, "the article's kernel", limits=(-0.25, 0.25)),
    figures.Picture(relief, "emboss"),
    caption="The article's kernel finds edges: mid-grey is 0. The embossing kernel lights the portrait from one side.",
    alt="A grey portrait three times: as it is, as faint lines on even grey, and as a relief with light from the top left.",
)

# %% [markdown]
# ## 14. Less time is not faster by as much
#
# The article reports 0.7281 s for its loop and 0.1511 s for its matrix product,
# each the mean of five runs, and a saving of 79.25 %.

# %%
before, after = 0.7281, 0.1511
saving, speed = 1 - after / before, before / after
assert (round(100 * saving, 2), round(speed, 2)) == (79.25, 4.82)
assert round(100 * (1 - saving), 2) == 20.75
round(100 * saving, 2), round(speed, 2)

# %% [markdown]
# The saving is right.
# It means 4.82 times as fast, since the time that remains is 20.75 % of what it was.
# "80 % faster" would be {eval}`1 + 80 / 100` times as fast.
#
# What made it faster is not the matrix product as such.
# The article's second version still cuts out its windows one by one in a Python loop,
# and that loop takes nearly all of its time.
# [One matrix product](../guide/matmul.py) shows where the time goes and how to get rid of the loop.
#
# ## 15. Slips in the text
#
# One heading stands twice.
# One sentence lets the functions $f$ and $g$ produce a third function and calls it $f$ again; read $h$.
# And the text speaks of the centre of a kernel, which an even kernel does not have:
# it has to be agreed on which side its extra row and column of zeros go.
# `conv`, TensorFlow and JAX put them below and on the right, as the article's code does.

# %%
geometry = conv.Geometry.of((3, 3), (2, 2), padding="same")
assert geometry.pads == ((0, 1), (0, 1))
even = conv.correlate(np.arange(1, 10).reshape(3, 3), [[0, 0], [0, 1]])
assert even.tolist() == [[5, 6, 0], [8, 9, 0], [0, 0, 0]]
even

# %% [markdown]
# The kernel takes the lower right of the four pixels it covers, so 1 to 9 move up and to the left by one.
#
# ## Where the article's parts are treated here
#
# | part of the article | here |
# | --- | --- |
# | Background: a noisy sensor, weights that favour near readings, the definition | [Smoothing a noisy signal](../guide/smoothing.py), [Glossary](glossary.md) |
# | Convolution and cross-correlation | [Convolution or cross-correlation?](../guide/flip.py) |
# | Convolution and fully connected layers | [The same numbers as a fully connected layer](../guide/fully_connected.py) |
# | The modes `FULL`, `SAME` and `VALID` | [Full, same, valid](../guide/padding.py) |
# | A simple implementation, and its picture | [A first filter](../guide/first.py), [The definition, in loops](../guide/naive.py) |
# | An optimised implementation, and its timing | [One matrix product](../guide/matmul.py) |
#
# ## Exercises
#
# ### Exercise 1: the corner in bytes
#
# In note 7, the corner of the output is 400.
# What would remain of it in a byte?

# %% tags=["answer"]
# Four hundreds, and 400 - 256 = 144. NumPy keeps bytes if it is told to.
hundreds = bright[:2, :2]
assert hundreds.sum(dtype=np.uint8) == 400 - 256
int(hundreds.sum(dtype=np.uint8))

# %% [markdown]
# ### Exercise 2: one row and one column more
#
# In note 5, `same` and one zero on every side differ.
# Do they still differ on 1 to {eval}`5 * 5` as a 5 by 5 image?

# %% tags=["answer"]
# No. Three outputs a side need 2 * 2 + 3 = 7 rows, so same needs two zeros,
# one on each side.
larger = np.arange(1, 26).reshape(5, 5)
same = conv.correlate(larger, np.ones((3, 3)), padding="same", stride=2)
each = conv.correlate(larger, np.ones((3, 3)), padding=1, stride=2)
assert np.array_equal(same, each)
conv.Geometry.of((5, 5), (3, 3), padding="same", stride=2).pads

# %% [markdown]
# ## Summary
#
# - Test with kernels, images and strides that are not square; square ones hide exchanged axes.
# - Check shapes, modes and strides where they come in; NumPy broadcasts what does not belong together.
# - Compute images in floating point; bytes wrap around.
# - Say which operation, which padding and which alignment you mean: the words are used for several.
# - Give a gain in speed as "times as fast", and measure where the time goes before you explain it.
#
# ## Sources
#
# - <span lang="zh">王贵波</span>,
#   <cite lang="zh">卷积 Convolution 原理及可视化</cite>, read in a repost of 2020-03-28: the article itself.
# - NumPy, [Broadcasting](https://numpy.org/doc/stable/user/basics.broadcasting.html):
#   the rule behind note 6.
# - TensorFlow, [`tf.nn`, notes on padding](https://www.tensorflow.org/api_docs/python/tf/nn):
#   the rule of `same` with a stride, note 5.
# - Rafael C. Gonzalez and Richard E. Woods, *Digital Image Processing*, 4th edition, 2018, chapter 3:
#   the Laplacian of eight neighbours.
# - The photograph: US Navy, in the public domain, from the sample data of Matplotlib.
