# %% [markdown]
# # Smoothing a noisy signal
#
# At the end of this page you can write down a convolution, work it out by hand,
# and say why one of its two parts appears flipped.
# You need sums and a little NumPy.
# [A first filter](first.py) shows what it leads to.

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
# The readings next to it say something too: the temperature was nearly the same when they were taken.
# Their noise is independent: some of them are too high, others too low.
# In a mean of several readings the noise partly cancels.
# The nearer a reading is in time, the more it should count, so give each a weight.
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

# %% tags=["hide"]
figures.moment(
    f,
    g,
    4,
    caption="The moment 4: three readings, each times the weight below it. The three products sum to the framed result.",
    alt="Bars in four rows. Readings 6, 12, 18, 6, 24, 12, 18, 6. Below the 18, 6 and 24 stand the weights 1/6, 1/3 and 1/2, then the products 3, 2 and 12. The last row is the result from 0 to 4: 3, 8, 14, 11, 17.",
)

# %% [markdown]
# Look at the numbers in the brackets of the formula: 0 and 4, 1 and 3, 2 and 2.
# In every term they add up to 4, because the time of a reading plus its age is the present moment.
# So a reading that was taken at the time $t'$ has the age $t - t'$ at the moment $t$.
# With the sum over all times $t'$,
#
# $$ h(t) = \sum_{t'} g(t - t')\, f(t') . $$
#
# This is a [convolution](../reference/glossary.md#convolution), written $h = g * f$.
# Where there is no reading, or no weight for an age, the term is zero.
# `conv.convolve` computes it.
# Two zeros of [padding](../reference/glossary.md#padding) before the first reading let the weights begin there.

# %%
h = conv.convolve(f, g, padding=[(2, 0)])
assert np.isclose(h[4], 12 + 2 + 3)
assert np.allclose(h, [3, 8, 14, 11, 17, 15, 17, 11])
h.round(6)

# %% [markdown]
# ## Why the weights appear flipped
#
# Hold the moment $t$ fixed and go through the readings from left to right.
# The time $t'$ rises, so the age $t - t'$ falls.
# The first reading you meet is the oldest and has the last weight.
# Along the axis of time the weights stand in reverse, 1/6, 1/3, 1/2:
# this is the [flip](../reference/glossary.md#flip).
# One moment later, every weight moves one place to the right.
# Step through the moments and watch them slide.

# %% tags=["hide"]
figures.sliding(
    f,
    g,
    caption="All eight moments. At each, what takes part is framed.",
)

# %% [markdown]
# The figure asks where one value of $h$ comes from.
# You can also hold a reading fixed, at the time $t'$, and ask where it goes.
# Now $t$ rises from left to right, and the age $t - t'$ rises with it.
# A half of the reading goes to its own moment, a third to the next, a sixth to the one after.
# So each reading spreads a copy of $g$ into the future, and this copy is not flipped.
# Add up the eight copies, and you get the same values.

# %%
copies = np.zeros((8, 10))
for time, reading in enumerate(f):
    copies[time, time : time + 3] = reading * g
assert np.allclose(copies.sum(axis=0)[:8], h)

# %% tags=["hide"]
sums = np.vstack([copies, copies.sum(axis=0)])[:, :8]
roles = [*np.where(copies[:, :8], "kernel", ""), ["output"] * 8]
figures.beside(
    figures.Grid(sums, "each reading times g; their sum h", np.array(roles)),
    caption="One row for each reading: its copy of the weights, begun at its own moment. The columns add up to the last row, h.",
    alt="A grid of nine rows and eight columns. Each of the first eight rows has up to three numbers, begun one column further right than the row above: 3 2 1, 6 4 2, 9 6 3 and so on. The last row holds the sums 3, 8, 14, 11, 17, 15, 17, 11.",
)

# %% [markdown]
# ## Weights that sum to one
#
# The weights 1/2, 1/3 and 1/6 add up to 1.
# So a temperature that does not change stays as it is:
# when all readings are 20, the three terms are 10, 20/3 and 10/3, and their sum is 20.
# With weights that add up to 2 the thermometer would show 40.

