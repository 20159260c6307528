# %% [markdown]
# # The same numbers as a fully connected layer
#
# This page is being written.
