"""Where a report comes in: what does not fit the map is said beside what was read."""

from __future__ import annotations

from tests.record.statistics.records import ukraine
from tocsin.atlas.settlements import oblasts_of
from tocsin.record.desk import Desk, Report
from tocsin.record.placing import Places
from tocsin.record.shelf import Pile

TEXT = "Russia attacked Ukraine with drones. Two people were killed in Uman in the {} region, the governor said."


def rules(region: str) -> list[str]:
    atlas = ukraine()
    desk = Desk(Pile(), Places(atlas.resolve, atlas.zones), atlas.hierarchy, oblasts_of)
    order = desk.read(Report(text=TEXT.format(region), publisher="agency", published="2024-11-13")).order
    return [check.rule for check in order.checks]


def test_a_place_in_the_wrong_oblast_is_flagged_where_a_report_is_taken_in() -> None:
    assert rules("Kyiv") == rules("Kharkiv") == ["place_in_oblast"]
    assert rules("Cherkasy") == []
    assert rules("Kursk") == []


def test_what_is_read_of_regions_and_ages_reaches_the_reviewer() -> None:
    atlas = ukraine()
    desk = Desk(Pile(), Places(atlas.resolve, atlas.zones), atlas.hierarchy, oblasts_of)
    text = "Ukraine's air force said it downed 37 drones over eight regions. One killed a 52-year-old woman in Sumy."
    paper = desk.read(Report(text=text, publisher="agency", published="2024-11-13"))
    assert len(paper.order.drafted) == 2
    assert paper.left_out == 0
