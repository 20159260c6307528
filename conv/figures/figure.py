"""A figure is a value: panels, a caption, and what it shows in words."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Figure:
    """Panels of HTML beside each other, with a caption and alternative text.

    Attributes
    ----------
    panels : tuple of str
        HTML of each panel. On a narrow page they stand below each other.
    caption : str
        What the reader should see in the figure. Plain text.
    alt : str
        What the figure shows, for a reader who does not see it. Plain text.

    Raises
    ------
    ValueError
        If the caption or the alternative text is empty.

    Examples
    --------
    >>> Figure(("<svg/>",), caption="A circle.", alt="A circle on nothing.")
    Figure: A circle. [A circle on nothing.]
    """

    panels: tuple[str, ...]
    caption: str
    alt: str

    def __post_init__(self) -> None:
        for name in ("caption", "alt"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name} must say what the figure shows, not be empty")

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self.caption} [{self.alt}]"

    def body(self) -> str:
        """Return the panels as HTML, described by the alternative text."""
        return (
            f'<div class="conv-panels" role="img" aria-label="{escape(self.alt)}">'
            f"{''.join(self.panels)}</div>"
        )

    def _repr_html_(self) -> str:
        return (
            f'<figure class="conv-figure">{self.body()}'
            f"<figcaption>{escape(self.caption)}</figcaption></figure>"
        )


class Measured(Figure):
    """A figure whose drawing differs from build to build, and is marked as measured."""

    def body(self) -> str:
        """Return the drawing as HTML, described by the alternative text."""
        return (
            '<div class="conv-measured" data-search-exclude><div role="img"'
            f' aria-label="{escape(self.alt)}">{self.panels[0]}</div></div>'
        )
