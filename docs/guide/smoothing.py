# %% [markdown]
# # Smoothing a noisy signal
#
# At the end of this page you can write down a convolution, work it out by hand,
# and say why one of its two parts appears flipped.
# You need sums and a little Python.

# %%
import numpy as np

import conv
from conv import figures

# %% [markdown]
# ## A sensor that trembles
#
# A thermometer is read once a minute.
# The temperature changes slowly, but each reading is off by some chance amount: noise.
# This is a simulated hour of it.

# %%
minutes = np.arange(60)
truth = 20 + 2 * np.sin(minutes / 9)
noise = np.random.default_rng(7).normal(scale=0.5, size=60)
measured = truth + noise

# %% tags=["hide"]
figures.curves(
    minutes,
    {"temperature": truth, "readings": measured},
    x_label="time in minutes",
    y_label="temperature in °C",
    caption="The temperature, and what the thermometer shows.",
    alt="Two curves over 60 minutes: a smooth wave between 18 and 22 °C, and readings that jump around it by about half a degree.",
)

# %% [markdown]
# One reading says little about the temperature at that moment.
# Its neighbours say something too: they were taken nearly at the same time, and their noise is another one.
# So take a mean of neighbouring readings.
# The nearer a reading is in time, the more it should count.
#
# ## A mean with weights
#
# Work with numbers that can be followed by hand.
# Here are eight readings $f(0), f(1), \dots, f(7)$, and a weight for each age:
# $g(0)$ for the newest reading, $g(1)$ for the one before it, $g(2)$ for the one before that.

# %%
f = np.array([6, 12, 18, 6, 24, 12, 18, 6])
g = np.array([1 / 2, 1 / 3, 1 / 6])

# %% [markdown]
# At the moment 4 the newest reading is 24, the one before it 6, and the one before that 18.
# The smoothed value $h(4)$ is the sum of three terms:
#
# $$ h(4) = g(0)\,f(4) + g(1)\,f(3) + g(2)\,f(2) . $$
#
# With the numbers put in, that is
#
# $$ \tfrac12 \cdot 24 + \tfrac13 \cdot 6 + \tfrac16 \cdot 18 = 12 + 2 + 3 = 17 . $$
#
# Look at the numbers in the brackets of the first line.
# In every term they add up to 4: the age of the reading plus its time is now.
# So a reading that was taken at the time $t'$ has the age $t - t'$ at the moment $t$,
# and with the sum over all times $t'$
#
# $$ h(t) = \sum_{t'} g(t - t')\, f(t') . $$
#
# This is a [convolution](../reference/glossary.md#convolution), written $h = g * f$.
# Where there is no reading, or no weight for an age, the term is zero.
# `conv.convolve` computes it.
# Two zeros before the first reading let the weights begin there.

# %%
h = conv.convolve(f, g, padding=[(2, 0)])
assert np.isclose(h[4], 17)
h

# %% [markdown]
# ## Why the weights appear flipped
#
# Hold the moment $t$ fixed and go through the readings from left to right.
# The time $t'$ rises, so the age $t - t'$ falls.
# The first reading you meet is the oldest and has the last weight.
# Along the axis of time the weights stand in reverse: 1/6, 1/3, 1/2.
# Step through the moments and watch them slide.

# %% tags=["hide"]
figures.sliding(
    f,
    g,
    caption="Readings, the weights at one moment, and the result so far. Framed: what takes part.",
)

# %% [markdown]
# The flip is a matter of who is asked.
# Ask a moment where its value comes from: it looks back, and sees the weights in reverse.
# Ask a reading where it goes: it spreads a copy of $g$ into the future, as $g$ stands.
# Its whole weight falls on its own moment first, then less on the next, then still less.
# Add up the eight copies, and you get the same values.

# %%
copies = np.zeros((8, 10))
for time, reading in enumerate(f):
    copies[time, time : time + 3] = reading * g
assert np.allclose(copies.sum(axis=0)[:8], h)

# %% tags=["hide"]
figures.beside(
    figures.Grid(
        copies[:, :8],
        "each reading times g",
        tints=np.where(copies[:, :8], 1, -1),
    ),
    figures.Grid(h, "sum of the columns: h", role="output"),
    caption="A row for each reading: its copy of the weights, begun at its own moment. The columns add up to the result.",
    alt="An 8 by 8 grid with three numbers in each row, moved one to the right from row to row: 3 2 1, 6 4 2, 9 6 3 and so on. Below it the sums 3, 8, 14, 11, 17, 15, 17, 11.",
)

