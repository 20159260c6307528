"""Ask all libraries that are installed, and write or compare what they answer.

``python -m tests.libraries`` writes conv/libraries.json. With ``--compare`` it writes nothing, and
fails if a library answers otherwise than was recorded.
"""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import conv
from tests.libraries import check, probe
from tests.libraries.operations import LIBRARIES, Border, operations

RECORD = Path(conv.__file__).with_name("libraries.json")
DISTRIBUTIONS = {
    "skimage": "scikit-image",
    "cv2": "opencv-python-headless",
    "tensorflow": "tensorflow-cpu",
    "dask_image": "dask-image",
}


def main() -> None:
    """Ask, then write or compare."""
    found = ask_all()
    if "--compare" not in sys.argv:
        RECORD.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        print(f"{len(found['rows'])} operations of {len(found['versions'])} libraries.")
        return
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))
    changes = list(
        differences(recorded["rows"] + recorded["pads"], found["rows"] + found["pads"])
    )
    print(*(changes or ["Nothing has changed."]), sep="\n")
    sys.exit(bool(changes))


def ask_all() -> dict[str, Any]:
    """Return versions, rows and pads, of all that is installed."""
    found: dict[str, Any] = {"versions": versions(), "rows": [], "pads": []}
    for asked in operations():
        if isinstance(asked, Border):
            found["pads"].append({"name": asked.name, "borders": probe.pads(asked)})
        else:
            row = probe.row(asked)
            check.call(row)
            check.code(row)
            found["rows"].append(row)
    return found


def versions() -> dict[str, str]:
    """Return the version of each library that is there, and say which are not."""
    there = {}
    for package in LIBRARIES:
        if package == "conv":
            continue
        try:
            version = metadata.version(DISTRIBUTIONS.get(package, package))
            there[package] = version.partition("+")[0]  # no word of the build
        except metadata.PackageNotFoundError:
            print(f"{package} is not installed, so it was not asked.", file=sys.stderr)
    return there


def differences(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    """Name what is answered otherwise."""
    old, new = ({row["name"]: row for row in rows} for rows in (before, after))
    told = [f"{name}: not asked this time" for name in old.keys() - new.keys()]
    told += [f"{name}: not recorded" for name in new.keys() - old.keys()]
    return told + [
        f"{name}, {entry}: {old[name][entry]} became {value}"
        for name, row in new.items()
        if name in old
        for entry, value in row.items()
        if old[name].get(entry) != value
    ]


if __name__ == "__main__":
    main()
