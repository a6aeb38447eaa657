"""`tocsin access`, `proposals`, `approve`, `decline`, `audit`, `head` and `clock`: from an empty log to two people."""

from __future__ import annotations

import json
import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.cli.processes import process, refused, tocsin
from tests.web.people import ALICE, BOB, begun, token_of
from tests.web.running import KHARKIV, KYIV, NOON, Running, Server, StandingClock, running
from tocsin.access import token_digest
from tocsin.atlas import Atlas
from tocsin.model import Realm
from tocsin.store.memory import MemoryStore
from tocsin.store.sqlite import SQLiteStore

TOKEN_SHAPE = r"tocsin_(?:live|drill)_[\w-]{43}"


def by(token: str, server: Server, *arguments: str, typed: str | None = None) -> Result:
    """A command by someone, to a running server."""
    return tocsin(*arguments, "--server", server.url, typed=typed, TOCSIN_TOKEN=token)


def alice(server: Server, *arguments: str) -> Result:
    return by(ALICE.token, server, *arguments)


def bob(server: Server, *arguments: str, typed: str | None = None) -> Result:
    return by(BOB.token, server, *arguments, typed=typed)


def waiting(result: Result) -> str:
    """The proposal that an order waits as."""
    found = re.search(r"waits for a second person as proposal (\d+)", result.stdout)
    assert found, result.output
    return found[1]


# --- beginning -----------------------------------------------------------------------------------


def test_from_an_empty_log_to_a_warning_that_two_people_agreed_to(log: Path) -> None:
    first = tocsin("access", "begin", "--person", "anna", "--person", "borys", "--database", log)
    assert first.exit_code == 0, first.output
    tokens = dict(re.findall(rf"^(\w+) +({TOKEN_SHAPE})$", first.stdout, flags=re.MULTILINE))
    assert set(tokens) == {"anna", "borys"}
    with closing(SQLiteStore(log, Realm.LIVE, "UA", read_only=True)) as store:
        kept = log.read_bytes() + b"".join(str(entry).encode() for entry in store.read(0, 100))
        assert not [token for token in tokens.values() if token.encode() in kept], "only digests are kept"
    with process("serve", "--port", "0", "--database", log) as serving:
        server = serving.server()
        proposal = waiting(by(tokens["anna"], server, "raise", "UA", "--threat", "mig31k"))
        agreed = by(tokens["borys"], server, "approve", proposal, typed="y\n")
        assert "approve is in the log: 2 events" in agreed.stdout, agreed.output
        assert server.get("/api/v1/state")["zones"][KYIV] == "red"
        refused(tocsin("access", "begin", "--person", "c", "--person", "d", "--database", log), "store_locked")
    again = refused(tocsin("access", "begin", "--person", "c", "--person", "d", "--database", log), "forbidden")
    assert "2 people may administer this" in again
    assert len(re.findall(TOKEN_SHAPE, again)) == 0


def test_two_different_people_begin(log: Path) -> None:
    for people in (["a"], ["a", "a"], ["a", "b", "c"]):
        given = [word for person in people for word in ("--person", person)]
        refused(tocsin("access", "begin", *given, "--database", log), "bad_request")
    with closing(SQLiteStore(log, Realm.LIVE, "UA", read_only=True)) as store:
        assert store.head() == 0, "what is refused leaves nothing"


def test_whose_tokens_are_over_begins_again_and_is_not_granted_everything_twice(log: Path) -> None:
    given = ["access", "begin", "--person", "anna", "--person", "borys", "--database", str(log), "--days", "1"]
    assert tocsin(*given).exit_code == 0
    with closing(SQLiteStore(log, Realm.LIVE, "UA", read_only=True)) as store:
        assert store.head() == 4
    with pytest.MonkeyPatch.context() as patch:
        later = StandingClock(NOON + timedelta(days=4_000))
        patch.setattr("tocsin.cli.beginning.SystemClock", lambda: later)
        assert tocsin(*given).exit_code == 0
    with closing(SQLiteStore(log, Realm.LIVE, "UA", read_only=True)) as store:
        assert store.head() == 6, "two tokens more, and no grant"


# --- grants and tokens -----------------------------------------------------------------------------


