# %% [markdown]
# # The definition, in loops
#
# This page is being written.
