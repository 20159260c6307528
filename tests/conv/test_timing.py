"""Races, by a clock that moves when it is told to; never how long anything takes."""

from __future__ import annotations

import pytest
from threadpoolctl import threadpool_info

from conv import timing


@pytest.fixture
def clock():
    """Return a clock that moves only when a call says so."""

    class Clock:
        now = 0.0
        calls: list[str] = []  # noqa: RUF012

        def call(self, name, *seconds):
            """Return a call that takes these seconds in turn, the last one ever after."""
            left = list(seconds)

            def call():
                self.calls.append(name)
                self.now += left.pop(0) if len(left) > 1 else left[0]

            return call

        def __call__(self):
            return self.now

    clock = Clock()
    clock.calls.clear()
    return clock


def test_calls_take_turns(clock):
    """In each round, each is warmed by one call that is not measured, then measured."""
    calls = {"a": clock.call("a", 9, 1), "b": clock.call("b", 9, 3, 9, 5)}
    seconds = timing.race(calls, rounds=2, turn=1, clock=clock)
    assert clock.calls == ["a", "a", "b", "b"] * 2
    assert seconds == {"a": [1, 1], "b": [3, 5]}


def test_a_turn_lasts(clock):
    """Short calls are repeated until the turn is over, and their mean is taken."""
    seconds = timing.race({"a": clock.call("a", 0.25)}, rounds=1, turn=1, clock=clock)
    assert seconds == {"a": [0.25]}
    assert len(clock.calls) == 1 + 4


@pytest.mark.parametrize("threads", [1, 2])
def test_matrix_products_take_the_threads_they_are_given(threads):
    """And afterwards as many as before."""

    def count():
        return [pool["num_threads"] for pool in threadpool_info()]

    before, found = count(), []
    timing.race({"a": lambda: found.append(count())}, rounds=1, turn=0, threads=threads)
    assert found
    assert set(found[-1]) <= {*range(1, threads + 1)}
    assert count() == before


def test_ratios_are_paired_by_round():
    """The median of the ratios, not the ratio of the medians, with the middle half."""
    assert timing.ratio([10, 30, 80], [10, 10, 20]) == (3, 2, 3.5)


def test_the_processor_is_named(monkeypatch):
    """By its model name, or where the system does not tell, by its architecture."""
    monkeypatch.setattr("pathlib.Path.exists", lambda _: True)
    lines = "processor : 0\nmodel name\t: Fast: 9000\nmodel name\t: Other\n"
    monkeypatch.setattr("pathlib.Path.read_text", lambda *_, **__: lines)
    assert timing.processor() == "Fast: 9000"
    monkeypatch.setattr("pathlib.Path.exists", lambda _: False)
    monkeypatch.setattr(timing.platform, "machine", lambda: "abacus")
    assert timing.processor() == "abacus"
