# %% [markdown]
# # Filter gallery: a dozen kernels, and what each does to noise
#
# Which kernel do you take, and what will it do to the noise in your picture?
#
# **Square a kernel's numbers, add the squares up and take the root: if errors are independent, noise becomes that many times as large.**
# A blur has small numbers, so noise shrinks, and fine detail with it.
# Sharpening takes large ones, so noise grows, and by more than edges do.

# %%
import io
import itertools
import math

import numpy as np
from PIL import Image

import conv
from conv import figures, kernels

# %% tags=["hide"]
half = conv.images.sample().reshape(300, 2, 256, 2, 3).mean(axis=(1, 3, 4))
eye = half[88:103, 103:118]
k, pattern = kernels, eye - eye.mean()
bank = {
    "identity": k.identity(), "box blur": k.box(5), "Gaussian": k.gaussian(7, 1.5), "motion blur": k.motion_blur(7),
    "sharpen": k.sharpen(), "unsharp mask": k.unsharp(7, 1.5), "emboss": k.emboss(), "Sobel x": k.sobel_x(),
    "Scharr x": k.scharr_x(), "LoG": k.laplacian_of_gaussian(7, 1), "Gabor": k.gabor(15, 3, 6),
    "template": pattern / np.linalg.norm(pattern),
}  # fmt: skip


# %% tags=["hide"]
step, below = np.repeat([[0, 1]], 20, axis=1).repeat(40, axis=0), np.tri(40)
edge, rising, falling = (
    {n: np.ptp(conv.correlate(x, bank[n], padding="valid")) for n in bank}
    for x in (step, below[:, ::-1], below)
)
gain = {name: np.sqrt(np.sum(w**2)) for name, w in bank.items()}
quotient = {name: edge[name] / gain[name] for name in bank}

# %% tags=["hide"]
leaning = {n: rising[n] / gain[n] for n in bank}
other = {n: f"{falling[n] / gain[n]:.2g}" for n in bank}
assert {n for n in bank if not np.isclose(rising[n], falling[n])} == {"emboss", "template"}  # fmt: skip
slopes = (conv.correlate(below, w, padding="valid") for w in (k.sobel_x(), k.sobel_y()))  # fmt: skip
arrow = f"{np.hypot(*slopes).max() / gain['Sobel x']:.3g}"
halo = f"{edge['unsharp mask']:.1f}"
rng = np.random.default_rng(1)
face = half[37:197, 54:214].copy()
face[:, 80:] += rng.normal(0, 0.06, (160, 80))


# %% tags=["hide"]
def sums(w):
    """Return the outputs on an edge of each direction, from 0 to 1, as it comes in."""
    y, x = np.indices(w.shape)
    lean = np.exp(1j * np.radians(np.arange(-89.875, 90, 0.25)))[:, None]
    order = (lean * (x + 1j * y).ravel()).real.argsort()
    return np.pad(w.ravel()[order].cumsum(axis=1), ((0, 0), (1, 0)))


# %% tags=["hide"]
for name in ("unsharp mask", "sharpen"):
    assert np.ptp(sums(bank[name]), axis=1).max() < gain[name]
assert np.isclose(np.ptp(sums(k.sharpen()), axis=1).max(), rising["sharpen"])
lengths = abs(sums(k.sobel_x() + 1j * k.sobel_y())).max(axis=1) / gain["Sobel x"]  # fmt: skip
shortest, longest = f"{quotient['Sobel x']:.2f}", f"{lengths.max():.2f}"
assert shortest < arrow < f"{lengths.min():.2f}" == longest  # all that lean


# %% tags=["hide"]
def view(name, title, note=""):
    output = conv.correlate(face, bank[name])[8:-8, 8:-8]
    signed = bool(abs(bank[name].sum()) < 0.1)
    most = 3 if name == "template" else 0.4 * edge[name]
    limits = (-most, most) if signed else (0, 1)
    beyond = np.mean(abs(output - sum(limits) / 2) > np.ptp(limits) / 2)
    scale = f"{limits[0]:.2g} to {limits[1]:.2g}" + (f"; {beyond:.0%} beyond" if beyond > 0.005 else "")  # fmt: skip
    return figures.Picture(output[12:-20], title, limits, signed, note or scale.replace("-", "−"))  # fmt: skip


