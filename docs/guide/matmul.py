# %% [markdown]
# # One matrix product
#
# This page is being written.
