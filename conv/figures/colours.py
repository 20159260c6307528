"""The colour of each role, the same on the whole site."""

# Okabe and Ito's palette, safe for colour vision deficiencies: https://jfly.uni-koeln.de/color/
# The site sets the variables for its light and its dark scheme; the value behind each is
# what a plain notebook shows.
INPUT = "var(--conv-input, #bfe0f5)"
KERNEL = "var(--conv-kernel, #f7d794)"
OUTPUT = "var(--conv-output, #a9dfcd)"
PADDING = "var(--conv-padding, #f0f0f0)"
FOCUS = "var(--conv-focus, #b93c05)"
INK = "var(--conv-ink, #1a1a1a)"
LINE = "var(--conv-line, #777)"
LABEL = "var(--conv-label, currentColor)"

ROLES = {"input": INPUT, "kernel": KERNEL, "output": OUTPUT, "padding": PADDING}
TINTS = tuple(
    f"var(--conv-tint-{number}, {colour})"
    for number, colour in enumerate(
        (
            "#bfe0f5",
            "#f7d794",
            "#a9dfcd",
            "#f3c6dd",
            "#f6efa0",
            "#b9c7ee",
            "#f4b9a0",
            "#d5d5d5",
            "#d8c2ef",
        )
    )
)