# %% tags=["hide"]
jump, grain, least = 0.3, 0.1, quotient["sharpen"]
clear, unclear = f"{jump / grain:.0f}", f"{jump / grain * least:.1f}"
higher, louder = f"{3 * jump:.1f}", f"{gain['sharpen'] * grain:.2f}"
sharp = conv.correlate(half, bank["sharpen"], padding="valid")
contrast = f"{sharp.std() / half.std():.1f}"
five, third = f"{gain['sharpen']:.1f}", f"{least:.2f}"
short = {n: round(g, 2) for n, g in gain.items()}
noisy = {n: f"noise gain {g:.2g}" for n, g in short.items()}

# %% tags=["hide"]
places = {name: name.lower().replace(" ", "-") for name in bank} | {"LoG": "laplacian-of-gaussian"}  # fmt: skip
notes = {n: f"noise {g:.2g}, edge {edge[n]:.2g}" for n, g in short.items()}
figures.gallery(
    {places[n]: view(n, n, notes[n]) for n in bank},
    caption="Twelve kernels on one portrait from 0 to 1, with noise of size 0.06 on its right half. The numbers say how many times as large noise and a sharp upright edge become; each picture leads to its entry. In the last five, green is above 0 and violet below, each on a scale of its own.",
    alt="Twelve small pictures of a face, clean at the left and noisy at the right. Box blur and Gaussian remove the grain; sharpen turns it into a storm; the filters that find edges show outlines, with grain between them at the right.",
)

# %% [markdown]
# |You want to|Take|
# |---|---|
# |remove noise|[Gaussian](#gaussian) (before you shrink, too), or [box blur](#box-blur)|
# |make a clean picture crisper|[unsharp mask](#unsharp-mask), or the harsher [sharpen](#sharpen)|
# |find edges and their direction|[Sobel x](#sobel-x) and its transpose, or [Scharr x](#scharr-x)|
# |find spots, or edges of any direction|[Laplacian of Gaussian (LoG)](#laplacian-of-gaussian)|
# |tell textures apart|several [Gabor](#gabor) filters|
# |find a piece again|that piece, as a [template](#template)|
# |imitate motion, or a relief|[motion blur](#motion-blur), [emboss](#emboss)|
#
# ## What does a kernel do to noise? { #noise }
#
# The kernel *sharpen* takes 5 times a pixel and subtracts its four neighbours.
# Let every pixel carry an error, drawn at random, 0 on average and of typical size 1.
# Each output then collects one error of size 5 and four of size 1.
# The errors are independent, so they partly cancel, and [the squares of their sizes](../guide/smoothing.py#noise) add up:
#
# $$ 5^2 + 1^2 + 1^2 + 1^2 + 1^2 = 29 $$
#
# Its root is {eval}`five`, so errors become {eval}`five` times as large.
# This factor is the **noise gain**: the root of the sum of a kernel's squared weights, $\sqrt{\sum_{u,v} w_{u,v}^2}$.
# The typical size is the **standard deviation**; independent errors of equal standard deviation are **white noise**.
# Sharpen a million:

# %%
w = kernels.sharpen()
squares = float(np.sum(w**2))
draw = np.random.default_rng(0)
noise = draw.normal(size=(1000, 1000))
output = conv.correlate(noise, w, padding="valid")
squares, squares**0.5, float(output.std())

# %% tags=["hide"]
measured = {
    n: conv.correlate(noise, w, padding="valid").std()
    for n, w in bank.items()
}
assert all(abs(measured[n] / gain[n] - 1) < 0.01 for n in bank)

# %% [markdown]
# ### Do edges grow as much as the noise? { #edges }
#
# More noise does no harm if what you look for grows as much.
# So take an upright edge, where 0 jumps to 1.
# Sharpen makes it run from −1 to 2, so it becomes 3 times as high.
# An edge of {eval}`jump` is {eval}`clear` times as large as noise of {eval}`grain`; sharpened, it is {eval}`higher` in noise of {eval}`louder`, only {eval}`unclear` times as large.
#
# Height divided by the noise's standard deviation is the **contrast-to-noise ratio**: it says how clearly an edge stands out.
# A kernel multiplies it by the quotient of its upright edge and its noise gain, here 3 divided by {eval}`five`, or {eval}`third`.
#
# Choose a kernel, or type your own, and read all three:
# { #try }

