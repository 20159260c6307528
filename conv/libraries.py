"""What other libraries compute under the name of convolution, recorded by running them.

``tests/libraries`` puts the same questions to every function and writes the answers to
``libraries.json`` beside this module; ``make libraries`` does it again.

Attributes
----------
VERSIONS : dict of str to str
    The version of each library that was asked, by the name under which it is imported.
ROWS : dict of str to Row
    What was found, by the function's import path and the argument that chooses its mode.
PADS : dict of str to dict of str to str
    What functions that pad and do nothing else set around 1 2 3 4, by rule.

Examples
--------
>>> row = ROWS["scipy.signal.correlate2d mode='same'"]
>>> row["operation"], row["same"]["k=4"]
('cross-correlation', [1, 2])
>>> PADS["numpy.pad"]["reflect"]
'4 3 2 | 1 2 3 4 | 3 2 1'
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict

__all__ = ["PADS", "ROWS", "UNBROKEN", "VERSIONS", "Row", "sizes"]


class Row(TypedDict):
    """What one function of a library answered.

    Attributes
    ----------
    name : str
        Its import path, with the argument that chooses the mode where there is one.
    operation : {"convolution", "cross-correlation"}
        Whether it flips the kernel.
    layout : str
        The axes of input and kernel.
    same : dict of str to (list of int or str)
        Zeros before and after the input under ``same``, of the operation as applied: for a
        kernel of ``"k=4"``, with stride and input size ``"k=3 s=2 n=4"``, with dilation
        ``"k=3 d=2"``. A text where no zeros give its numbers.
    longer_kernel : dict of str to (int or str)
        How many values three readings and a kernel of five give, by mode.
    borders : dict of str to str
        What each border rule sets around 1 2 3 4.
    defaults : dict of str to str
        Mode, border and scale of a call with nothing but operands.
    dtypes : dict of str to str
        The dtype of the result, and what 300 became in it; last, what -100 became.
    call : str
        The line that calls it with ``x`` and ``w`` under ``same``, zeros beyond the border.
    """

    name: str
    operation: str
    layout: str
    same: dict[str, list[int] | str]
    longer_kernel: dict[str, int | str]
    borders: dict[str, str]
    defaults: dict[str, str]
    dtypes: dict[str, str]
    call: str


_RECORD = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
VERSIONS: dict[str, str] = _RECORD["versions"]
ROWS: dict[str, Row] = {row["name"]: row for row in _RECORD["rows"]}
# For str.translate: what keeps 3 2 1 | 1 2 3 4 on one line.
UNBROKEN = {ord(" "): "\N{NO-BREAK SPACE}", ord("|"): "\N{WORD JOINER}|\N{WORD JOINER}"}
DEFAULTS = {"n": 8, "k": 3, "s": 1, "d": 1}  # of sizes that a case does not name
PADS: dict[str, dict[str, str]] = {pad["name"]: pad["borders"] for pad in _RECORD["pads"]}


def sizes(case: str) -> dict[str, int]:
    """Read the sizes of a case in ``same``: input n, kernel k, stride s, dilation d.

    Examples
    --------
    >>> sizes("k=3 s=2 n=4")
    {'n': 4, 'k': 3, 's': 2, 'd': 1}
    """
    named = dict(part.split("=") for part in case.split())
    return {letter: int(named.get(letter, other)) for letter, other in DEFAULTS.items()}
