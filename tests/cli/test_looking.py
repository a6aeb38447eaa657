"""`tocsin threats policy`, `proposals` and `accept`, and a policy that `tocsin serve` is given."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.processes import tocsin
from tests.cli.test_access import alice
from tests.web.running import Running

RULE = """
name = "ours"
[ceiling]
zones = 20
people = 100000
[[rules]]
threats = ["drones"]
unit = "hromada"
stage = "alert"
level = "red"
propose = { likely = 15 }
place = { likely = 10 }
confirmations = 3
public = "zones"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "policy.toml"
    path.write_text(RULE, "utf-8")
    return path


def test_a_policy_is_put_into_words(file: Path) -> None:
    usual = tocsin("threats", "policy")
    assert (usual.exit_code, "nothing is placed by itself" in usual.stdout) == (0, True), usual.output
    ours = tocsin("threats", "policy", "--policy", file).stdout
    assert "Policy: ours" in ours
    assert "placed by itself 10 min ahead where it is likely, once 3 sources speak of it" in ours
    assert "20 zones and 100,000 people" in ours


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ('unit = "hromada"', 'unit = "village"', "no level village"),
        ('unit = "hromada"', 'unit = "hromada"\nzones = ["UA99"]', "no zone UA99"),
        ("place = { likely = 10 }", "place = { likely = 40 }", "earlier than it is proposed"),
        ('stage = "alert"', 'stage = "panic"', "panic"),
        ("[[rules]]", "[[rules", "no policy"),
    ],
)
def test_a_policy_that_cannot_be_followed_is_refused_at_the_start(
    file: Path, log: Path, before: str, after: str, why: str
) -> None:
    file.write_text(RULE.replace(before, after), "utf-8")
    told = tocsin("serve", "--policy", file, "--port", "0", "--database", log)
    assert (told.exit_code, "[bad_file]" in told.output) == (1, True), told.output
    assert why in told.output
    assert not log.exists()


def test_what_is_proposed_is_listed_and_accepted(server: Running) -> None:
    assert "nothing is proposed" in alice(server, "threats", "proposals").stdout
    seen = ("--kind", "drones", "--point", "34.8,50.9,2000", "--course", "225")
    assert alice(server, "threats", "report", *seen).exit_code == 0
    server.until(lambda: bool(server.tocsin.watching.view().proposals))
    told = alice(server, "threats", "proposals").stdout
    found = re.search(r"upon (\d+)", told)
    assert found, told
    zone = re.search(r"\[(UA\d+)\] earliest \d+ min", told)
    assert zone, told
    given = alice(server, "threats", "accept", "air_raid.drones.alert.red", zone[1], "--upon", found[1])
    assert given.exit_code == 0, given.output
    assert [hold.zone for hold in server.tocsin.state.holds.values()] == [zone[1]]
    full = json.loads(alice(server, "threats", "proposals", "--json").stdout)
    assert full["policy"] == "propose only"
    again = alice(server, "threats", "accept", "air_raid.drones.alert.red", zone[1], "--upon", found[1])
    assert again.exit_code == 1
