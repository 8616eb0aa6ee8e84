"""`almoner --help`, and the help of every subcommand."""

import argparse
import re

import pytest

from almoner.config import cli


def subcommands() -> "argparse._SubParsersAction[argparse.ArgumentParser]":
    return next(each for each in cli.parser()._actions if isinstance(each, argparse._SubParsersAction))


def every_command() -> dict[str, argparse.ArgumentParser]:
    """Those of `almoner addresses` too."""
    found = dict(subcommands().choices)
    for name, command in [*found.items()]:
        for action in command._actions:
            if isinstance(action, argparse._SubParsersAction):
                found |= {f"{name} {inner}": parser for inner, parser in action.choices.items()}
    return found


def helped(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the command prints before it ends well, on one line."""
    with pytest.raises(SystemExit) as end:
        cli.run([*arguments])
    assert end.value.code == 0
    return re.sub(r"\s+", " ", capsys.readouterr().out)


def test_the_list_of_all_says_what_each_does(capsys: pytest.CaptureFixture[str]) -> None:
    said = helped(capsys, "--help")
    choices = subcommands()._choices_actions
    assert {choice.dest for choice in choices} == {
        "demo", "serve", "worker", "check", "prove", "backup", "restore", "upgrade", "import", "export",
        "statements", "impact", "keys",
        "addresses", "manage",
    }  # fmt: skip
    for choice in choices:
        assert f"{choice.dest} {choice.help}" in said


@pytest.mark.parametrize("name", sorted(every_command()))
def test_each_says_what_it_is_for_and_what_it_takes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    # Help needs no settings.
    monkeypatch.delenv("ALMONER_MODE", raising=False)
    said = helped(capsys, *name.split(), "--help")
    assert said.startswith(f"usage: almoner {name} ")
    command = every_command()[name]
    assert command.description and command.description[0].isupper() and command.description.endswith(".")
    assert command.description in said
    for action in command._actions:
        assert action.help and re.sub(r"\s+", " ", action.help) in said, action.dest


@pytest.mark.parametrize("arguments", [["manage"], ["manage", "-h"], ["manage", "--help"]])
def test_manage_has_help_of_its_own(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    said = helped(capsys, *arguments)
    assert said.startswith("usage: almoner manage ")
    assert "`almoner manage help` lists all of them" in said


def test_manage_hands_the_rest_to_django(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["manage", "help", "createsuperuser"]) == 0
    assert "usage: almoner manage createsuperuser" in capsys.readouterr().out
