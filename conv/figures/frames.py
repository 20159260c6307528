"""Figures that a reader steps through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from conv.figures.figure import Figure


@dataclass(frozen=True)
class Steps:
    """Frames of one development, each a figure, with a caption for all.

    Where scripts run, one frame is shown at a time and the reader moves through them;
    elsewhere, and on paper, all stand below each other.
    """

    frames: tuple[Figure, ...]
    caption: str

    def __repr__(self) -> str:
        return f"Steps: {self.caption} [{len(self.frames)} frames]"

    def _repr_html_(self) -> str:
        frames = "".join(
            f'<div class="conv-frame">{frame.body()}<p>{escape(frame.caption)}</p></div>'
            for frame in self.frames
        )
        return (
            f'<figure class="conv-figure conv-steps">{frames}'
            f"<figcaption>{escape(self.caption)}</figcaption></figure>"
        )


def steps(frames: Sequence[Figure], *, caption: str) -> Steps:
    """Put figures in a row of steps.

    Parameters
    ----------
    frames : sequence of Figure
        At least two; each frame's own caption says what happens in it.
    caption : str
        What the steps show together. Plain text.

    Raises
    ------
    ValueError
        If there are fewer than two frames, or the caption is empty.

    Examples
    --------
    >>> one, two = Figure(("1",), "One.", "1"), Figure(("2",), "Two.", "2")
    >>> steps([one, two], caption="Counting.")
    Steps: Counting. [2 frames]
    """
    if len(frames) < 2:
        raise ValueError(f"frames must be at least two, not {len(frames)}")
    if not caption.strip():
        raise ValueError("caption must say what the steps show, not be empty")
    return Steps(tuple(frames), caption)
