import pytest

from almoner.kernel.environment import Environment, SettingsInvalid


def test_reads_each_kind() -> None:
    env = Environment(
        {
            "T": " words ",
            "F": "Yes",
            "N": "12",
            "W": "a, b ,,c",
            "U": "https://give.example.org:8443/x",
            "E": "",
        }
    )
    assert env.text("T") == "words"
    assert env.flag("F", False) is True
    assert env.integer("N", 1, at_least=0, at_most=20) == 12
    assert env.words("W") == ["a", "b", "c"]
    url = env.url("U", schemes=("https",))
    assert url is not None and (url.hostname, url.port) == ("give.example.org", 8443)
    assert (env.text("E", "x"), env.flag("E", True), env.integer("E", 7), env.words("E", ("d",))) == (
        "x",
        True,
        7,
        ["d"],
    )
    env.finish()


@pytest.mark.parametrize("value", ["-1", "21", "1.5", "١٢", "1e1", "0x1", "twelve"])
def test_a_number_out_of_range_or_none_is_refused(value: str) -> None:
    env = Environment({"N": value})
    assert env.integer("N", 5, at_least=0, at_most=20) == 5
    with pytest.raises(SettingsInvalid, match="N: must be a whole number from 0 to 20"):
        env.finish()


def test_all_faults_are_named_at_once() -> None:
    env = Environment(
        {"MODE": "prod", "FLAG": "perhaps", "URL": "ftp://user:secret@host", "PORT": "http://[::1"}
    )
    env.text("SECRET", required=True)
    env.words("HOSTS", required=True)
    env.choice("MODE", "demo", of=("demo", "production"))
    env.flag("FLAG", False)
    env.url("URL", schemes=("http", "https"))
    env.url("PORT", schemes=("http",))
    with pytest.raises(SettingsInvalid) as raised:
        env.finish()
    assert raised.value.names == ("SECRET", "HOSTS", "MODE", "FLAG", "URL", "PORT")
    # An address may hold a password.
    assert "secret" not in str(raised.value)
