# %% [markdown]
# # Smoothing a noisy signal
#
# How do you get a clean curve out of a noisy sensor, when chance pushes every single reading up or down?

# %%
import numpy as np

import conv
from conv import figures

# %% tags=["hide"]
minutes = np.arange(-10, 70)  # an hour, and ten minutes on either side
truth = 20 + 2 * np.sin(minutes / 5)
readings = truth + np.random.default_rng(18).normal(scale=0.5, size=80)
hour = slice(10, 70)
gaussian = conv.kernels.gaussian(21, sigma=2).sum(axis=0)
smooth = conv.convolve(readings, gaussian, padding="valid")
off = [np.std(values - truth[hour]) for values in (readings[hour], smooth)]

# %% tags=["hide"]
shown = {"readings": readings[hour], "temperature": truth[hour]}
axes = {"x_label": "time in minutes", "y_label": "temperature in °C"}
figures.curves(
    minutes[hour],
    {**shown, "smoothed": smooth},
    **axes,
    styles=["dots", "thin", "thick"],
    caption=f"A thermometer in a heated room, read once a minute. The dots are typically {off[0]:.1f} °C off, the thick curve {off[1]:.1f} °C.",
    alt=f"Dots around a thin wave from 18 to 22 °C; the thick curve goes up to {smooth.max():.1f} °C.",
)

# %% [markdown]
# Each value of the thick curve is a weighted average of the readings around it, in which the nearest weigh most and the errors, the **noise**, partly cancel.
# Doing this at every moment with the same weights is called a **convolution**.
#
# The hour is simulated, with ten minutes more on either side, so that the temperature is known:
# at the minute $t$ it is $20 + 2 \sin(t/5)$ °C, read with random errors of typically 0.5 °C.
#
# ## Which readings should count, and how much? { #weights-by-age }
#
# One reading tells you little, because its error may be as large as the change you look for.
# The readings just before it help, because the temperature was nearly the same and their errors have nothing to do with its own.
# Older readings help less, because the temperature has moved on since.
# So let the weight of a reading fall with its **age**, the time since it was taken.
#
# Simple falling weights are 3 parts for the newest reading, 2 for the one before and 1 for the one before that.
# We divide by the six parts, because only weights that add up to 1 leave a steady temperature as it is.
# Try them on eight whole numbers, from a bad thermometer in water that is being heated.

# %%
x = np.array([12, 18, 12, 24, 18, 24, 30, 24])
w = np.array([3, 2, 1]) / 6  # for the ages 0, 1 and 2

# %% [markdown]
# At the moment 4 (counted from 0) the newest reading is 18, and before it came 24 and 12, so the smoothed value is
#
# $$ 18 \cdot \tfrac12 + 24 \cdot \tfrac13 + 12 \cdot \tfrac16 = 9 + 8 + 2 = 19 . $$
#
# With $x(t)$ for the reading at the moment $t$, $w$ for the weights and $y(t)$ for the result, this sum reads
#
# $$ y(4) = x(4)\,w(0) + x(3)\,w(1) + x(2)\,w(2) . $$
#
# ## How does a formula say age? { #age }
#
# Look at the two numbers in the brackets of each product: 4 and 0, 3 and 1, 2 and 2.
# They always add up to 4, because the moment of a reading plus its age is the present moment.
# So a reading that was taken at the moment $t'$ (say "t prime") has the age $t - t'$ at the moment $t$.
# The general formula says no more than that:
#
# $$ y(t) = \sum_{t'} x(t')\, w(t - t') . $$
#
# Add up over all moments $t'$, and count a product as zero where there is no reading, or no weight for its age.
# The result is the [convolution](../reference/glossary.md#convolution) of $x$ and $w$, written $y = x * w$.
# Deep learning calls $x$ the [**input**](../reference/glossary.md#input), $w$ the [**kernel**](../reference/glossary.md#kernel)
# and $y$ the [**feature map**](../reference/glossary.md#feature-map).

# %%
y = np.zeros(8)
for t in range(8):
    for then in range(8):  # t' in the formula
        age = t - then
        if 0 <= age < len(w):
            y[t] += x[then] * w[age]
y.round(6)

# %% tags=["hide"]
assert np.allclose(y, [6, 13, 14, 19, 19, 22, 26, 26])
assert np.allclose(y, conv.convolve(x, w, padding="full")[:8])
assert (np.diff(x) < 0).sum() == 3
assert np.diff(y).min() > -1e-12
windows = np.lib.stride_tricks.sliding_window_view(x, 3)
assert (windows.min(axis=1) <= y[2:]).all()
assert (y[2:] <= windows.max(axis=1)).all()

