"""Charts of attacks: what is drawn lies within the chart, and time goes evenly."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

from tests.record.editor import Editor
from tests.record.papers import killed, nobody_hurt
from tests.world import COUNTRY, EAST, PORT
from tocsin.commands import AcceptDrafts
from tocsin.record.statistics.asking import Answer
from tocsin.web.record.bodies import headlines
from tocsin.web.record.charts import months
from tocsin.web.record.where import LINE, labels

COLUMNS = ["month", "launched", "shot_down", "suppressed", "shot_down_or_suppressed", "series"]
WORDS = {"launched": "Launched", "downed": "Downed", "break": "changed"}


def drawn(*rows: list[Any]) -> ElementTree.Element:
    answer = Answer(name="trend", version=1, definition={}, parameters={}, columns=COLUMNS, rows=list(rows))
    chart = months(answer, "months", WORDS)
    assert chart is not None
    return ElementTree.fromstring(str(chart))


def bars(chart: ElementTree.Element) -> dict[str, tuple[float, float]]:
    """Where each begins and ends from top to bottom, by its words."""
    found: dict[str, tuple[float, float]] = {}
    for rect in chart.iter("rect"):
        top = float(rect.attrib["y"])
        found[rect.findtext("title", "")] = top, top + float(rect.attrib["height"])
    return found


def test_more_downed_than_anybody_says_were_launched_lies_within_the_chart() -> None:
    chart = drawn(["2024-07-01", 10, 9, None, None, 1], ["2024-08-01", 59, 74, None, None, 1])
    height = float(chart.attrib["viewBox"].split()[3])
    assert bars(chart).keys() == {
        *("2024-07: Launched 10", "2024-07: Downed 9"),
        *("2024-08: Launched 59", "2024-08: Downed 74"),
    }
    assert all(0 <= top < bottom < height for top, bottom in bars(chart).values())


def test_what_was_downed_is_drawn_where_nobody_says_how_many_were_launched() -> None:
    assert bars(drawn(["2024-07-01", None, 9, None, None, 1])).keys() == {"2024-07: Downed 9"}


def test_up_to_six_months_go_on_a_phone_and_more_are_scrolled() -> None:
    rows = [[f"2024-{month:02d}-01", 10, 9, None, None, 1] for month in range(1, 8)]
    assert drawn(*rows[:6]).attrib["class"] == "months-chart few"
    assert drawn(*rows).attrib["class"] == "months-chart"


def test_the_scale_stands_beside_the_latest_month_where_a_phone_begins() -> None:
    chart = drawn(["2024-07-01", 1_000, 900, None, None, 1], ["2024-08-01", 59, 50, None, None, 1])
    wide = float(chart.attrib["viewBox"].split()[2])
    scale = [text for text in chart.iter("text") if (text.text or "").replace("\u00a0", "").isdigit()]
    assert [text.text for text in scale] == ["0", "500", "1\u00a0000"]
    assert {float(text.attrib["x"]) for text in scale} == {wide}
    assert all(float(rect.attrib["x"]) + float(rect.attrib["width"]) < wide - 40 for rect in chart.iter("rect"))


def test_months_without_a_record_have_their_place() -> None:
    chart = drawn(["2023-11-01", 8, 8, None, None, 1], ["2024-02-01", 9, 9, None, None, 1])
    named = [text.text for text in chart.iter("text") if re.fullmatch(r"\d\d\.\d{4}", text.text or "")]
    assert named == ["11.2023", "12.2023", "01.2024", "02.2024"]


def test_nobody_harmed_in_one_place_is_not_told_of_an_attack_that_harmed_somebody_elsewhere() -> None:
    editor = Editor()
    editor.give(AcceptDrafts(document=editor.take(nobody_hurt(), zones=[PORT])))
    [attack] = editor.record.open_attacks()
    assert [one.outcome for one in headlines(editor.record, attack.id, COUNTRY)] == ["none"]
    document = editor.take(killed(2, "the East"), zones=[EAST])
    editor.give(AcceptDrafts(document=document, attack=attack.id))
    assert [(one.outcome, one.low) for one in headlines(editor.record, attack.id, COUNTRY)] == [("killed", 2)]


def test_the_words_at_the_last_months_line_stand_before_it() -> None:
    rows = [[f"2024-{month:02d}-01", 8, 8, None, None, 1 if month < 12 else 2] for month in range(1, 13)]
    [words] = [text for text in drawn(*rows).iter("text") if text.text == "changed"]
    assert words.attrib["text-anchor"] == "end"


def test_no_name_on_the_map_lies_upon_another() -> None:
    near = [
        ("Kyiv", 500.0, 200.0),
        ("Brovarska", 510.0, 195.0),
        ("Boryspilska", 515.0, 210.0),
        ("Khersonska", 700.0, 500.0),
    ]
    told = {name: (x, y, anchor) for name, x, y, anchor in labels(near)}
    assert told["Khersonska"] == (700.0, 486.0, "middle")
    assert "Kyiv" in told
    heights = sorted(y for name, (_, y, anchor) in told.items() if name != "Khersonska" and anchor == "middle")
    assert all(b - a >= LINE for a, b in pairwise(heights))
    crowd = [("A long name of a place", 500.0, 200.0 + number) for number in range(8)]
    assert 1 <= len(labels(crowd)) < 8, "what has no room is left out"