# %% tags=["hide"]
figures.photo(
    np.rint(100 * face[40:115, 48:112].clip(0, 1)), kernel="sharpen", at=(20, 36), small=True, noise=True,
    caption="The right half of the face is noisy. Begin with “sharpen”, then choose “blur”. Blur and Gaussian are 3 by 3 here, so they remove less noise than the larger ones above. “Your picture” loses most of its noise when it is reduced to this size.",
    alt="A face, noisy at the right, the kernel 0 −1 0, −1 5 −1, 0 −1 0, and the sharpened face, whose right half is mostly grain.",
)  # fmt: skip

# %% [markdown]
# All twelve, ranked by quotient; the last column has that of a diagonal edge, /:

# %% tags=["hide"]
ranked = sorted(bank, key=quotient.get, reverse=True)
columns = {"noise gain": gain, "upright edge": edge, "quotient": quotient}
columns |= {"diagonal": leaning}
columns = {n: [c[name] for name in ranked] for n, c in columns.items()}
line = conv.correlate(step, bank["sharpen"], padding="valid")[0]
assert (line.min(), line.max(), edge["sharpen"]) == (-1, 2, 3)
assert ranked[-3:] == ["identity", "unsharp mask", "sharpen"]

# %% tags=["hide"]
least_lean = min(bank, key=lambda n: leaning[n] / quotient[n])
assert least_lean == "Gabor"
assert leaning["Scharr x"] < leaning["Sobel x"] < 1
note = f"On the other diagonal, \\\\, emboss has {other['emboss']} and the template {other['template']}; the others have the same as for /."
figures.table({"kernel": [f"[{n}](#{places[n]})" for n in ranked], **columns}, note=note)  # fmt: skip

# %% [markdown]
# The quotient does not say how exactly you find an edge: the Gaussian comes first, although it smears every edge.
# Gabor and Sobel look for upright edges, so on a diagonal one they fall below 1.
# Unsharp mask and sharpen stay below 1 whichever way a straight, sharp edge runs, so sharpen only clean pictures.
#
# ## What does a kernel do to stripes? { #response }
#
# Every picture is a sum of **waves**, soft stripes of all widths and directions.
# The output of a sum is the sum of the outputs, so it is enough to know what a kernel does to each wave.
# Sobel x multiplies the right neighbours by 1, 2 and 1, together 4, and subtracts the left ones likewise:
#
# - **Upright stripes that repeat every 4 pixels**, 0, ½, 1, ½, become 8 times as high, from lowest to highest: at one grey column the output is 4 · (1 − 0) = 4, at the next −4.
# - **Upright stripes that repeat every 2 pixels**, and **level stripes**, vanish, because left and right neighbours are equal.
#
# At stride 1 and away from the border, *every* kernel only multiplies a wave's height by a factor, and may move it.
# A map of these factors shows the kernel's **frequency response** (its magnitude):

# %% tags=["hide"]
turns = np.multiply.outer(np.arange(-2, 3) / 5, np.arange(-4, 42) / 4)
waves = np.cos(2 * np.pi * np.add.outer(turns, turns).swapaxes(1, 2))
after = [[conv.correlate(w, k.sobel_x() / 8, dilation=4, padding="valid") for w in r] for r in waves]  # fmt: skip
white = [(0, 0), (0, 0), (1, 1), (1, 1)]  # between tiles
waves, after = (
    np.pad(0.5 + w / 2, white, constant_values=1).swapaxes(1, 2)
    for w in (waves[..., 4:-4, 4:-4], np.array(after))
)

# %% tags=["hide"]
waves = figures.Picture(waves.reshape(200, 200), "waves", note=" ")
after = figures.Picture(after.reshape(200, 200), "Sobel x, ÷ 8", note=" ")
panels = figures.filtered(k.sobel_x(), after, caption="x", alt="x").panels
figures.Figure(
    (waves.html(), panels[1], after.html()),
    caption="First, where each wave lies on the map: finer ones further out. Second, the factors of Sobel x at the same places, 0 in black and 8 in white. Third, its output divided by 8: each wave that is left has moved by a quarter of its length.",
    alt="A map of 5 by 5 striped tiles, upright stripes at the left and right, level ones above and below. In the response, the middle column is black, with a white spot at either side. In the output, the tiles of the middle column are grey, and bright stripes stand beside the places where they stood.",
)

