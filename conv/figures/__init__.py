"""Drawings of arrays and geometries, each a value that shows itself on a page.

Examples
--------
>>> from conv import figures
>>> figures.beside(figures.Grid([1, 2, 3], "signal"), caption="A signal.", alt="1, 2, 3")
Figure: A signal. [1, 2, 3]
"""

from conv.figures.bank import filters
from conv.figures.block_by_block import blocks
from conv.figures.charts import bars, stream
from conv.figures.circles import squares
from conv.figures.comparison import answers
from conv.figures.figure import Figure
from conv.figures.grid import Grid
from conv.figures.interactive import explorer
from conv.figures.layers import connections
from conv.figures.matrices import matrix, matrix_grid, patches
from conv.figures.moments import moment, sliding
from conv.figures.panels import beside, pictures, rows
from conv.figures.photograph import photo
from conv.figures.picture import Picture
from conv.figures.plots import curves
from conv.figures.receptive import fields
from conv.figures.responses import filtered, gallery
from conv.figures.scattering import scatter_grid
from conv.figures.slices import channels
from conv.figures.text import duration, race_table, source, table
from conv.figures.three_modes import modes
from conv.figures.thumbs import thumb
from conv.figures.walking import along
from conv.figures.windows import positions

__all__ = [
    "Figure",
    "Grid",
    "Picture",
    "along",
    "answers",
    "bars",
    "beside",
    "blocks",
    "channels",
    "connections",
    "curves",
    "duration",
    "explorer",
    "fields",
    "filtered",
    "filters",
    "gallery",
    "matrix",
    "matrix_grid",
    "modes",
    "moment",
    "patches",
    "photo",
    "pictures",
    "positions",
    "race_table",
    "rows",
    "scatter_grid",
    "sliding",
    "source",
    "squares",
    "stream",
    "table",
    "thumb",
]