# %% [markdown]
# ## Weights that sum to one
#
# The weights 1/2, 1/3 and 1/6 add up to 1.
# So a temperature that does not change stays as it is.
# With a sum of 2 the room would seem twice as warm.

# %%
constant = np.full(10, 20.0)
smoothed = conv.convolve(constant, g, padding="valid")
assert np.isclose(g.sum(), 1)
assert np.allclose(smoothed, 20)

# %% [markdown]
# Weights that are at least zero and sum to one are also called a distribution.
#
# ## The definition
#
# In general $f$ and $g$ are two functions of a whole number, and their convolution is a third one:
#
# $$ (g * f)(t) = \sum_{t' = -\infty}^{\infty} g(t - t')\, f(t') . $$
#
# If time does not go in steps, the sum becomes an integral:
#
# $$ (g * f)(t) = \int_{-\infty}^{\infty} g(t - t')\, f(t')\, dt' . $$
#
# For an image there are two indices instead of one time.
# With rows $i$, $i'$ and columns $j$, $j'$:
#
# $$ (g * f)(i, j) = \sum_{i'} \sum_{j'} g(i - i',\; j - j')\, f(i', j') . $$
#
# Three and more dimensions add further sums.
# Deep learning calls $f$ the [input](../reference/glossary.md#input),
# $g$ the [kernel](../reference/glossary.md#kernel),
# and the result $h$ the [feature map](../reference/glossary.md#feature-map).
#
# Test the sum against the code, term by term.

# %%
spans = range(len(f)), range(len(g))
by_hand = np.zeros(len(f) + len(g) - 1)
for time in spans[0]:
    for age in spans[1]:
        by_hand[time + age] += g[age] * f[time]
assert np.allclose(by_hand, conv.convolve(f, g, padding="full"))

# %% [markdown]
# ## An impulse shows the kernel
#
# The simplest input is an [impulse](../reference/glossary.md#impulse): a single 1 among zeros.
# Only one term is left of each sum, and the output is the kernel, not flipped.
# An impulse that comes later gives the kernel later.

# %%
impulse = np.array([0, 0, 1, 0, 0, 0])
answer = conv.convolve(impulse, [5, 3, 1], padding=[(2, 0)])
later = conv.convolve(np.roll(impulse, 1), [5, 3, 1], padding=[(2, 0)])
assert answer.tolist() == [0, 0, 5, 3, 1, 0]
assert later.tolist() == [0, 0, 0, 5, 3, 1]

# %% [markdown]
# Every input is a sum of impulses of different heights.
# That is why the answer to one impulse tells everything about a convolution.
#
# ## Either may be the kernel
#
# Count the terms by age instead of by time.
# Put $a = t - t'$ for the age; then $t' = t - a$, and when $t'$ runs through all whole numbers, so does $a$:
#
# $$ \sum_{t'} g(t - t')\, f(t') = \sum_{a} g(a)\, f(t - a) . $$
#
# On the right $f$ and $g$ have changed places.
# Convolution is commutative: $g * f = f * g$.

# %%
six = np.array([3, 2, 1])  # the weights, times six: whole numbers
one = conv.convolve(f, six, padding="full")
other = conv.convolve(six, f, padding="full")
assert np.array_equal(one, other)

# %% [markdown]
# ## Back to the thermometer
#
# Weights for the past alone make the result late.
# If all readings are there already, take the neighbours on both sides.
# The rows of a Gaussian kernel, added up, are such weights: they fall with the distance on both sides.

# %%
weights = conv.kernels.gaussian(11, sigma=2).sum(axis=0)
assert np.isclose(weights.sum(), 1)
smooth = conv.convolve(measured, weights, padding="valid")
inside = slice(5, -5)  # where all eleven neighbours exist
shown = {"temperature": truth[inside], "readings": measured[inside]}
shown["smoothed"] = smooth