def test_a_third_person_is_let_in_by_two_and_acts_where_they_may(server: Running) -> None:
    given = "access grant carol --as kyiv --zone Kyiv --verb raise --verb release --hazard air_raid --max-zones 1"
    first = alice(server, *given.split())
    assert bob(server, "approve", waiting(first), typed="y\n").exit_code == 0
    made = alice(server, "access", "token", "carol", "--days", "30", "--label", "her phone")
    [token] = re.findall(TOKEN_SHAPE, made.stdout)
    assert "it is shown only now" in made.stdout
    refused(by(token, server, "raise", "Kyiv"), "unauthorised")
    assert bob(server, "approve", waiting(made), typed="y\n").exit_code == 0
    assert by(token, server, "raise", "Kyiv").exit_code == 0
    assert [hold["source"] for hold in server.get("/api/v1/state")["holds"]] == ["kyiv"]
    refused(by(token, server, "raise", "UA-63"), "not_granted")

    me = json.loads(by(token, server, "access", "me", "--json").stdout)
    assert (me["holder"], [grant["terms"]["zones"] for grant in me["grants"]]) == ("carol", [[KYIV]])
    told = by(token, server, "access", "me").stdout
    assert told.startswith("carol, in the live realm\n")
    assert "her phone" in told
    listed = json.loads(alice(server, "access", "list", "--json").stdout)
    assert [grant["terms"]["holder"] for grant in listed["grants"]] == ["alice", "bob", "carol"]
    assert token_digest(token) not in json.dumps(listed)
    assert "her phone" in alice(server, "access", "list").stdout
    refused(by(token, server, "access", "list"), "not_granted")

    number = str(me["token"]["id"])
    assert "revoke token is in the log" in by(token, server, "access", "revoke-token", number).stdout
    refused(by(token, server, "access", "me"), "token_taken_back")
    taken = bob(server, "access", "revoke", str(me["grants"][0]["id"]))
    assert alice(server, "decline", waiting(taken)).exit_code == 0
    listed = json.loads(alice(server, "access", "list", "--json").stdout)
    assert [grant["good"] for grant in listed["grants"]] == [True, True, True]
    assert [token["good"] for token in listed["tokens"]] == [True, True, False]


# --- the second person -----------------------------------------------------------------------------


def test_the_second_person_sees_the_words_the_zones_and_the_people_before_agreeing(
    server: Running, ukraine: Atlas
) -> None:
    proposal = waiting(alice(server, "raise", "UA", "--cause", "launches seen", "--reason", "radar"))
    told = json.loads(bob(server, "proposals", "--json").stdout)["proposals"][0]
    answer = bob(server, "approve", proposal, typed="n\n")
    assert answer.exit_code == 0
    reach = ukraine.hierarchy.reach([ukraine.country.id])
    people = f"at least {reach.counted:,} people" if reach.people is None else f"{reach.people:,} people"
    for seen in ("by alice", "reason: radar", "1,633 zones", people, "launches seen", told["shown"]):
        assert seen in answer.stdout, answer.stdout
    for language, text in told["texts"].items():
        assert f"[{language}]" in answer.stdout
        for line in text.splitlines():
            assert line in answer.stdout
    assert "Agree? [y/N]" in answer.stdout
    assert server.get("/api/v1/state")["zones"][KYIV] == "clear"
    assert proposal in bob(server, "proposals").stdout
    refused(alice(server, "approve", proposal, "--yes", "--shown", told["shown"]), "same_person")
    assert bob(server, "approve", proposal, "--yes", "--shown", told["shown"]).exit_code == 0
    assert server.get("/api/v1/state")["zones"][KYIV] == "red"
    refused(bob(server, "approve", proposal, "--yes", "--shown", told["shown"]), "proposal_closed")
    assert proposal not in bob(server, "proposals").stdout
    assert proposal in bob(server, "proposals", "--status", "all").stdout


def test_where_nobody_is_asked_one_agrees_only_to_what_was_seen(server: Running) -> None:
    proposal = waiting(alice(server, "raise", "UA"))
    assert bob(server, "approve", proposal, "--yes").exit_code == 2
    assert bob(server, "approve", proposal, "--shown", "0" * 64).exit_code == 2
    refused(bob(server, "approve", proposal, "--yes", "--shown", "0" * 64), "not_shown")
    assert bob(server, "approve", proposal).exit_code == 1, "with nobody to ask there is no yes"
    assert server.get("/api/v1/state")["zones"][KYIV] == "clear"


def test_what_another_wrote_cannot_make_a_terminal_show_something_else(server: Running) -> None:
    trick = "radar\x1b[2J\x1b[1;1Hreaches 1 zone\r\u202etnelis"
    proposal = waiting(alice(server, "raise", "UA", "--cause", trick, "--reason", trick))
    for told in (bob(server, "approve", proposal, typed="n\n").stdout, bob(server, "audit").stdout):
        assert "reaches 1 zone" in told
        assert not re.search("[\x1b\r\u202e]", told)


