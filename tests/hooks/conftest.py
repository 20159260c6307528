"""What several tests of the hooks use."""

from __future__ import annotations

import os
import subprocess

import pytest


@pytest.fixture(scope="session")
def git():
    """Return a function that runs git in a folder, as someone, on a day."""
    who = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a", "GIT_CONFIG_GLOBAL": os.devnull}
    who |= {"GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a"}

    def git(folder, *arguments, day="2001-01-02"):
        when = {"GIT_COMMITTER_DATE": f"{day}T03:04:05+0000"}
        command = ["git", "-C", folder, *arguments]
        subprocess.run(
            command, env=os.environ | who | when, check=True, capture_output=True
        )

    return git