# %% [markdown]
# The readings fall three times while the water gets warmer, but the smoothed values never do.
# Why does $y$ begin at 6, when the first reading is 12?
# At the moment 0 only the weight 1/2 finds a reading, and the other half of the weight is lost.
# From the moment 2 on every weight has its reading, and the weighted average $y(t)$ lies between the smallest and the largest of its readings.
#
# `conv.convolve(x, w, padding="full")` gives these eight values and two more, for the two moments after the last reading, while it still has a weight;
# [Full, same, valid](padding.py) shows what else to do at the ends.
#
# ??? question "What if time does not go in steps, or there are several dimensions?"
#     If time is continuous, the sum becomes an integral.
#     Two functions, $x$ and $w$, give a third:
#
#     $$ (x * w)(t) = \int_{-\infty}^{\infty} x(t')\, w(t - t')\, dt' . $$
#
#     A picture has a row and a column where a signal has a moment.
#     In place of an age stands an offset, positive or negative, in each direction, and the sum runs over the rows $i'$ and columns $j'$ of the picture:
#
#     $$ (x * w)(i, j) = \sum_{i'} \sum_{j'} x(i', j')\, w(i - i',\, j - j') . $$
#
#     In any number of dimensions, let $\mathbf{t}$ and $\mathbf{t}'$ be lists of whole numbers, one for each dimension,
#     and subtract the second from the first number by number:
#
#     $$ (x * w)(\mathbf{t}) = \sum_{\mathbf{t}'} x(\mathbf{t}')\, w(\mathbf{t} - \mathbf{t}') . $$
#
# ## Why do the weights run backwards? { #flip }
#
# Stay at the moment 4 and read the row of readings from left to right.
# The moment $t'$ rises, so the age $4 - t'$ falls:
# first comes the oldest of the three readings with the last weight, 1/6, then 1/3, then 1/2.
# Readings are listed by time and weights by age, and the two run in opposite directions.
# This reversal is called the [flip](../reference/glossary.md#flip) of a convolution.
# The figure opens at the moment 4; one moment later every reading is one step older, so each weight moves one place to the right.

# %% tags=["hide"]
figures.sliding(
    x,
    w,
    at=4,
    caption="The weights slide along the readings. At each moment the framed products add up to one value of the result.",
)

# %% [markdown]
# The slide shows where one result comes from; ask instead where one reading goes, and nothing is reversed.
# The reading 24 of the moment 3 gives a half of itself, 12, to its own moment, a third, 8, to the next and a sixth, 4, to the one after.
# So every reading leaves a copy of the weights, in their own order, and $y$ is the sum of the copies.

# %%
copies = np.zeros((8, 10))
for then in range(8):
    copies[then, then : then + 3] = x[then] * w
assert np.allclose(copies.sum(axis=0)[:8], y)

# %% tags=["hide"]
sums = np.vstack([copies[:, :8], y]).round(6).astype(int).astype(object)
cells = np.full((10, 9), "", dtype=object)  # numbers of the moments around
cells[0, 1:], cells[1:, 0] = range(8), [*range(8), "y"]
cells[1:, 1:] = np.where(sums, sums, "")
roles = np.full(cells.shape, "", dtype=object)
roles[1:9, 1:] = np.where(copies[:, :8], "kernel", "")
roles[9, 1:] = "output"

# %% tags=["hide"]
names = ("moment of the reading, t′", "moment, t")
framed = {"focus": (slice(3, 6), 5), "last": (9, 5)}
figures.beside(
    figures.Grid(cells, "", roles, axes=names, **framed),
    caption="Row t′ is the reading x(t′) times the weights, and the last row is y, the sum. Framed: the products 2, 8 and 9 of the moment 4, and 19.",
    alt="A grid with rows and columns for the moments 0 to 7. Each of its eight rows holds three of the products, as far as there is room, one column further right than the row above: 6 4 2, then 9 6 3, and so on. A last row holds the sums 6, 13, 14, 19, 19, 22, 26 and 26.",
)

# %% [markdown]
# If the input is a single 1 among zeros, an [**impulse**](../reference/glossary.md#impulse), only one row is left, and the output is the kernel itself, not flipped.
# That makes an impulse, with a kernel like 3:2:1 that reads differently backwards, the quickest test of whether a library flips.
#
# A product belongs to $y(t)$ if the numbers in its two brackets add up to $t$, which treats both lists alike.
# So convolution is **commutative**: $x * w = w * x$.

