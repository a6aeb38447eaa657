"""`tocsin record take` and what follows, against a running Tocsin."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.test_access import alice, bob, waiting
from tests.record.texts import BULLETIN
from tests.web.running import Running


@pytest.fixture
def report(tmp_path: Path) -> str:
    file = tmp_path / "bulletin.txt"
    file.write_text(BULLETIN, "utf-8")
    return str(file)


def taken(server: Running, report: str) -> str:
    found = alice(server, "record", "take", report, "--published", "2026-02-28", "--publisher", "Air Force")
    assert found.exit_code == 0, found.output
    named = re.match(r"document (\d+): air force bulletin, \d+ facts", found.stdout)
    assert named, found.output
    return named[1]


def claims(server: Running) -> list[int]:
    return [claim.id for claim in server.tocsin.service.archive.published.current()]


def test_from_a_file_to_a_corrected_claim(server: Running, report: str) -> None:
    document = taken(server, report)
    assert f"{document}  7 wait  2026-02-28  Air Force" in alice(server, "record", "drafts").stdout
    shown = alice(server, "record", "show", document).stdout
    assert BULLETIN.split("\n", maxsplit=1)[0] in shown
    assert "1  waiting  tally launched 90 shahed" in shown
    said = ("--speaker", "the air force", "--quote", "90 ударними БпЛА", "--happened", "2026-02-20")
    mended = alice(server, "record", "mend", document, "1", *said)
    assert mended.exit_code == 0, mended.output
    assert alice(server, "record", "reject", document, "7", "--reason", "twice").exit_code == 0
    assert alice(server, "record", "accept", document, "1", "2").exit_code == 0
    first, second = claims(server)
    assert server.tocsin.service.archive.published.claims[first].fact.happened == "2026-02-20"
    corrected = alice(
        server, "record", "correct", str(first), "--speaker", "the general staff", "--reason", "it was they"
    )
    assert corrected.exit_code == 0, corrected.output
    record = server.tocsin.service.archive.published
    assert record.claims[first].superseded_by is not None
    assert record.claims[first].ended_reason == "it was they"
    assert alice(server, "record", "withdraw", str(second), "--misread", "--reason", "no").exit_code == 0
    assert len(claims(server)) == 1
    told = json.loads(alice(server, "record", "show", document, "--json").stdout)
    assert [draft["status"] for draft in told["drafts"]].count("rejected") == 1


def test_attacks_are_split_and_joined(server: Running, report: str) -> None:
    alice(server, "record", "accept", taken(server, report))
    one = claims(server)[0]
    assert alice(server, "record", "split", str(one)).exit_code == 0
    first, second = (attack.id for attack in server.tocsin.service.archive.published.open_attacks())
    assert alice(server, "record", "join", str(second), str(first)).exit_code == 0
    assert len(server.tocsin.service.archive.published.open_attacks()) == 1


def test_who_attacked_whom_and_when_is_said_better(server: Running, report: str) -> None:
    alice(server, "record", "accept", taken(server, report))
    [attack] = server.tocsin.service.archive.published.open_attacks()
    number = str(attack.id)
    since = "2026-02-27T19:30:00+02:00"
    assert alice(server, "record", "bound", number, "--by", "RU", "--against", "UA", "--since", since).exit_code == 0
    said = server.tocsin.service.archive.published.attacks[attack.id].bounds
    assert (said.night, said.by, said.upon, said.since) == (attack.bounds.night, "RU", "UA", since)
    assert alice(server, "record", "bound", number, "--night", "2026-02-27", "--since", "").exit_code == 0
    said = server.tocsin.service.archive.published.attacks[attack.id].bounds
    assert (said.night, said.by, said.upon, said.since) == ("2026-02-27", "RU", "UA", None)


def test_claims_are_linked_and_parted(server: Running, report: str) -> None:
    alice(server, "record", "accept", taken(server, report))
    one, other = claims(server)[:2]
    record = server.tocsin.service.archive.published
    assert alice(server, "record", "link", str(one), "contests", str(other)).exit_code == 0
    linked = server.tocsin.service.archive.published.links(one)
    assert [(link.claim, link.relation, link.other) for link in linked if link not in record.links(one)] == [
        (one, "contests", other)
    ]
    assert alice(server, "record", "unlink", str(one), "contests", str(other)).exit_code == 0
    assert server.tocsin.service.archive.published.links(one) == record.links(one)


def test_to_trust_a_source_takes_two(server: Running) -> None:
    proposal = waiting(alice(server, "record", "trust", "desk"))
    assert bob(server, "approve", proposal, typed="y\n").exit_code == 0
    assert server.tocsin.service.archive.trusted == {"desk"}
    assert alice(server, "record", "distrust", "desk").exit_code == 0
    assert server.tocsin.service.archive.trusted == set()


def test_what_cannot_be_done_ends_with_a_sentence(server: Running, report: str, tmp_path: Path) -> None:
    document = taken(server, report)
    empty = tmp_path / "empty.txt"
    empty.write_bytes(b"")
    for words, code in (
        (("take", str(empty), "--published", "2026-02-28", "--publisher", "x"), "bad_file"),
        (("take", report, "--published", "2026-02-28", "--publisher", "x"), "taken_already"),
        (("take", report, "--published", "never", "--publisher", "x"), "bad_time"),
        (("accept", "999"), "not_found"),
        (("mend", document, "1", "--quote", "900 drones"), "bad_file"),
        (("mend", document, "1", "--value", "91"), "not_in_text"),
        (("mend", document, "99"), "not_found"),
        (("correct", "999", "--speaker", "x"), "not_found"),
        (("join", "1", "2"), "not_found"),
        (("bound", "999", "--by", "RU"), "not_found"),
        (("link", "998", "repeats", "999"), "not_found"),
    ):
        found = alice(server, "record", *words)
        assert found.exit_code == 1, words
        assert f"[{code}]" in found.output, found.output
    assert claims(server) == []
