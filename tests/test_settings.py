from __future__ import annotations

from pathlib import Path

import pytest

from tocsin.errors import BadSetting
from tocsin.model import Realm
from tocsin.settings import PREFIX, Settings, from_environment

TOKEN = "sixteen or more letters"


def test_where_nothing_is_set_the_defaults_hold() -> None:
    assert from_environment({}) == Settings()
    assert Settings().token is None
    assert Settings().host == "127.0.0.1", "nobody beyond this machine is served unless somebody said so"
    assert (str(Settings().database), Settings().port) == ("tocsin.db", 8080)
    assert Settings().server_url == "http://127.0.0.1:8080"


def test_every_setting_can_stand_in_the_environment() -> None:
    values = {
        "database": "/var/lib/tocsin/log.db",
        "realm": "drill",
        "atlas": "il",
        "host": "0.0.0.0",
        "port": "8443",
        "tls_cert": "/etc/tocsin/chain.pem",
        "tls_key": "/etc/tocsin/chain.key",
        "texts": "/etc/tocsin/texts",
        "signing_key": "/etc/tocsin/signing.key",
        "head_file": "/var/lib/tocsin/head.json",
        "static_dir": "/var/lib/tocsin/static",
        "connections": "12",
        "connections_per_address": "0",
        "webhook_networks": "10.1.0.0/16,127.0.0.1",
        "shelter_networks": "/var/lib/tocsin/streets",
        "policy": "/etc/tocsin/policy.toml",
        "follow": "alerts.in.ua ukrainealarm",
        "alerts_in_ua_token": TOKEN,
        "ukrainealarm_token": TOKEN,
        "proposer_url": "http://127.0.0.1:11434/v1",
        "proposer_model": "small",
        "proposer_token": TOKEN,
        "upstream": "https://node.example",
        "mirror": "/var/lib/tocsin/mirror.db",
        "workers": "4",
        "server": "https://tocsin.example/",
        "token": TOKEN,
    }
    files = {"token_file", "alerts_in_ua_token_file", "ukrainealarm_token_file", "proposer_token_file"}
    assert set(values) | files == set(Settings.__struct_fields__)
    found = from_environment({PREFIX + name.upper(): value for name, value in values.items()})
    assert found == Settings(
        database=Path("/var/lib/tocsin/log.db"),
        realm=Realm.DRILL,
        atlas="il",
        host="0.0.0.0",
        port=8443,
        tls_cert=Path("/etc/tocsin/chain.pem"),
        tls_key=Path("/etc/tocsin/chain.key"),
        texts=Path("/etc/tocsin/texts"),
        signing_key=Path("/etc/tocsin/signing.key"),
        head_file=Path("/var/lib/tocsin/head.json"),
        static_dir=Path("/var/lib/tocsin/static"),
        connections=12,
        connections_per_address=0,
        webhook_networks="10.1.0.0/16,127.0.0.1",
        shelter_networks=Path("/var/lib/tocsin/streets"),
        policy=Path("/etc/tocsin/policy.toml"),
        follow="alerts.in.ua ukrainealarm",
        alerts_in_ua_token=TOKEN,
        ukrainealarm_token=TOKEN,
        proposer_url="http://127.0.0.1:11434/v1",
        proposer_model="small",
        proposer_token=TOKEN,
        upstream="https://node.example",
        mirror=Path("/var/lib/tocsin/mirror.db"),
        workers=4,
        server="https://tocsin.example/",
        token=TOKEN,
    )
    assert found.server_url == "https://tocsin.example"
    assert Settings(tls_cert=found.tls_cert, tls_key=found.tls_key).server_url == "https://127.0.0.1:8080"


def test_a_drill_has_a_log_and_a_port_of_its_own_unless_others_are_set() -> None:
    drill = from_environment({"TOCSIN_REALM": "drill"})
    assert (str(drill.database), drill.port) == ("tocsin-drill.db", 8090)
    assert str(drill.mirror) == "tocsin-mirror-drill.db"
    assert drill.server_url == "http://127.0.0.1:8090"
    assert from_environment({}, realm="drill") == drill
    assert from_environment({"TOCSIN_REALM": "drill"}, realm="live") == Settings()
    chosen = from_environment({"TOCSIN_DATABASE": "exercise.db"}, realm="drill", port=8091)
    assert (str(chosen.database), chosen.port) == ("exercise.db", 8091)


def test_what_is_given_comes_before_the_environment_and_an_empty_value_is_no_value() -> None:
    environment = {"TOCSIN_PORT": "1", "TOCSIN_REALM": "", "PORT": "3", "TOCSIN_UNKNOWN": "x"}
    found = from_environment(environment, port=2, database=None)
    assert (found.port, found.realm, found.database) == (2, Realm.LIVE, Settings().database)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "-1"),
        ("PORT", "65536"),
        ("PORT", "80.5"),
        ("CONNECTIONS", "-1"),
        ("CONNECTIONS_PER_ADDRESS", "many"),
        ("REALM", "exercise"),
        ("REALM", "LIVE"),
        ("TOKEN", "too short"),
    ],
)
def test_a_wrong_value_is_refused_with_the_name_of_its_setting_and_no_secret(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name.lower()) as caught:
        from_environment({PREFIX + name: value})
    assert "too short" not in str(caught.value)


def test_the_token_can_be_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    assert from_environment({"TOCSIN_TOKEN_FILE": str(file)}).token == TOKEN
    assert from_environment({}, token_file=file).token == TOKEN


def test_a_token_set_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN)
    with pytest.raises(BadSetting, match="twice") as caught:
        from_environment({"TOCSIN_TOKEN": TOKEN, "TOCSIN_TOKEN_FILE": str(file)})
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("content", [None, b"", b"\n", b"short", b"\xff" * 20])
def test_a_token_file_that_holds_none_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadSetting, match="token"):
        from_environment({"TOCSIN_TOKEN_FILE": str(file)})