# %%
constant = np.full(10, 20.0)
smoothed = conv.convolve(constant, g, padding="valid")
assert np.isclose(g.sum(), 1)
assert np.allclose(smoothed, 20)
assert np.allclose(conv.convolve(constant, 2 * g, padding="valid"), 40)

# %% [markdown]
# Weights that are at least zero and sum to one form a distribution:
# they distribute the whole, 1, over the ages.
#
# ## Neighbours on both sides
#
# Once all readings are stored, a moment can also use the next one.
# At the moment 4, the reading of the time 5 has the age $4 - 5$, which is −1.
# The formula needs no change: $g$ gets a weight for the age −1.
# Take $g(-1) = \tfrac16$, $g(0) = \tfrac12$ and $g(1) = \tfrac13$. Then
#
# $$ h(4) = g(-1)\,f(5) + g(0)\,f(4) + g(1)\,f(3) , $$
#
# $$ \tfrac16 \cdot 12 + \tfrac12 \cdot 24 + \tfrac13 \cdot 6 = 2 + 12 + 2 = 16 . $$

# %%
both = np.array([1 / 6, 1 / 2, 1 / 3])  # for the ages -1, 0 and 1
centred = conv.convolve(f, both, padding="same")
assert np.isclose(centred[4], 2 + 12 + 2)
assert np.allclose(centred[:5], [5, 11, 14, 13, 16])

# %% tags=["hide"]
figures.moment(
    f,
    both,
    4,
    first_age=-1,
    caption="The moment 4 with a weight for the next reading. The weights stand in reverse here too: g(1), g(0), g(−1).",
    alt="Bars in four rows. Below the readings 6, 24 and 12, at the times 3, 4 and 5, stand the weights 1/3, 1/2 and 1/6, then the products 2, 12 and 2. Their sum 16 is the last bar of the result 5, 11, 14, 13, 16.",
)

# %% [markdown]
# With `padding="same"`, `conv.convolve` takes the middle weight for the age 0.
# The output has as many values as the input: see [same](../reference/glossary.md#same).
#
# ## The definition
#
# In general $f$ and $g$ are two functions of a whole number, and their convolution is a third one.
# Its value at $t$ is
#
# $$ (g * f)(t) = \sum_{t' = -\infty}^{\infty} g(t - t')\, f(t') , $$
#
# where $t'$ runs through all whole numbers.
# If time does not go in steps, $f$ and $g$ are functions of a real number, and the sum becomes an integral:
#
# $$ (g * f)(t) = \int_{-\infty}^{\infty} g(t - t')\, f(t')\, dt' . $$
#
# An image has two indices instead of one time.
# With rows $i$, $i'$ and columns $j$, $j'$:
#
# $$ (g * f)(i, j) = \sum_{i'} \sum_{j'} g(i - i',\; j - j')\, f(i', j') . $$
#
# In $d$ dimensions, a place is a list of $d$ whole numbers, $\mathbf{t} = (t_1, \dots, t_d)$.
# Subtract place from place, number by number, and sum over all places $\mathbf{t}'$:
#
# $$ (g * f)(\mathbf{t}) = \sum_{\mathbf{t}' \in \mathbb{Z}^d} g(\mathbf{t} - \mathbf{t}')\, f(\mathbf{t}') . $$
#
# Here $\mathbb{Z}^d$ is the set of all lists of $d$ whole numbers.
# Deep learning calls $f$ the [input](../reference/glossary.md#input),
# $g$ the [kernel](../reference/glossary.md#kernel),
# and the result $h$ the [feature map](../reference/glossary.md#feature-map).
#
# Test the sum against the code, term by term.
# Six times the weights are whole numbers, so nothing is rounded and the two must be equal.
# With `padding="full"` the output has every sum that is not empty.

