"""The unit, the configuration and their page say the same as one another and as the program."""

from __future__ import annotations

import re

import pytest

from tests.deploy.web_server import FOLDER
from tocsin import limits
from tocsin.cli import main
from tocsin.settings import Settings, from_environment

UNIT = (FOLDER / "tocsin.service").read_text("utf-8")
CONF = (FOLDER / "nginx" / "tocsin.conf").read_text("utf-8")


def said(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", UNIT, flags=re.MULTILINE)


def settings() -> Settings:
    """What a Tocsin that the unit starts is set to; an unknown setting fails here."""
    environment = dict(line.split("=", 1) for line in said("Environment"))
    assert {name.removeprefix("TOCSIN_").lower() for name in environment} <= set(Settings.__struct_fields__)
    return from_environment(environment)


def test_the_unit_starts_a_command_that_there_is_with_settings_that_there_are() -> None:
    [command] = said("ExecStart")
    assert command.split()[0].endswith("/tocsin")
    assert command.split()[1] in main.commands
    assert settings().static_dir is not None


def test_nginx_looks_for_tocsin_and_its_copy_where_the_unit_puts_them() -> None:
    unit = settings()
    assert re.findall(r"root (\S+);", CONF) == [str(unit.static_dir)]
    assert re.findall(r"server (\S+) max_fails", CONF) == [f"{unit.host}:{unit.port}"]
    [folders] = said("StateDirectory")
    assert {f"/var/lib/{folder}" for folder in folders.split()} == {str(unit.static_dir), str(unit.database.parent)}


def test_nginx_refuses_streams_before_tocsin_has_to() -> None:
    [streams] = re.findall(r"limit_conn tocsin_streams (\d+);", CONF)
    sources = re.findall(r"^\s+(?:\d+%|\*)\s+127\.0\.0\.(\d+);", CONF, flags=re.MULTILINE)
    assert "1" not in sources, "orders come from there"
    assert int(streams) <= 0.9 * len(sources) * limits.CONNECTIONS_PER_ADDRESS, "the shares are even by chance only"
    assert int(streams) <= limits.STREAM_CONNECTIONS


@pytest.mark.parametrize("name", ["tocsin_address", "tocsin_streams"])
def test_the_page_says_what_is_bounded(name: str) -> None:
    [bound] = set(re.findall(rf"limit_conn {name} (\d+);", CONF))
    page = (FOLDER / "README.md").read_text("utf-8")
    assert f"| `limit_conn {name}` | {int(bound):,} " in page
