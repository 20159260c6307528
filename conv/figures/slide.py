"""Figures that move, by a reader's hand; without scripts they stand still."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

HIDDEN = ' visibility="hidden"'  # of what is drawn, but not seen at first


def stage(html: str, note: str, **data: object) -> str:
    """Return a drawing in which something takes one position after another.

    In the drawing, elements of class ``cs-move`` move with the position, those with
    ``data-from`` are there from that position on, and those with ``data-at`` only there.

    Parameters
    ----------
    html, note : str
        The drawing, and what stands below it until it moves.
    **data
        The stage's ``name``, or the ``symbol`` that numbers the positions of a single one,
        or their names as ``places``, parted by spaces; the ``count`` of positions, and the
        ``columns`` that they form; the ``step`` from one to the next, as a CSS length;
        where it is ``at``; and, if it has much to be read, how many milliseconds it
        ``dwell``s at each.
    """
    known = "".join(f' data-{name}="{value}"' for name, value in data.items())
    return f'<div class="cs-one"{known}>{html}<p class="cs-note">{escape(note)}</p></div>'


@dataclass(frozen=True)
class Slide:
    """Stages with common controls, a caption, and a strip that stands for them on paper."""

    stages: tuple[str, ...]
    caption: str
    alt: str
    strip: str = ""

    def __repr__(self) -> str:
        return f"Slide: {self.caption} [{self.alt}]"

    def _repr_html_(self) -> str:
        # div: a block in Markdown
        strip = f'<div class="cs-strip" hidden>{self.strip}</div>' if self.strip else ""
        several = len(self.stages) > 1  # then the first frame is none of those that follow
        return (
            f"<div><conv-slide{'' if several else ' data-moved'}>"
            '<figure class="conv-figure cs"><div class="conv-panels cs-stage" role="img"'
            f' style="column-gap: 0" aria-label="{escape(self.alt)}">{"".join(self.stages)}'
            f'</div>{strip}<div class="cs-bar{" cs-several" * several}"></div>'
            f"<figcaption>{escape(self.caption)}</figcaption></figure></conv-slide></div>"
        )
