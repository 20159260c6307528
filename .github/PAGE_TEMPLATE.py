# %% [markdown]
# # A mean that moves
#
# How do you follow a trend in readings that jump up and down?

# %%
import numpy as np

import conv
from conv import figures

# %% [markdown]
# **Take the mean of the last three readings, and move on by one.**
# That is a [cross-correlation](../reference/glossary.md#cross-correlation) with three equal weights.
#
# ## One value by hand
#
# Say what you take, what you do with it, and what comes out, one sentence for each.
# Take the readings 3, 6, 0, 3, 9.
# The mean of the first three is (3 + 6 + 0) / 3 = 3.

# %%
readings = np.array([3, 6, 0, 3, 9])
means = conv.correlate(readings, np.ones(3) / 3, padding="valid")
assert np.isclose(means[0], (3 + 6 + 0) / 3)
means

# %% [markdown]
# A cell ends with what it shows.
# The code of a figure is hidden: its caption says what to see, its `alt` what is drawn.

# %% tags=["hide"]
figures.beside(
    figures.Grid(readings, "readings", focus=(slice(0, 3),)),
    "→",
    figures.Grid(np.rint(means), "means", role="output", focus=(0,)),
    caption="Each mean belongs to three readings: here the first.",
    alt="The readings 3 6 0 3 9, of which the first three are framed, and the means 3 3 4, of which the first is framed.",
)

# %% [markdown]
# ## In a formula
#
# Name each symbol before you use it.
# Let $x_i$ be the reading at time $i$, and $y_i$ the mean of the three from there on:
#
# $$ y_i = \sum_{u=0}^{2} \tfrac{1}{3} \, x_{i+u} . $$
#
# What the text claims, a cell checks.

# %%
for i, mean in enumerate(means):
    assert np.isclose(mean, sum(readings[i + u] / 3 for u in range(3)))

# %% [markdown]
# ## Exercise
#
# Which three numbers have to replace 1/3, 1/3, 1/3,
# so that the last of the three readings counts twice as much as each of the others?

# %% tags=["answer"]
# They are as 1 to 1 to 2, and sum to one.
weights = np.array([1, 1, 2]) / 4
conv.correlate(readings, weights, padding="valid")

# %% [markdown]
# ## What you can do now
#
# You can compute a moving mean by hand, and say which weights it has.
#
# Go on with the page that answers the next question, and name the two best things to read elsewhere.
