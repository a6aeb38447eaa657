"""What every store promises of the audit trail and of the chain of hashes; a part of the suite in contract.py."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import msgspec
import pytest

from tests.store.batches import NOON, batch, of, raised, refusal, released
from tocsin.errors import KeyReused, StaleSeq
from tocsin.store import Done, Link, Store


def compact(value: object) -> str:
    """JSON as the log has it."""
    return msgspec.json.encode(value).decode()


class AuditContract:
    GENESIS = sha256(b"tocsin log 2\nlive\nua-2026").digest()
    """Every store under test is of the live realm and over this atlas, so that all come to the same hashes."""

    # --- the audit trail ---------------------------------------------------------------------

    def test_every_command_is_in_the_audit_trail_with_who_and_why(self, store: Store) -> None:
        withdrawn = of("second", raised(1), reason="помилка", decided_upon=2)
        store.append([batch("first", 2), batch("none", 0)], 0)
        store.append([withdrawn], 2)
        assert store.done(2, 9) == [
            Done(
                number=3,
                key="second",
                actor="duty officer",
                grant="7",
                source="operator",
                reason="помилка",
                decided_upon=2,
                recorded_at=NOON,
                seq=3,
                events=1,
            )
        ]
        assert [(done.number, done.key, done.seq, done.events) for done in store.done(0, 2)] == [
            (1, "first", 2, 2),
            (2, "none", 2, 0),
        ]
        assert store.done(3, 9) == []

    def test_a_refusal_is_in_the_audit_trail_beside_what_was_carried_out(self, store: Store) -> None:
        store.append([batch("k", 1)], 0, [refusal("r1"), refusal("r2")])
        assert (store.head(), len(store.done(0, 9))) == (1, 1)
        assert store.refused(0, 9) == [(1, refusal("r1")), (2, refusal("r2"))]
        assert store.receipts(["r1"]) == {}

    def test_refusals_alone_are_kept_and_the_log_stays_where_it_is(self, store: Store) -> None:
        store.append([batch("k", 1)], 0)
        before = store.link()
        assert store.append([], 1, [refusal("r", refused_at=NOON + timedelta(seconds=1))]) == []
        store.append([], 1, [refusal("r")])
        assert [number for number, _ in store.refused(0, 9)] == [1, 2]
        assert store.refused(0, 1)[0][1].refused_at == NOON + timedelta(seconds=1)
        assert store.link() == before

    def test_pages_of_the_audit_trail_start_after_the_number_asked_for(self, store: Store) -> None:
        store.append([batch(f"k{number}", 0) for number in range(5)], 0, [refusal(f"r{number}") for number in range(5)])

        def numbers(after: int, limit: int) -> list[list[int]]:
            return [
                [done.number for done in store.done(after, limit)],
                [number for number, _ in store.refused(after, limit)],
            ]

        assert numbers(0, 2) == [[1, 2]] * 2
        assert numbers(2, 9) == [[3, 4, 5]] * 2
        assert numbers(5, 9) == [[]] * 2
        assert numbers(0, 0) == [[]] * 2

    def test_a_refusal_is_not_kept_where_the_append_is_refused(self, store: Store) -> None:
        store.append([batch("k", 1)], 0)
        with pytest.raises(StaleSeq):
            store.append([], 0, [refusal("r")])
        with pytest.raises(KeyReused):
            store.append([batch("k", 1)], 1, [refusal("r")])
        with pytest.raises(AssertionError):
            store.append([batch("new", 1)], 1, [refusal("naive", refused_at=NOON.replace(tzinfo=None))])
        assert (store.refused(0, 9), store.head(), store.receipts(["new"])) == ([], 1, {})
        store.append([], 1, [refusal("r")])
        assert store.refused(0, 9) == [(1, refusal("r"))]

    # --- the chain ---------------------------------------------------------------------------

    def test_the_chain_of_a_new_log_begins_with_its_realm_and_atlas(self, store: Store) -> None:
        assert store.link() == Link(seq=0, hash=self.GENESIS)

    def test_the_chain_goes_over_every_entry_as_it_is_told(self, store: Store) -> None:
        """Computed here from docs/store.md, by nothing of the store's own."""
        store.append([batch("a", 2), batch("none", 0)], 0)
        store.append([of("b", released(1), reason="кінець", decided_upon=2)], 2, [refusal("r")])
        hash = self.GENESIS
        for entry in store.read(0, 9):
            [done] = [done for done in store.done(0, 9) if done.key == entry.order]
            digest = store.receipts([done.key])[done.key].digest.hex()
            said = [done.key, digest, done.actor, done.grant, done.source, done.reason, done.decided_upon]
            leaf = [str(entry.seq), "2026-03-01T12:00:00.123457+00:00", compact(said), compact(entry.event)]
            hash = sha256(hash + sha256("\n".join(leaf).encode()).digest()).digest()
        assert store.link() == Link(seq=3, hash=hash)

    def test_the_chain_stays_where_it_is_when_an_append_is_refused(self, store: Store) -> None:
        store.append([batch("a", 2)], 0)
        before = store.link()
        for refused in (
            [batch("b", 2), batch("a", 1)],
            [batch("b", 2), batch("n", recorded_at=NOON.replace(tzinfo=None))],
        ):
            with pytest.raises((KeyReused, AssertionError)):
                store.append(refused, 2)
            assert store.link() == before