# %% tags=["hide"]
at = np.exp(
    2j * np.pi * np.multiply.outer(np.arange(-1, 2), np.arange(64) / 64)
)
assert np.allclose((at.T @ k.sobel_x() @ at).real, 0)  # so by a quarter

# %% [markdown]
# The axes count **cycles per pixel**: ¼ is a stripe every 4 pixels, and ½ the finest, every 2. Opposite points are the same wave, and the signs tell its direction.
# NumPy's Fourier transform `fft2` computes the whole map:

# %%
response = np.abs(np.fft.fft2(kernels.sobel_x(), (100, 100)))
# down and across: upright 1/4, upright 1/2, level 1/4
[float(response[at].round(9)) for at in ((0, 25), (0, 50), (25, 0))]

# %% tags=["hide"]
y, x = np.mgrid[:40, :50]
for w in [*bank.values(), rng.normal(size=(2, 5))]:
    response = np.abs(np.fft.fft2(w, (64, 64)))
    for row, column in rng.integers(0, 64, (5, 2)):
        phase = 2 * np.pi * (row * y + column * x) / 64
        waves = np.stack([np.cos(phase), np.sin(phase)])[..., None]
        both = conv.correlate(waves, w[..., None, None], padding="valid")
        assert np.allclose(np.hypot(*both), response[row, column])

# %% tags=["hide"]
for name in {*bank} - {"identity", "template"}:
    spread = (
        conv.correlate(half, bank[name], padding="valid").std() / half.std()
    )
    averages = name in ("box blur", "Gaussian", "motion blur")  # dark outside
    assert (spread > gain[name]) == averages

# %% [markdown]
# White noise holds all waves alike, on average, but photographs hold mostly wide ones, in the middle of the map.
# So a kernel whose map is dark outside keeps more of the picture's contrast than of the noise, and one whose map is dark in the middle keeps more of the noise. (An edge may stand out all the same if the map is dark both in the middle and outside, as with Sobel x.)
#
# ## Kernels that average
#
# Each entry shows a kernel, its map (black is 0, and white its largest factor) and its output.
# In the code, the first number is the side, and `sigma` a Gaussian's standard deviation, in pixels.
#
# The identity keeps every wave, so its output is the noisy input of every entry:
# { #identity }


# %% tags=["hide"]
def entry(name, message, seen, limit=None):
    alt = f"The kernel, its frequency response, and its output on the half noisy face: {seen}."
    times = 25 if name == "box blur" else 1
    return figures.filtered(bank[name], view(name, "output"), times=times, limit=limit, caption=message, alt=alt)  # fmt: skip


entry("identity", "Identity: the map is white, and the portrait keeps the noise in its right half.", "grain covers the right half")  # fmt: skip

# %% [markdown]
# ### Box blur
#
# `kernels.box(5)` · {eval}`noisy["box blur"]`
#
# **For** removing noise: no other mean of 25 pixels removes more, because equal weights have the least sum of squares.
#
# **Fails** on fine stripes: 0, ½, 1, ½ become their negative, at a fifth of their height, because five columns have the mean 0.4 around a white one, but 0.6 around a black one.

# %% tags=["hide"]
fine = np.tile([0, 0.5, 1, 0.5], (5, 3))
assert np.allclose(conv.correlate(fine, k.box(5), padding="valid")[0, [0, 2]], [0.4, 0.6])  # fmt: skip
wide = np.pad(k.gaussian(7, 1.5), (0, 93))
assert np.fft.fft2(np.roll(wide, (-3, -3), (0, 1))).real.min() > -0.014
assert all(np.fft.fft([1, 1, 1, 0, 0] + [0] * 93 + [1, 1])[21:40].real < 0)
entry("box blur", "The dark lines in the map are waves that vanish.", "the grain is nearly gone, and with it the texture of skin and hair")  # fmt: skip

