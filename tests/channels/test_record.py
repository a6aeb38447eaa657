"""The record of attacks is told to those who ask for it; everyone else hears that there was something, and no more."""

from __future__ import annotations

from tests.channels.listening import Frame, Server, Subscriber, parsed
from tests.record import papers
from tests.world import EAST, raising, run_leaping
from tocsin.channels.frames import Form, piece
from tocsin.channels.ring import View
from tocsin.events import Entry
from tocsin.recorded import PublishedEvent


def publish(server: Server) -> None:
    """An attack with a claim: three entries of the record."""
    seq = server.ring.head
    events: list[PublishedEvent] = [
        papers.opened(),
        papers.listed(seq + 2),
        papers.published(papers.tally(37), seq + 2, 0, attack=seq + 1),
    ]
    entries = [
        Entry(seq=number, recorded_at=server.clock.now(), order="accepted", event=event)
        for number, event in enumerate(events, seq + 1)
    ]
    server.hub.publish(entries)


def entries(server: Server, view: View | None) -> list[Frame]:
    return [frame for frame in parsed(piece(server.ring.since(0, view) or [], Form.SSE)) if frame.event == "entry"]


def test_an_ordinary_stream_hears_of_the_record_only_that_no_seq_is_missing() -> None:
    server = Server()
    server.order(raising(EAST))
    publish(server)
    told = entries(server, None)
    assert [entry.data["seq"] for entry in told] == [1, 2, 3, 4]
    assert [entry.data["event"]["type"] for entry in told] == ["hold_raised", "internal", "internal", "internal"]
    assert {entry.data["order"] for entry in told[1:]} == {""}
    assert max(len(str(entry.data)) for entry in told[1:]) < 200, "an import must not flood those who live by warnings"


def test_whoever_asks_for_the_record_hears_all_of_it_with_the_same_seqs() -> None:
    server = Server()
    server.order(raising(EAST))
    publish(server)
    told = entries(server, server.ring.enter(()))
    kinds = ["hold_raised", "attack_opened", "document_published", "claim_published"]
    assert [entry.data["event"]["type"] for entry in told] == kinds
    assert [entry.id for entry in told] == [1, 2, 3, 4]
    assert all("prev" not in entry.data for entry in told)
    assert told[3].data["event"]["fact"]["value"]["value"] == 37


def test_a_stream_of_some_zones_hears_nothing_of_it() -> None:
    server = Server()
    view = server.ring.enter((EAST,))
    publish(server)
    assert server.ring.since(0, view) == []


def test_each_kind_of_stream_is_woken_by_what_it_is_told() -> None:
    server = Server()
    whole, east = server.ring.enter(()), server.ring.enter((EAST,))
    seq = server.ring.head
    opened = Entry(seq=seq + 1, recorded_at=server.clock.now(), order="o", event=papers.opened())
    assert server.ring.add([opened]) == {whole}
    server.ring.leave(whole)
    again = Entry(seq=seq + 2, recorded_at=server.clock.now(), order="p", event=papers.opened())
    assert server.ring.add([again]) == set()
    assert east.readers == 1


def test_the_snapshot_of_a_stream_with_the_record_is_of_all_zones() -> None:
    async def play() -> None:
        server = Server()
        server.order(raising(EAST))
        _, said = server.hub.start(server.ring.enter(()), Form.SSE)
        [snapshot] = parsed(said)
        assert "filter" not in snapshot.data
        assert snapshot.data["seq"] == 1

    run_leaping(play)


def test_a_subscriber_across_an_import_ends_with_what_stands() -> None:
    async def play() -> None:
        server = Server()
        subscriber = Subscriber()
        subscriber.connect(server.hub)
        await subscriber.hear()
        publish(server)
        await subscriber.hear()
        assert subscriber.last == 3

    run_leaping(play)