# %% tags=["hide"]
impulse = np.array([0, 0, 1, 0, 0])
response = conv.convolve(impulse, w, padding="full")
assert np.array_equal(response, [0, 0, *w, 0, 0])
one = conv.convolve(x, w, padding="full")
other = conv.convolve(w, x, padding="full")
assert np.allclose(one, other)

# %% [markdown]
# ## Two dice do the same sum { #dice }
#
# In how many ways do two dice show 7 together?
# If the first shows 2, the second has to show 7 − 2.
# That is the formula again, with $t'$ for what the first die shows and $t - t'$ for what the second must show.
# So the convolution of one die with another counts the ways of every sum.
# The list of a die begins at the face 1, so the result begins at the sum 2.

# %%
die = np.ones(6)  # one way for each face, 1 to 6
ways = conv.convolve(die, die, padding="full")  # of the sums 2 to 12
assert ways.tolist() == [1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1]
ways.astype(int)

# %% tags=["hide"]
faces = np.arange(1, 7)
pairs = np.add.outer(faces, faces)
table = np.block([[np.zeros(1, int), faces], [faces[:, None], pairs]])
roles = np.where(table == 7, "output", "")
roles[1:, 0], roles[0, 1:] = "input", "kernel"
table = np.where(table, table.astype(object), "")
counts = np.stack([np.arange(2, 13), ways.astype(int)])
fills = np.where(counts[:1] == 7, "output", "").repeat(2, axis=0)

# %% tags=["hide"]
figures.beside(
    figures.Grid(table, "", roles, axes=("first die", "second die")),
    figures.Grid(counts, "sum above, ways below", fills),
    caption="The 7s lie on a diagonal: down the rows the first die rises while the second falls, just as time rises while age falls.",
    alt="A table of the 36 sums of two dice; the six 7s on a diagonal are filled. Beside it the sums 2 to 12 with their ways 1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1.",
)

# %% [markdown]
# Divided by {eval}`pairs.size`, the ways become a **distribution**: chances that add up to 1, like our weights.
# The distribution of the sum of two independent numbers is the convolution of theirs.
# So smoothing twice is like throwing two dice, because a reading gets an age each time and the two add up ([exercise 3](#exercise-3-twice-the-mean)).
#
# ## How much noise does smoothing remove? { #noise }
#
# A reading is the truth plus an error, so $y$ is the smoothed truth plus the smoothed errors.
# Take the errors first.
# Let their typical size, the root of their mean square (RMS), be 1; then a weight of 1/2 makes it 1/2.
#
# When independent errors are added, the *squares* of their sizes add up, so for the weights 3:2:1 the square of what is left is
#
# $$ \left(\tfrac12\right)^2 + \left(\tfrac13\right)^2 + \left(\tfrac16\right)^2 = \tfrac{14}{36} . $$
#
# The root is {eval}`f"{np.sqrt(np.sum(w**2)):.2f}"`, so smoothing with 3:2:1 leaves {eval}`f"{100 * np.sqrt(np.sum(w**2)):.0f}"` per cent of the noise.
# Any weights leave √Σw² of it, the root of the sum of their squares, if the errors are **independent** (one tells nothing about another), 0 on average and of equal size.
#
# ??? question "Why do the squares add up, and not the errors?"
#     The square of the sum of two errors is the square of the first, plus the square of the second, plus twice their product.
#     If they are independent and 0 on average, their product is 0 on average, too, so only the two squares are left.
#
# The thick curve at the top uses later readings, too.
# At the moment 4, the reading of the moment 5 has the age 4 − 5 = −1.
# A live display cannot know it, but a recording contains it, and the formula stays the same.
#
# The weights of the curve are a bell (a **Gaussian**) around the age 0.
# At a distance of one `width`, which is 2 minutes there, a weight is {eval}`f"{np.exp(-1 / 2):.2f}"` of the middle one.


# %%
def bell(width):
    ages = np.arange(-10, 11)
    weights = np.exp(-((ages / width) ** 2) / 2)
    return weights / weights.sum()


assert np.allclose(bell(2), gaussian)

# %% [markdown]
# One hour of errors may be a lucky one, so try a thousand.
# Each row of `noise` holds one hour with its ten minutes on either side.
# The kernel has a single row, so it lies on one hour at a time, and hours never mix;
# `valid` keeps the moments at which every weight has a reading.

# %%
seeds = [np.random.default_rng(seed) for seed in range(1000)]
noise = np.array([rng.normal(scale=0.5, size=80) for rng in seeds])