# %% tags=["hide"]
t = np.arange(-4, 104)  # shown without 4 at each end, where zeros darken
rows = np.tile(0.5 + 0.5 * np.cos(np.pi * (t / 10 + t**2 / 300)), (24, 1))
strips = [(n, np.r_[rows[:6], conv.correlate(rows, bank[n])[9:15]][:, 4:-4]) for n in ("box blur", "Gaussian")]  # fmt: skip
figures.Figure(
    tuple(figures.Picture(both, n, note="below, under the input").html(6) for n, both in strips),
    caption="Stripes that grow finer to the right, and below them what each kernel makes of them. Under the box blur, black and white change places at the right.",
    alt="Two strips of black and white stripes that grow finer to the right. Under the first, the stripes fade to grey, and return with black and white exchanged. Under the second they fade and stay grey.",
)  # fmt: skip

# %% [markdown]
# ### Gaussian
#
# `kernels.gaussian(7, sigma=1.5)` · {eval}`noisy["Gaussian"]`
#
# **For** smoothing before you shrink a picture or look for edges, because all visible stripes just fade.
#
# **Fails** to keep edges sharp, like every mean.

# %% tags=["hide"]
entry("Gaussian", "Near pixels count more, and no dark lines are seen in the map. From 7 by 7 on, kernels are pictures, green above 0 and violet below.", "about as smooth as the box blur's")  # fmt: skip

# %% [markdown]
# ### Motion blur
#
# `kernels.motion_blur(7)` · {eval}`noisy["motion blur"]`
#
# **For** imitating a camera that moved.
#
# **Fails** on upright stripes that repeat every 7 pixels: they vanish.

# %% tags=["hide"]
assert np.allclose(np.fft.fft(np.ones(7), 42)[[6, 12, 18]], 0)
entry("motion blur", "The mean of 7 pixels along a row: level stripes stay whole, upright ones fade.", "smeared sideways, with streaks of grain")  # fmt: skip

# %% [markdown]
# ## Kernels that sharpen, or show relief
#
# ### Sharpen
#
# `kernels.sharpen()` · {eval}`noisy["sharpen"]` · [try sharpen](#try){ data-kernel="sharpen" }
#
# **For** clean, slightly soft pictures.
#
# **Fails** on noise: it becomes {eval}`five` times as large, but the portrait's contrast only {eval}`contrast` times, because the portrait is mostly wide waves, which hardly change.

# %% tags=["hide"]
entry("sharpen", "The map grows from 1 in the middle to 9 in the corners. The portrait’s contrast is its standard deviation, at half size.", "crisp at the left, and a storm of grain at the right")  # fmt: skip

# %% [markdown]
# ### Unsharp mask
#
# `kernels.unsharp(7, sigma=1.5)` · {eval}`noisy["unsharp mask"]`
#
# **For** sharpening less harshly: it adds to the picture what a Gaussian takes away.
#
# **Fails** at strong edges, which get halos: a jump of 1 becomes {eval}`halo`.

# %% tags=["hide"]
entry("unsharp mask", f"The centre, {bank['unsharp mask'].max():.2f}, lies beyond the scale; around it is a Gaussian below 0.", "sharper, with clearly more grain at the right", limit=0.06)  # fmt: skip

# %% [markdown]
# ### Emboss
#
# `kernels.emboss()` · {eval}`noisy["emboss"]` · [try emboss](#try){ data-kernel="emboss" }
#
# **For** a relief whose height is the brightness.
#
# **Fails** on edges that run like \\, the direction in which it compares: they stay as they are.

# %% tags=["hide"]
slant = np.subtract.outer(np.arange(9), np.arange(9)) ** 3
assert np.array_equal(conv.correlate(slant, bank["emboss"])[1:-1, 1:-1], slant[1:-1, 1:-1])  # fmt: skip
entry("emboss", "The pixel plus the slope towards the bottom right. The dark diagonal / of the map holds the stripes that run like \\, which keep their height.", "a relief lit from the top left, with rough grain at the right")  # fmt: skip

# %% [markdown]
# ## Kernels that find edges
#
# ### Sobel x
#
# `kernels.sobel_x()` · {eval}`noisy["Sobel x"]` · [try Sobel x](#try){ data-kernel="Sobel x" }
#
# **For** edges and their direction, as in [A first filter](../guide/first.py#the-edges-of-the-whole-photograph).
#
# **Fails** alone on other edges: it misses level ones, whose output is 0, and weakens slanted ones.
# With its transpose it makes an arrow (x, y), whose length has a quotient of {eval}`shortest` to {eval}`longest` on straight edges of any direction, if noise is weak.

