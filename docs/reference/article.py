# %% [markdown]
# # Notes for readers of the original article
#
# This page is being written.
