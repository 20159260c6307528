# %% [markdown]
# # Smoothing a noisy signal
#
# This page is being written.
