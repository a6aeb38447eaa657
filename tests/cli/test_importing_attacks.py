"""`tocsin import attacks`: whole file or nothing, the same copy once, a later copy as corrections."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tests.cli.processes import refused, tocsin
from tests.record.attack_files import row, written
from tocsin.atlas import Atlas
from tocsin.facts import TallyFact
from tocsin.model import Realm
from tocsin.record.published import Claim, Published
from tocsin.standing import restored
from tocsin.store.sqlite import SQLiteStore


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
    assert told == "3 rows, 0 malformed, 0 repeated; 2 posts: 10 events added, 0 posts known already\n"
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
    assert "3 events added, 1 posts known already" in longer.stdout


def test_a_later_copy_corrects_and_what_is_gone_from_it_is_withdrawn(log: Path, tmp_path: Path, ukraine: Atlas) -> None:
    tocsin("import", "attacks", written(tmp_path, row(destroyed="5", not_reach_goal="2")), "--database", log)
    tocsin("import", "attacks", written(tmp_path, row(destroyed="8")), "--database", log)
    found = record(log, ukraine)
    assert {said(one): one.fate for one in found.claims.values() if one.document == 2} == {
        ("launched", 10): "superseded",
        ("shot_down", 5): "superseded",
        ("lost", 2): "withdrawn",
    }
    assert [said(one) for one in found.current()] == [("launched", 10), ("shot_down", 8)]
    later = found.documents[found.current()[0].document].document
    assert later.version_of == 2


def test_one_malformed_row_refuses_the_file_unless_it_is_to_be_skipped(log: Path, tmp_path: Path) -> None:
    path = written(tmp_path, row(), row(model="Wonderwaffe", source="kpszsu/posts/two"), row(launched="many"))
    why = refused(tocsin("import", "attacks", path, "--database", log), "bad_file")
    assert "line 3: unknown weapon: 'Wonderwaffe'" in why
    assert "line 4: launched is no count: 'many'" in why
    assert not log.exists()
    skipped = tocsin("import", "attacks", path, "--database", log, "--skip-bad").stdout
    assert "3 rows, 2 malformed, 0 repeated; 1 posts: 4 events added" in skipped
    named = ("--weapon", "Wonderwaffe=missile")
    assert (
        "2 posts: 3 events added" in tocsin("import", "attacks", path, "--database", log, "--skip-bad", *named).stdout
    )
    refused(tocsin("import", "attacks", path, "--database", log, "--weapon", "Wonderwaffe=magic"), "bad_parameter")