# %%
six = np.array([3, 2, 1])  # six times the weights for the ages 0, 1, 2
by_sum = np.zeros(len(f) + len(six) - 1)
for t in range(len(by_sum)):
    for time in range(len(f)):  # t' in the formula
        if 0 <= t - time < len(six):
            by_sum[t] += six[t - time] * f[time]
assert np.array_equal(by_sum, conv.convolve(f, six, padding="full"))

# %% [markdown]
# ## An impulse shows the kernel
#
# The simplest input is an [impulse](../reference/glossary.md#impulse): a single 1 among zeros.
# If the 1 stands at the time 2, only the term with $t' = 2$ is left of each sum: $h(t) = g(t - 2)$.
# The output is the kernel, not flipped, begun at the impulse.
# An impulse that comes one moment later gives the kernel one moment later.

# %%
impulse = np.array([0, 0, 1, 0, 0, 0])
response = conv.convolve(impulse, six, padding=[(2, 0)])
later = conv.convolve(np.roll(impulse, 1), six, padding=[(2, 0)])
assert response.tolist() == [0, 0, 3, 2, 1, 0]
assert later.tolist() == [0, 0, 0, 3, 2, 1]

# %% tags=["hide"]
figures.beside(
    figures.Grid(impulse, "impulse", focus=(2,)),
    figures.Grid(six, "kernel", role="kernel"),
    figures.Grid(response, "output", role="output", focus=(slice(2, 5),)),
    caption="The output repeats the kernel, from the moment of the impulse on.",
    alt="The impulse 0 0 1 0 0 0, the kernel 3 2 1, and the output 0 0 3 2 1 0, with the 1 of the impulse and the 3 2 1 of the output in frames.",
)

# %% [markdown]
# Every input is a sum of impulses, each with its own height and moment.
# The output is the same sum of copies of the kernel, as in the grid of copies above.
# So the response to one impulse determines the output for every input.
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
one = conv.convolve(f, six, padding="full")
other = conv.convolve(six, f, padding="full")
assert np.array_equal(one, other)

# %% [markdown]
# ## Back to the thermometer
#
# Weights for the past alone make the result late.
# The hour has been recorded, so you can take neighbours on both sides, as many before as after.
# A Gaussian gives weights that fall with the distance from the middle.
# `conv.kernels.gaussian` makes one for images; added up over its rows, it is one for signals.

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
    alt="Three curves from minute 5 to 54: the temperature as a smooth wave, readings that jump around it, and the smoothed readings, which run close to the wave.",
)

# %% [markdown]
# To measure how close, subtract the true temperature, square, take the mean, and take the root.
# This is the RMS error, in degrees.
# Smoothing nearly halves it.

# %%
before = np.sqrt(np.mean((measured - truth)[inside] ** 2))
after = np.sqrt(np.mean((smooth - truth[inside]) ** 2))
assert 0.5 * before < after < 0.6 * before
round(float(before), 2), round(float(after), 2)

# %% [markdown]
# At both ends some neighbours are missing.
# Above, these moments are left out.
# If zeros take the place of the missing readings, part of the weight falls on zeros.
# Then even a constant signal drops at its ends:

# %%
ends = conv.convolve(np.full(6, 18), both, padding="same").round(6)
assert ends.tolist() == [12, 18, 18, 18, 18, 15]
ends

# %% [markdown]
# [Full, same, valid](padding.py) says where a kernel may stand, and how many zeros that takes.
#
# ## Why has `np.convolve`'s `same` another length?
#
# Because it returns as many values as the longer of its two arguments, whichever that is.
# For arguments of $M$ and $N$ values this is $\max(M, N)$.
# Convolution is commutative, so NumPy does not ask which of the two is the signal.
# `conv.convolve` takes its first argument for the input, and `same` means the size of the input.

# Both keep the middle of what `full` gives; they differ in how much of it.

