"""The search for cycles is held back and made rarer only as long as it is said."""

import gc

import pytest

from almoner.config import cli
from almoner.kernel import garbage


def test_nothing_is_looked_through_while_all_is_kept() -> None:
    with garbage.kept():
        assert not gc.isenabled()
        with garbage.kept():
            pass
        # The outer one holds on.
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_start_that_fails_leaves_it_on() -> None:
    with pytest.raises(RuntimeError), garbage.kept():
        raise RuntimeError
    assert gc.isenabled()


def test_rarely_is_over_with_the_work() -> None:
    before = gc.get_threshold()
    with pytest.raises(RuntimeError), garbage.sought_rarely():
        assert gc.isenabled()
        assert gc.get_threshold() == (50_000, *before[1:])
        raise RuntimeError
    assert gc.get_threshold() == before


def test_a_command_runs_with_it_on(capsys: pytest.CaptureFixture[str]) -> None:
    """A server or a worker without it would grow until nothing is left."""
    assert cli.run(["manage", "shell", "--verbosity=0", "-c", "import gc; print(gc.isenabled())"]) == 0
    assert capsys.readouterr().out == "True\n"