# %%
def left(weights):  # RMS of the smoothed errors in °C, hour by hour
    part = noise[:, : 59 + len(weights)]  # 60 moments
    smoothed = conv.convolve(part, [weights], padding="valid")
    return np.sqrt(np.mean(smoothed**2, axis=1))


# %% tags=["hide"]
kernels = {"3:2:1": w, "bell, width 2": bell(2)}
predicted = [float(np.sqrt(np.sum(k**2))) for k in kernels.values()]
hours = np.array([left(k) / 0.5 for k in kernels.values()])
overall = np.sqrt(np.mean(hours**2, axis=1)).tolist()
low, high = np.quantile(hours, [0.05, 0.95], axis=1)
assert np.allclose(predicted, overall, rtol=0.01)
assert np.isclose(predicted[0], np.sqrt(14) / 6)

# %% [markdown]
# The table shows the share that is left: the RMS divided by the 0.5 °C before smoothing.

# %% tags=["hide"]
columns = {"weights": list(kernels), "√Σw²": predicted, "1000 hours": overall}
ranges = [f"{a:.2f} to {b:.2f}" for a, b in zip(low, high, strict=True)]
columns["nine in ten single hours"] = ranges
figures.table(columns)

# %% [markdown]
# √Σw² predicts the noise left in a thousand hours to within one per cent.
# A single hour can be far off, so do not judge weights by one recording; we picked the one at the top because it is typical.
#
# ## Why not use wider weights? { #width }
#
# The wider the bell, the smaller √Σw², and the less noise is left.
# But wide weights also average over the temperature itself: a crest is mixed with the slopes beside it and comes out too low, and a trough too high, which is called **blur**.

# %% tags=["hide"]
narrow = conv.convolve(readings, bell(0.5), padding="valid")
wide = conv.convolve(readings, bell(4), padding="valid")

# %% tags=["hide"]
figures.curves(
    minutes[hour],
    {**shown, "width 0.5": narrow, "width 4": wide},
    **axes,
    styles=["dots", "thin", "thin", "thick"],
    caption="The same hour: narrow weights follow the noise, wide weights cut off the crests and fill the troughs.",
    alt=f"The narrow curve goes through nearly every dot, up to {narrow.max():.1f} °C; the wide one is smooth and stays between {wide.min():.1f} and {wide.max():.1f} °C.",
)

# %% [markdown]
# The error of the result is noise and blur together, and their squares add up again, because the noise does not depend on the temperature.
# Here are the three for eight widths.

# %%
widths = np.linspace(0.5, 4, 8)
noises, blurs = [], []
for width in widths:
    flat = conv.convolve(truth, bell(width), padding="valid")
    blurs.append(np.sqrt(np.mean((flat - truth[10:70]) ** 2)))
    noises.append(np.sqrt(np.mean(left(bell(width)) ** 2)))
both = np.hypot(noises, blurs)

# %% tags=["hide"]
best = widths[np.argmin(both)]
assert best == 2
assert np.all(np.diff(noises) < 0)
assert np.all(np.diff(blurs) > 0)
exact = [0.5 * np.sqrt(np.sum(bell(width) ** 2)) for width in widths]
assert np.allclose(noises, exact, rtol=0.01)
assert widths[np.argmin(np.hypot(np.divide(noises, 2), blurs))] < best

# %% tags=["hide"]
fast = 2 * np.sin(minutes / 3)
bells = [bell(width) for width in widths]
flats = np.array([conv.convolve(fast, k, padding="valid") for k in bells])
faster = np.sqrt(np.mean((flats - fast[hour]) ** 2, axis=1))
assert widths[np.argmin(np.hypot(noises, faster))] < best

# %% tags=["hide"]
assert np.array_equal(readings, truth + noise[18])
thousand = conv.convolve(truth + noise, [bell(2)], padding="valid")
squares = np.mean((thousand - truth[hour]) ** 2, axis=1)
assert np.isclose(np.sqrt(squares.mean()), both.min(), rtol=0.01)
assert 0.4 < np.mean(squares < squares[18]) < 0.6

# %% tags=["hide"]
figures.curves(
    widths,
    {"noise left": noises, "blur": blurs, "both": both},
    x_label="width of the bell in minutes",
    y_label="RMS error in °C",
    styles=["thin", "thin", "thick"],
    caption=f"Wider weights leave less noise and more blur. Of these eight widths, {best:g} minutes comes nearest to the temperature.",
    alt=f"Over widths from {widths[0]:g} to {widths[-1]:g} minutes the noise falls from {noises[0]:.2f} to {noises[-1]:.2f} °C, the blur rises from {blurs[0]:.2f} to {blurs[-1]:.2f}, and both together are least, {both.min():.2f}, at {best:g}.",
)