# %%
short, long = np.array([1, 2]), np.array([1, 1, 1, 1, 1])
every = np.convolve(short, long, "full")
assert every.tolist() == [1, 3, 3, 3, 3, 2]
assert np.array_equal(np.convolve(short, long, "same"), every[:5])
assert np.array_equal(conv.convolve(short, long, padding="same"), every[2:4])

# %% tags=["hide"]
figures.beside(
    figures.Grid(every, "NumPy's same", role="output", focus=(slice(0, 5),)),
    figures.Grid(every, "conv's same", role="output", focus=(slice(2, 4),)),
    caption="All six values of the convolution of 1 2 with five ones. What same keeps of them is framed.",
    alt="The row 1 3 3 3 3 2 twice. For NumPy its first five values are framed, for conv the two in the middle.",
)

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
# With the eight readings $f$ and the weights 1/2, 1/3 and 1/6 for the ages 0, 1 and 2, what is $h(5)$?

# %% tags=["answer"]
# 1/2 * 12 + 1/3 * 24 + 1/6 * 6 = 6 + 8 + 1
assert np.isclose(h[5], 6 + 8 + 1)
round(float(h[5]))

# %% [markdown]
# ### Exercise 2: a delay
#
# Which weights for the ages 0, 1 and 2 repeat the readings unchanged, one moment late?

# %% tags=["answer"]
# All the weight on the age 1: each moment shows the reading before it.
late = conv.convolve(f, [0, 1, 0], padding=[(2, 0)])
assert np.array_equal(late[1:], f[:-1])
late

# %% [markdown]
# ### Exercise 3: twice the mean
#
# Smooth with three equal weights, 1/3 each, and smooth the result once more.
# Which five weights do the same in one go?

# %% tags=["answer"]
# Those of the box convolved with itself, a triangle: 1, 2, 3, 2, 1 ninths.
box = np.array([1, 1, 1])  # three times the weights
triangle = conv.convolve(box, box, padding="full")
once = conv.convolve(f, box, padding="full")
twice = conv.convolve(once, box, padding="full")
assert np.array_equal(twice, conv.convolve(f, triangle, padding="full"))
assert triangle.tolist() == [1, 2, 3, 2, 1]
triangle

# %% [markdown]
# ### Exercise 4: three lengths
#
# Take three readings and seven weights.
# How many values does `np.convolve` return in the modes `full`, `same` and `valid`?
# In which of them does `conv.convolve` refuse?

# %% tags=["answer"]
# 3 + 7 - 1 = 9, max(3, 7) = 7, and 7 - 3 + 1 = 5: in `valid`, too,
# NumPy takes the shorter one for the kernel. conv finds no place for seven weights.
three, seven = np.ones(3), np.ones(7)
modes = {"full": 9, "same": 7, "valid": 5}
assert modes == {m: np.convolve(three, seven, m).size for m in modes}
try:
    conv.convolve(three, seven, padding="valid")
except conv.ShapeError as error:
    print(error)

# %% [markdown]
# ## Summary
#
# - A convolution is a weighted sum of neighbours, with the same weights at every moment.
# - The weight of a reading depends on its age $t - t'$; therefore the weights appear flipped along time.
#   [Convolution or cross-correlation?](flip.py) asks what happens without the flip.
# - Weights that sum to one keep a constant signal as it is.
# - An impulse gives back the kernel, unflipped, and a later impulse gives it back later.
# - Input and kernel may change places: $g * f = f * g$.
#
# ## Sources
#
# - Ian Goodfellow, Yoshua Bengio and Aaron Courville,
#   [*Deep Learning*](https://www.deeplearningbook.org/contents/convnets.html), 2016, section 9.1:
#   the noisy sensor, the definitions, and the words input, kernel and feature map.
# - Alan V. Oppenheim and Ronald W. Schafer, *Discrete-Time Signal Processing*, 3rd edition, 2010, chapter 2:
#   the convolution sum and the impulse.
# - NumPy's documentation of [`numpy.convolve`](https://numpy.org/doc/stable/reference/generated/numpy.convolve.html):
#   what its modes return, and that `same` has the length $\max(M, N)$.
