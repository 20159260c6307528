"""Figures that move, by a reader's hand; without scripts they stand still."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

HIDDEN = ' visibility="hidden"'  # of what is drawn, but not seen at first


@dataclass(frozen=True)
class Stage:
    """A drawing in which something takes one position after another.

    In the drawing, elements of class ``cs-move`` move with the position, those with
    ``data-from`` are there from that position on, and those with ``data-at`` only there.

    Attributes
    ----------
    html : str
        The drawing.
    count, columns : int
        How many positions there are, and how many in each row.
    step : str
        From one column or row to the next, as a CSS length.
    at : int
        The position that is drawn.
    name, note : str
        Of the stage, and what stands below it until it moves.
    """

    html: str
    count: int
    columns: int
    step: str
    at: int = 0
    name: str = ""
    note: str = ""

    def markup(self) -> str:
        """Return the drawing and its note as one element."""
        return (
            f'<div class="cs-one" data-name="{self.name}" data-count="{self.count}"'
            f' data-columns="{self.columns}" data-step="{self.step}" data-at="{self.at}">'
            f'{self.html}<p class="cs-note">{escape(self.note)}</p></div>'
        )


@dataclass(frozen=True)
class Slide:
    """Stages with common controls, a caption, and a strip that stands for them on paper."""

    stages: tuple[Stage, ...]
    caption: str
    alt: str
    moved: bool  # whether the first frame is one of those that the reader moves through
    strip: str = ""

    def __post_init__(self) -> None:
        if not self.caption.strip():
            raise ValueError("caption must say what the figure shows, not be empty")

    def __repr__(self) -> str:
        return f"Slide: {self.caption} [{self.alt}]"

    def _repr_html_(self) -> str:
        strip = f'<div class="cs-strip" hidden>{self.strip}</div>' if self.strip else ""
        several = " cs-several" if len(self.stages) > 1 else ""
        return (
            f"<div><conv-slide{' data-moved' * self.moved}>"  # div: a block in Markdown
            f'<figure class="conv-figure cs"><div class="conv-panels cs-stage" role="img"'
            f' style="column-gap: 0" aria-label="{escape(self.alt)}">'
            f"{''.join(stage.markup() for stage in self.stages)}</div>{strip}"
            f'<div class="conv-panels cs-bar{several}"></div>'
            f"<figcaption>{escape(self.caption)}</figcaption></figure></conv-slide></div>"
        )
