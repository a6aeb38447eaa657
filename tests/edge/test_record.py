"""The record of attacks at an edge: it comes over the stream, is served from what is known here, and is said to be
stale when the node is not heard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.edge.edging import QUICK, Line, RunningEdge, edging
from tests.record.papers import killed, tally
from tests.record.telling import give, tell
from tests.web.running import KYIV, Running, Server
from tocsin.atlas import Atlas
from tocsin.commands import WithdrawClaim
from tocsin.model import ZoneId

PAGES = ("/attacks?lang=en", "/attacks?lang=uk", "/api/v1/attacks")


def of_attack(number: int) -> tuple[str, ...]:
    return (
        f"/attacks/{number}?lang=en",
        f"/attacks/{number}?lang=uk",
        f"/api/v1/attacks/{number}",
        f"/attacks/{number}.csv",
    )


def told_alike(node: Running, edge: RunningEdge, *paths: str) -> None:
    edge.until_at(node.tocsin.state.seq)
    for path in paths:
        there, here = node.ask(path), edge.ask(path)
        assert (here.status, here.body) == (there.status, there.body), path


def test_what_is_accepted_corrected_and_withdrawn_while_it_listens_is_served_alike(
    node: Running, edge: RunningEdge
) -> None:
    tell(node.tocsin, tally(37, weapon="shahed"), killed(2, "Kyiv"), zones=[None, ZoneId(KYIV)])
    [attack] = node.tocsin.archive.published.open_attacks()
    told_alike(node, edge, *PAGES, *of_attack(attack.id))
    assert "37" in edge.ask(f"/attacks/{attack.id}?lang=en").body.decode()
    claim = next(iter(node.tocsin.archive.published.claims))
    give(node.tocsin, WithdrawClaim(claim=claim), reason="they counted again")
    told_alike(node, edge, *PAGES, *of_attack(attack.id))
    assert "they counted again" in edge.ask(f"/attacks/{attack.id}?lang=en").body.decode()


def test_what_nobody_has_reviewed_never_reaches_an_edge(node: Running, edge: RunningEdge) -> None:
    document = tell(node.tocsin, tally(41, weapon="shahed", quote="a secret draft of 41"), accepted=False)
    edge.until_at(node.tocsin.state.seq)
    assert document in node.tocsin.archive.taken
    assert edge.edge.archive.taken == {}
    for path in (*PAGES, "/api/v1/events", "/api/v1/state"):
        assert b"secret draft" not in edge.ask(path).body, path


def entries(server: Server, after: int, record: bool) -> list[Any]:
    """All that a stream tells before its first heartbeat."""
    found = []
    with server.listening(after, record=record) as listener:
        while (word := listener.next("entry", "heartbeat")).event == "entry":
            found.append(word.data)
    return found


def test_subscribers_of_an_edge_hear_of_the_record_as_those_of_its_node_do(node: Running, edge: RunningEdge) -> None:
    after = node.tocsin.state.seq
    tell(node.tocsin, tally(37, weapon="shahed"))
    edge.until_at(node.tocsin.state.seq)
    for server in (node, edge):
        assert {entry["event"]["type"] for entry in entries(server, after, record=False)} == {"internal"}
    told = entries(node, after, record=True)
    assert entries(edge, after, record=True) == told
    assert told[-1]["event"]["type"] == "claim_published"


def test_an_edge_that_is_cut_off_still_serves_the_record_and_says_that_it_may_be_old(
    node: Running, ukraine: Atlas, mirror: Path, wire: Line
) -> None:
    tell(node.tocsin, tally(37, weapon="shahed"))
    [attack] = node.tocsin.archive.published.open_attacks()
    with edging(wire.url, mirror, ukraine, times=QUICK) as edge:
        edge.until_fresh()
        edge.until_at(node.tocsin.state.seq)
        wire.cut()
        edge.until_cut_off()
        for path in ("/attacks?lang=en", f"/attacks/{attack.id}?lang=en"):
            page = edge.ask(path).body.decode()
            assert 'class="cut-off"' in page
            assert "37" in page
    assert 'class="cut-off"' not in node.ask("/attacks?lang=en").body.decode()


def test_an_edge_that_starts_again_without_its_node_has_the_record_from_its_mirror(
    node: Running, ukraine: Atlas, mirror: Path, wire: Line
) -> None:
    tell(node.tocsin, tally(37, weapon="shahed"))
    [attack] = node.tocsin.archive.published.open_attacks()
    with edging(wire.url, mirror, ukraine) as edge:
        edge.until_fresh()
        edge.until_at(node.tocsin.state.seq)
    wire.cut()
    with edging(wire.url, mirror, ukraine) as edge:
        there, here = (server.get(f"/api/v1/attacks/{attack.id}")["claims"] for server in (node, edge))
        assert (here, len(here)) == (there, 1)
