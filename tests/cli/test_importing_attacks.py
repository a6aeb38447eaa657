"""`tocsin import attacks`: whole file or nothing, the same copy once, a later copy as corrections."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import msgspec

from tests.cli.processes import refused, tocsin
from tests.record.attack_files import row, written
from tocsin.access import LOCAL
from tocsin.atlas import Atlas
from tocsin.claims import Drafted
from tocsin.clock import SystemClock
from tocsin.commands import Command, CorrectClaim
from tocsin.facts import TallyFact
from tocsin.model import Realm, SourceId
from tocsin.record.published import Claim, Published
from tocsin.service import Service
from tocsin.standing import restored
from tocsin.store.sqlite import SQLiteStore
from tocsin.web.record.bodies import headlines


def record(log: Path, ukraine: Atlas) -> Published:
    with closing(SQLiteStore(log, Realm.LIVE, "UA", read_only=True)) as store:
        return restored(store, ukraine.hierarchy).archive.published


def said(claim: Claim) -> tuple[str, int]:
    assert isinstance(claim.fact, TallyFact)
    return claim.fact.outcome.value, claim.fact.value.value


def test_each_number_is_a_claim_of_the_attack_of_its_night(log: Path, tmp_path: Path, ukraine: Atlas) -> None:
    path = written(
        tmp_path,
        row(target="Kyiv oblast"),
        row(model="Kalibr", launched="3", destroyed="2"),
        row(time_start="2023-03-07", time_end="2023-03-07", source="PvKPivden/posts/two"),
    )
    told = tocsin("import", "attacks", path, "--database", log).stdout
    assert told == "3 rows, 0 malformed, 0 repeated; 2 posts: 12 events added, 0 posts known already\n"
    found = record(log, ukraine)
    assert [attack.bounds.night for attack in found.open_attacks()] == ["2023-03-05", "2023-03-07"]
    [first, *_] = found.current()
    assert (first.fact.speaker, first.zone) == ("Air Force of Ukraine", "UA32000000000030281")
    assert found.documents[first.document].document.publisher == "Air Force of Ukraine"
    assert tocsin("verify", "--database", log).exit_code == 0


def test_the_same_copy_changes_nothing_and_a_longer_one_adds_what_is_new(log: Path, tmp_path: Path) -> None:
    tocsin("import", "attacks", written(tmp_path, row()), "--database", log)
    again = tocsin("import", "attacks", written(tmp_path, row()), "--database", log).stdout
    assert "0 events added, 1 posts known already" in again
    longer = tocsin("import", "attacks", written(tmp_path, row(source="kpszsu/posts/two"), row()), "--database", log)
    assert "4 events added, 1 posts known already" in longer.stdout


def test_a_later_copy_corrects_and_what_is_gone_from_it_is_withdrawn(log: Path, tmp_path: Path, ukraine: Atlas) -> None:
    tocsin("import", "attacks", written(tmp_path, row(destroyed="5", not_reach_goal="2")), "--database", log)
    tocsin("import", "attacks", written(tmp_path, row(destroyed="8")), "--database", log)
    found = record(log, ukraine)
    first, second = found.documents
    assert {said(one): one.fate for one in found.claims.values() if one.document == first} == {
        ("launched", 10): "superseded",
        ("shot_down", 5): "superseded",
        ("lost", 2): "withdrawn",
    }
    assert [said(one) for one in found.current()] == [("launched", 10), ("shot_down", 8)]
    assert {one.document for one in found.current()} == {second}
    assert found.documents[second].document.version_of == first
    assert [attack.bounds.night for attack in found.open_attacks()] == ["2023-03-05"]


def test_two_posts_of_one_night_are_one_attack_and_two_counts(log: Path, tmp_path: Path, ukraine: Atlas) -> None:
    evening = row(time_start="2023-03-04 20:00", time_end="2023-03-04 23:30", launched="10", destroyed="4")
    morning = row(time_start="2023-03-05 02:00", time_end="2023-03-05 08:00", source="kpszsu/posts/two", launched="10")
    by_day = row(time_start="2023-03-05 14:00", time_end="2023-03-05 16:00", source="kpszsu/posts/three", launched="8")
    tocsin("import", "attacks", written(tmp_path, evening, morning, by_day), "--database", log)
    found = record(log, ukraine)
    [attack] = found.open_attacks()
    assert (len(found.current(attack.id)), found.linked, found.flags) == (6, {}, {})
    heads = {(one.outcome, one.low, one.high) for one in headlines(found, attack.id, ukraine.hierarchy)}
    assert heads == {("launched", 28, 28), ("shot_down", 16, 16)}


def test_what_was_imported_is_corrected_like_any_other_claim(log: Path, tmp_path: Path, ukraine: Atlas) -> None:
    tocsin("import", "attacks", written(tmp_path, row()), "--database", log)
    with closing(SQLiteStore(log, Realm.LIVE, "UA")) as store:
        service = Service(store, ukraine.hierarchy, SystemClock(), local=ukraine.time_zone)
        [launched, _] = service.archive.published.current()
        assert isinstance(launched.fact, TallyFact)
        words = msgspec.structs.replace(launched.fact, weapon="attack_drone")
        order = CorrectClaim(claim=launched.id, drafted=Drafted(fact=words, zone=launched.zone))
        given = Command(key="k", actor="anna", source=SourceId("desk"), reason="of another kind", order=order)
        service.submit([given], LOCAL, together=True)
        assert said(service.archive.published.claims[service.state.seq]) == ("launched", 10)
        assert service.archive.published.claims[launched.id].fate == "superseded"


def test_one_malformed_row_refuses_the_file_unless_it_is_to_be_skipped(log: Path, tmp_path: Path) -> None:
    path = written(tmp_path, row(), row(model="Wonderwaffe", source="kpszsu/posts/two"), row(launched="many"))
    why = refused(tocsin("import", "attacks", path, "--database", log), "bad_file")
    assert "line 3: unknown weapon: 'Wonderwaffe'" in why
    assert "line 4: launched is no count: 'many'" in why
    assert not log.exists()
    skipped = tocsin("import", "attacks", path, "--database", log, "--skip-bad").stdout
    assert "3 rows, 2 malformed, 0 repeated; 1 posts: 5 events added" in skipped
    named = ("--weapon", "Wonderwaffe=missile")
    assert (
        "2 posts: 4 events added" in tocsin("import", "attacks", path, "--database", log, "--skip-bad", *named).stdout
    )
    refused(tocsin("import", "attacks", path, "--database", log, "--weapon", "Wonderwaffe=magic"), "bad_parameter")