# %% tags=["hide"]
assert np.sum(k.sobel_x() * k.sobel_y()) == 0  # their errors are uncorrelated
entry("Sobel x", "A difference along the row, averaged down the column. Green is where it gets brighter to the right.", "upright edges in green and violet, and grain between them at the right")  # fmt: skip

# %% tags=["hide"]
turn = np.exp(1j * np.linspace(0, np.pi / 2, 361))[:, None, None, None]
shifts = np.linspace(-0.5, 0.5, 21)[:, None, None]  # of edges, in pixels
along = np.add.outer(1j * np.arange(-1, 2), np.arange(-1, 2)) / turn
along = along.real - shifts
blurred = np.vectorize(math.erf)(along / 2**0.5)  # by a Gaussian, sigma = 1
wrong = []
for window, w in itertools.product((blurred, along > 0), (k.sobel_x(), k.scharr_x())):  # fmt: skip
    arrow = np.sum(window * (w + 1j * w.T), axis=(2, 3)) / turn[..., 0, 0]
    wrong.append(np.degrees(np.mean(np.angle(arrow) ** 2) ** 0.5))

# %% tags=["hide"]
assert wrong[2] < wrong[3]  # on hard edges

# %% [markdown]
# ### Scharr x
#
# `kernels.scharr_x()` · {eval}`noisy["Scharr x"]`
#
# **For** directions of soft edges: if the lens blurs an edge by a Gaussian of 1 pixel before the pixels sample it, Scharr's are wrong by {eval}`f"{wrong[1]:.2f}"` degrees, Sobel's by {eval}`f"{wrong[0]:.2f}"` (root mean square).
#
# **Fails** on edges that are hard when they are sampled, where Sobel's directions are closer.

# %% tags=["hide"]
spectrum = np.abs(np.fft.fft2(bank["Scharr x"], (64, 64)))
share = spectrum[32].max() / spectrum.max()
entry("Scharr x", f"The spots reach the top and the bottom with {share:.0%} of the largest factor, where Sobel's end at 0.", "two white spots, which reach the top and the bottom")  # fmt: skip

# %% [markdown]
# ### Laplacian of Gaussian (LoG) { #laplacian-of-gaussian }
#
# `kernels.laplacian_of_gaussian(7, sigma=1)` · {eval}`noisy["LoG"]`
#
# **For** edges of any direction, where it changes its sign, and for round spots (a bright one gives a negative number), at `sigma=1` best about 3 pixels across.
#
# **Fails** to tell the direction, and draws two lines for each edge.

# %% tags=["hide"]
spectrum = np.abs(np.fft.fft2(bank["LoG"], (64, 64)))
share = spectrum[0, 32] / spectrum.max()
fine = np.kron(bank["LoG"], np.ones((10, 10)))
far = np.hypot(*np.mgrid[-34.5:35, -34.5:35]) / 10  # in pixels
spots = {size: abs(fine[far < size / 2].sum()) for size in range(1, 8)}
assert max(spots, key=spots.get) == 3
entry("LoG", f"The map is a ring: slow shading hardly counts, and the finest upright stripes keep {share:.0%} of the largest factor.", "a green and a violet line at each edge")  # fmt: skip

# %% [markdown]
# ## Kernels that find a pattern
#
# ### Gabor
#
# `kernels.gabor(15, sigma=3, wavelength=6)` · {eval}`noisy["Gabor"]`
#
# **For** telling textures apart, with several widths and directions: this one answers to upright stripes that repeat every 6 pixels.
#
# **Fails** on edges of other directions.

# %% tags=["hide"]
entry("Gabor", f"An upright wave that fades out under a Gaussian. Flat areas are faintly green, because the numbers add up to {bank['Gabor'].sum():.3f}, not 0.", "ripples at upright edges, and little grain")  # fmt: skip

# %% [markdown]
# ### Template
#
# `pattern`, below · {eval}`noisy["template"]`
#
# **For** finding a piece again, here an eye: is the largest output at the eye, even if the left half lies in shadow?

