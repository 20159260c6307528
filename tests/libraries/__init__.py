"""What other libraries compute under the name of convolution, found by asking them.

``make libraries`` installs them, puts the same questions to each, and writes the answers to
``conv/libraries.json``.
"""