# %% [markdown]
# How wide is best depends on the signal and on the noise: the more sharply the truth bends and the smaller the errors, the narrower.
# A steady rise is not blurred at all by weights that are alike on both sides.
# In a photograph the truth jumps at every edge, so smoothing makes the edges soft.
#
# ## Exercises
#
# ### Exercise 1: a tenth of the noise
#
# How many readings, all with the same weight, does it take to bring independent errors down to a tenth of their size?

# %% tags=["answer"]
# n weights of 1/n: the root of n / n² is 1 / √n, so a tenth takes a hundred.
equal = np.full(100, 1 / 100)
assert np.isclose(np.sqrt(np.sum(equal**2)), 1 / 10)
round(float(np.sqrt(np.sum(equal**2))), 6)

# %% [markdown]
# ### Exercise 2: how late is the result?
#
# A temperature rises by 6 degrees a minute, without noise: 0, 6, 12, …
# By how much is the result of the weights 3:2:1 too low, once all three have a reading?

# %% tags=["answer"]
# By 4. The mean age is 0 · 1/2 + 1 · 1/3 + 2 · 1/6 = 2/3 of a minute,
# so the result shows what the temperature was 2/3 of a minute ago.
rise = 6 * np.arange(8)
late = conv.convolve(rise, w, padding="valid")
assert np.isclose(w @ [0, 1, 2], 2 / 3)
assert np.allclose(rise[2:] - late, 6 * (w @ [0, 1, 2]))
(rise[2:] - late).round(6)

# %% [markdown]
# ### Exercise 3: twice the mean
#
# Smooth with three equal weights, 1/3 each, and smooth the result again.
# Which five weights do the same in one go?

# %% tags=["answer"]
# 1, 2, 3, 2, 1 ninths: those of the three weights convolved with themselves.
third = np.ones(3) / 3
triangle = conv.convolve(third, third, padding="full")
twice = conv.convolve(
    conv.convolve(x, third, padding="full"), third, padding="full"
)
assert np.allclose(twice, conv.convolve(x, triangle, padding="full"))
assert np.allclose(9 * triangle, [1, 2, 3, 2, 1])
(9 * triangle).round(6)

# %% [markdown]
# ### Exercise 4: is there a signal in your own numbers?
#
# Take a list of your own, with twenty numbers or more: steps a day, a pulse, a price.
# Smooth it with 3:2:1. Which share of the RMS of its jumps, from one value to the next, is left?
# Do the same with the list shuffled, a hundred times. What does the difference tell you?

# %% tags=["answer"]
# Shuffled lists scatter around 1 / √6, because √Σw² is √(1/3) for a jump of the
# result and √2 for a jump of the list. If your share is above nearly all of
# theirs, neighbours are alike; below nearly all, high and low values alternate; in between,
# chance is enough to explain it. (It need not be a signal: a random walk passes.) The output is your share, the mean of theirs,
# and which part of them reaches yours, from 0 for none to 1 for all.
mine = readings  # put your list here
shuffled = np.random.default_rng(0).permuted([mine] * 100, axis=1)
lists = np.vstack([mine, shuffled])

# %% tags=["answer"]
smooth = conv.convolve(lists, [w], padding="valid")
jumps = [np.mean(np.diff(a) ** 2, axis=1) for a in (lists, smooth)]
share = np.sqrt(jumps[1] / jumps[0])
reach = float(np.mean(share[1:] >= share[0]))
assert np.isclose(share[1:].mean(), 1 / np.sqrt(6), atol=0.05)
round(float(share[0]), 2), round(float(share[1:].mean()), 2), reach

# %% [markdown]
# ## What you can do now
#
# You can smooth a signal, work out a value by hand, and say why the weights run backwards.
# You can predict how much noise weights leave, and what wider ones cost.
#
# Next: [Convolution or cross-correlation?](flip.py) shows what happens to the kernel of a picture when nobody flips it.
#
# Worth your time elsewhere:
#
# - 3Blue1Brown, [But what is a convolution?](https://www.youtube.com/watch?v=KuXjwB4LzSA): dice, moving averages and images, in motion.
# - Christopher Olah, [Understanding Convolutions](https://colah.github.io/posts/2014-07-Understanding-Convolutions/): the same sum, with a ball that is dropped twice.
#
# The noisy sensor and the words input, kernel and feature map follow
# [*Deep Learning*](https://www.deeplearningbook.org/contents/convnets.html) by Goodfellow, Bengio and Courville, section 9.1.
