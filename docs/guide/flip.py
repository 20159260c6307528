# %% [markdown]
# # Convolution or cross-correlation?
#
# This page is being written.
