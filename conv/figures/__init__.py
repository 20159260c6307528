"""Drawings of arrays and geometries, each a value that shows itself on a page.

Examples
--------
>>> from conv import figures
>>> figures.beside(figures.Grid([1, 2, 3], "signal"), caption="A signal.", alt="1, 2, 3")
Figure: A signal. [1, 2, 3]
"""

from conv.figures.explorer import explorer
from conv.figures.figure import Figure
from conv.figures.grid import Grid, beside
from conv.figures.matrices import weight_grid, weights
from conv.figures.pictures import Picture, pictures
from conv.figures.plots import curves
from conv.figures.positions import positions
from conv.figures.sliding import moment, sliding
from conv.figures.steps import steps
from conv.figures.text import race_table, source, table

__all__ = [
    "Figure",
    "Grid",
    "Picture",
    "beside",
    "curves",
    "explorer",
    "moment",
    "pictures",
    "positions",
    "race_table",
    "sliding",
    "source",
    "steps",
    "table",
    "weight_grid",
    "weights",
]
