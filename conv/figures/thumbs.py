"""The idea of a page as a small drawing without words."""

from __future__ import annotations

from conv.figures.grid import Grid

CELL = 14  # pixels


def thumb(*grids: Grid) -> str:
    """Return grids beside each other in small cells, as HTML for a card that has a title.

    Readers who do not see them miss nothing: the drawing is hidden from them.

    Parameters
    ----------
    *grids : Grid
        Without texts, as there is no room for them.

    Examples
    --------
    >>> thumb()
    '<span class="conv-thumb" aria-hidden="true"></span>'
    """
    drawn = "".join(grid.html(CELL) for grid in grids)
    return f'<span class="conv-thumb" aria-hidden="true">{drawn}</span>'
