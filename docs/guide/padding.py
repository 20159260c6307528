# %% [markdown]
# # Full, same, valid
#
# This page is being written.
