"""Pages are executed as in Jupyter, and what must not be published is named."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_every_script_runs_to_its_end_in_plain_python(tmp_path):
    """What a page offers as a script ends with status 0, wherever it is run, and warns of nothing."""

    def run(path):
        return subprocess.run(
            [sys.executable, "-W", "error", path],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"},
            capture_output=True,
            text=True,
            check=False,
        )

    scripts = [*(ROOT / "docs").rglob("*.py"), ROOT / ".github" / "PAGE_TEMPLATE.py"]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = pool.map(run, scripts)
    failed = {path: run.stderr for path, run in zip(scripts, done, strict=True) if run.returncode}
    assert failed == {}
    assert len(scripts) > 10