# %% tags=["hide"]
figures.curves(
    minutes[inside],
    shown,
    x_label="time in minutes",
    y_label="temperature in °C",
    caption="Smoothing brings the readings close to the temperature.",
    alt="Three curves: the smooth temperature, the jumping readings, and the smoothed readings, which stay close to the temperature.",
)

# %% [markdown]
# How close? Take the root of the mean squared error, in degrees, before and after.
# It is nearly halved.

# %%
before = np.sqrt(np.mean((measured - truth)[inside] ** 2))
after = np.sqrt(np.mean((smooth - truth[inside]) ** 2))
assert after < 0.6 * before
round(float(before), 2), round(float(after), 2)

# %% [markdown]
# At both ends some neighbours are missing.
# What to do there is the subject of [Full, same, valid](padding.py).
#
# ## Why has `np.convolve`'s `same` another length?
#
# Because it returns as many values as the longer of its two arguments, whichever that is.
# Convolution is commutative, so NumPy does not know which one you call the signal.
# `conv.convolve` takes the first argument for the input, and `same` means the size of the input.

# %%
short, long = np.array([1, 2]), np.array([1, 1, 1, 1, 1])
sizes = np.convolve(short, long, "same").size, conv.convolve(short, long).size
assert sizes == (5, 2)
sizes

# %% [markdown]
# Where the kernel is not longer than the input, the two agree in all three modes.

# %%
for mode in ("full", "same", "valid"):
    ours = conv.convolve(f, six, padding=mode)
    assert np.array_equal(ours, np.convolve(f, six, mode))

# %% [markdown]
# ### Try it
#
# Here are the readings and the weights, times six.
# Step through the positions, and change a weight or a reading.
# The explorer is explained on [its own page](../explorer.py).

# %% tags=["hide"]
figures.explorer(
    f[None],
    six[None],
    padding="full",
    flipped=True,
    caption="The convolution of the readings with the weights 3, 2, 1.",
    alt="A row of 8 readings, a kernel of 3 weights, and the row of 10 outputs of their convolution under full.",
)

# %% [markdown]
# ## Exercises
#
# Each asks for a prediction. Write yours down before you open the answer.
#
# ### Exercise 1: one value
#
# With the readings and weights from above, what is $h(5)$?

# %% tags=["answer"]
# 1/2 * 12 + 1/3 * 24 + 1/6 * 6 = 6 + 8 + 1
assert np.isclose(h[5], 6 + 8 + 1)
round(float(h[5]))

# %% [markdown]
# ### Exercise 2: a delay
#
# Which three weights leave the readings as they are, and one moment late?

# %% tags=["answer"]
# All the weight on the age 1: each moment shows the reading before it.
late = conv.convolve(f, [0, 1, 0], padding=[(2, 0)])
assert np.array_equal(late[1:], f[:-1])
late

# %% [markdown]
# ### Exercise 3: twice the mean
#
# Smooth with three equal weights, and smooth the result once more.
# Which weights do the same in one go?

# %% tags=["answer"]
# The convolution of the weights with themselves: a triangle.
thirds = np.full(3, 1 / 3)
triangle = conv.convolve(thirds, thirds, padding="full")
assert np.allclose(triangle * 9, [1, 2, 3, 2, 1])
twice = conv.convolve(
    conv.convolve(f, thirds, padding="full"), thirds, padding="full"
)
assert np.allclose(twice, conv.convolve(f, triangle, padding="full"))

# %% [markdown]
# ## Summary
#
# - A convolution is a weighted sum of neighbours, the same weights at every moment.
# - The weight of a reading depends on its age $t - t'$; therefore the weights appear flipped along time.
# - Weights that sum to one keep a constant signal.
# - An impulse gives back the kernel.
# - Input and kernel may change places.
#
# ## Sources
#
# - Ian Goodfellow, Yoshua Bengio and Aaron Courville,
#   [*Deep Learning*](https://www.deeplearningbook.org/contents/convnets.html), 2016, section 9.1:
#   the noisy sensor, the definitions, and the words input, kernel and feature map.
# - Alan V. Oppenheim and Ronald W. Schafer, *Discrete-Time Signal Processing*, 3rd edition, 2010, chapter 2:
#   the convolution sum and the impulse.
# - NumPy's documentation of [`numpy.convolve`](https://numpy.org/doc/stable/reference/generated/numpy.convolve.html):
#   what its modes return.