# --- looking back ----------------------------------------------------------------------------------


def test_the_trail_tells_who_did_what_under_which_grant_and_who_was_refused_what(server: Running) -> None:
    assert alice(server, "raise", "Kyiv", "--reason", "radar", "--key", "night-1").exit_code == 0
    refused(bob(server, "raise", "UA-63", "--key", "night-1"), "key_reused")
    told = alice(server, "audit", "--limit", "2").stdout
    assert re.search(r"done \d+: alice as desk, grant \d+, 1 events up to 5, upon 4, key night-1: radar\n", told), told
    assert re.search(r"refused 1: bob: .*night-1.* \[key_reused\]\n", told), told
    as_json = json.loads(alice(server, "audit", "--json", "--done-after", "0", "--refused-after", "1").stdout)
    assert (len(as_json["done"]), as_json["refused"]) == (5, [])


def test_the_head_of_a_log_is_printed_as_it_is_signed(server: Running) -> None:
    printed: Any = json.loads(tocsin("head", "--server", server.url).stdout)
    assert printed == server.get("/api/v1/head")


def test_two_people_accept_a_clock_that_ran_back(ukraine: Atlas) -> None:
    clock = StandingClock()
    with running(MemoryStore(), ukraine, clock) as server:
        assert alice(server, "raise", "Kyiv").exit_code == 0
        clock.at = NOON - timedelta(minutes=10)
        assert "accept it" in refused(alice(server, "release", "Kyiv"), "clock_ran_back")
        accepted = alice(server, "clock", "accept")
        assert bob(server, "approve", waiting(accepted), typed="y\n").exit_code == 0
        assert alice(server, "release", "Kyiv").exit_code == 0


# --- realms --------------------------------------------------------------------------------------


def test_in_a_drill_every_line_says_so(drill: Running) -> None:
    token = token_of("alice", Realm.DRILL)

    def given(*arguments: str) -> Result:
        return tocsin(*arguments, "--server", drill.url, TOCSIN_TOKEN=token, TOCSIN_REALM="drill")

    for arguments in (["raise", "Kyiv"], ["raise", "UA"], ["access", "me"], ["audit"], ["proposals"]):
        result = given(*arguments)
        assert result.exit_code == 0, result.output
        assert result.stdout.startswith("DRILL"), result.stdout
        assert result.stderr.startswith("DRILL: ")
    assert all(line.startswith("DRILL  ") for line in given("raise", "UA").stdout.splitlines())
    failed = given("release", "UA-63")
    assert failed.exit_code == 1
    assert failed.stderr.splitlines()[0].startswith("DRILL: ")
    assert failed.stderr.splitlines()[1].endswith("[nothing_held]")


def test_nothing_crosses_from_one_realm_to_the_other(server: Running, drill: Running) -> None:
    exercise = token_of("alice", Realm.DRILL)
    refused(alice(drill, "raise", "Kyiv"), "wrong_realm")
    refused(by(exercise, server, "raise", "Kyiv"), "wrong_realm")
    refused(by(exercise, drill, "raise", "Kyiv"), "wrong_realm")  # the order was meant for reality
    said = by(exercise, drill, "access", "me")
    assert "is of the drill realm, and live was meant" in refused(said, "wrong_realm")
    assert drill.get("/api/v1/state")["seq"] == server.get("/api/v1/state")["seq"] == 4


def test_a_drill_begins_in_a_log_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    begun_drill = tocsin("access", "begin", "--person", "a", "--person", "b", "--realm", "drill")
    assert begun_drill.exit_code == 0, begun_drill.output
    assert all(line.startswith("DRILL  ") for line in begun_drill.stdout.splitlines())
    assert len(re.findall("tocsin_drill_", begun_drill.stdout)) == 2
    assert [path.name for path in tmp_path.glob("*.db")] == ["tocsin-drill.db"]


def test_a_server_that_drills_says_so_where_it_says_where_it_is(log: Path, ukraine: Atlas) -> None:
    begun(log, ukraine, Realm.DRILL)
    with process("serve", "--port", "0", "--database", log, "--realm", "drill") as serving:
        server = serving.server()
        assert "DRILL  Tocsin is at http" in serving.said
        ordered = server.order(token=token_of("alice", Realm.DRILL), zones=[KHARKIV])
        assert (ordered.status, ordered.headers["Tocsin-Realm"]) == (200, "drill")
