"""Does a test notice when conv is changed? ``make mutants``.

mutmut changes one small thing at a time, an operator, a number, an argument, a message, and
runs the tests that reach it. A mutant survives if they all pass, or if there are none. Look
at each survivor: it is a test that is missing, or a change that no caller can see. Known as
the latter: ``strict`` of zips whose lengths were compared before; ``copy`` of an array that
is only read; a default that every caller passes; work done twice or in larger steps with the
same result; a limit moved where no integer lies between; a size of -2, which NumPy takes for -1;
and letters in "fiub" that no dtype has.
"""

from __future__ import annotations

import subprocess
import sys

MOST = 0.05  # share of the mutants that may survive
NOTICED = {"killed", "timeout", "segfault"}
MUTMUT = [sys.executable, "-m", "mutmut"]


def main() -> str | None:
    """Run every mutant, show the survivors, and return what is wrong, if anything."""
    subprocess.run([*MUTMUT, "run"], check=True)
    listed = subprocess.run(
        [*MUTMUT, "results", "--all", "true"], check=True, capture_output=True, text=True
    )
    results = dict(line.strip().split(": ") for line in listed.stdout.splitlines() if line)
    survivors = [name for name, result in results.items() if result not in NOTICED]
    for name in survivors:
        subprocess.run([*MUTMUT, "show", name], check=True)
    share = len(survivors) / len(results)
    summary = f"{len(survivors)} of {len(results)} mutants survive: {share:.1%}"
    print(summary)
    return f"at most {MOST:.0%} may" if share >= MOST else None


if __name__ == "__main__":
    sys.exit(main())