# %%
half = conv.images.sample().reshape(300, 2, 256, 2, 3).mean(axis=(1, 3, 4))
eye = half[88:103, 103:118]
pattern = eye - eye.mean()
pattern /= np.linalg.norm(pattern)
shaded = half.copy()
shaded[:, :128] *= 0.7
for image, w in ((half, eye), (half, pattern), (shaded, pattern)):
    y = conv.correlate(image, w, padding="valid")
    print(*np.unravel_index(y.argmax(), y.shape))

# %% [markdown]
# As it is, the eye finds the white collar, because bright pixels make large sums. With its mean subtracted it finds itself.
#
# In white noise alone, no kernel that sums to 0 makes the eye stand out more:
# at equal noise gain, this **matched filter** has the largest output there (Cauchy–Schwarz inequality).
#
# **Fails** where other things have contrast: in the half shadow, the lit edge of the collar wins.
# Dividing by the contrast under the kernel cures this: see [`likeness`](../guide/flip.py#what-is-each-of-them-for).

# %% tags=["hide"]
rivals = rng.normal(size=(1000, *eye.shape))
rivals -= rivals.mean(axis=(1, 2), keepdims=True)
rivals /= np.linalg.norm(rivals, axis=(1, 2), keepdims=True)
assert np.isclose(np.sum(pattern * eye), np.linalg.norm(eye - eye.mean()))
assert np.tensordot(rivals, eye).max() < np.sum(pattern * eye)
entry("template", "The eye without its mean, divided by its norm.", "strong at the eyes, and at every contrast of that size")  # fmt: skip

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: how noisy is your own picture?
#
# The kernel `np.outer([1, -2, 1], [1, -2, 1])` answers with 0 to ramps and to upright or level edges, so mostly noise is left.
# How do you get the standard deviation $\sigma$ of white noise from its output?
# Test it on the photograph plus noise, then saved as a JPEG, and on your own picture (`conv.images.load(path, mode="grey")`).

# %% tags=["answer"]
# The squares add up to 36, so the gain is 6: divide by it. The median of the absolute
# output ignores the few strong answers at corners; for normal errors it is 0.6745
# standard deviations. Texture counts as noise: the estimate for 0.06 is too high.
w = np.outer([1, -2, 1], [1, -2, 1])
mine = conv.images.sample().mean(axis=2)
mine += np.random.default_rng(3).normal(0, 0.06, mine.shape)
output = conv.correlate(mine, w, padding="valid")
float(np.median(abs(output)) / 0.6745 / 6)

# %% tags=["answer"]
# JPEG drops the finest waves first, which are what this kernel measures: it finds the
# first number, but the file's error is the second. So the 6 is for white noise only.
file = io.BytesIO()
in_bytes = np.rint(255 * mine.clip(0, 1)).astype(np.uint8)
Image.fromarray(in_bytes).save(file, "JPEG", quality=50)
saved = np.asarray(Image.open(file)) / 255
output = conv.correlate(saved, w, padding="valid")
found = np.median(abs(output)) / 0.6745 / 6
error = np.std(saved - conv.images.sample().mean(axis=2))
round(float(found), 3), round(float(error), 3)

# %% [markdown]
# ### Exercise 2: blur first, then sharpen
#
# Apply `kernels.gaussian(7, sigma=1.5)`, then `kernels.sharpen()`. Is the noise gain of both the product of their gains?

# %% tags=["answer"]
# Much less. After the Gaussian the errors of neighbours are alike, and the sharpening
# kernel subtracts neighbours. The gain belongs to the kernel of both, their convolution.
first, second = kernels.gaussian(7, 1.5), kernels.sharpen()
together = conv.convolve(first, second, padding="full")
product = np.sqrt(np.sum(first**2) * np.sum(second**2))
float(np.sqrt(np.sum(together**2))), float(product)

# %% [markdown]
# ## What you can do now
#
# You can predict what a kernel does to noise and stripes, and choose one for your picture.
# Go on with [pictures larger than memory](large.py), or read elsewhere:
#
# - [*HIPR2*](https://homepages.inf.ed.ac.uk/rbf/HIPR2/) by Robert Fisher and others: a page for each of its filters.
# - [*An overview of early vision in InceptionV1*](https://distill.pub/2020/circuits/early-vision/) by Chris Olah and others: which of these kernels a network found.
