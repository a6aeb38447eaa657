"""The statistics over HTTP: what they answer, and what they refuse."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.record import papers
from tests.record.logs import put
from tests.web.running import NOON, Running, StandingClock, running
from tocsin.atlas import Atlas
from tocsin.facts import Outcome
from tocsin.model import Realm, ZoneId
from tocsin.recorded import PublishedEvent
from tocsin.store.memory import MemoryStore

URL = "/api/v1/record/statistics"
COMBINED = f"{URL}/days_since_combined_attack"
KYIV = ZoneId("UA80000000000093317")


def night(first: int, day: int, missiles: int) -> list[PublishedEvent]:
    """A night of drones and missiles upon Kyiv, the events numbered from ``first``."""
    return [
        papers.opened(night=f"2026-02-{day:02}"),
        papers.listed(first + 1, name=f"post {day}"),
        papers.published(papers.tally(30, Outcome.LAUNCHED, "shahed"), first + 1, 0, attack=first, zone=KYIV),
        papers.published(papers.tally(missiles, Outcome.LAUNCHED, "kh-101"), first + 1, 1, attack=first),
    ]


@pytest.fixture(scope="module")
def server(ukraine: Atlas) -> Iterator[Running]:
    store, clock = MemoryStore(Realm.LIVE), StandingClock(NOON + timedelta(minutes=30))
    put(store, [*night(1, 2, 4), *night(5, 9, 2)])
    with running(store, ukraine, clock) as server:
        yield server


def test_what_can_be_computed_is_told_with_its_definition_and_its_query(server: Running) -> None:
    told = server.get(URL)
    found = {one["name"]: one for one in told["statistics"]}
    assert "launched together upon" in found["days_since_combined_attack"]["words"]["en"]
    assert found["days_since_combined_attack"]["sql"].startswith("WITH")
    assert [one["since"] for one in told["breaks"]] == ["2024-10-01", "2025-08-01"]


@pytest.mark.parametrize(("lang", "meant"), [("en", "the first day of the month"), ("uk", "перший день місяця")])
def test_a_page_names_its_columns_and_says_what_stands_in_each(server: Running, lang: str, meant: str) -> None:
    page = server.ask(f"/attacks/statistics/trend_by_month?lang={lang}").body.decode()
    assert f"<dt><code>month</code></dt><dd>{meant}</dd>" in page
    told = server.get(f"{URL}/trend_by_month")["answer"]["columns"]
    head = page[page.index("<thead>") : page.index("</thead>")].replace("<wbr>", "")
    assert [head.count(f'<th scope="col"><code>{column}</code></th>') for column in told] == [1] * len(told)
    assert "`" not in page[: page.index("<details>")], "names stand as code, and not between backticks"


def test_an_attack_in_a_table_leads_to_its_page(server: Running) -> None:
    page = server.ask("/attacks/statistics/alerts_per_attack?lang=uk").body.decode()
    assert '<td><a href="/attacks/1?lang=uk">1</a></td>' in page


def test_an_answer_says_by_which_definition_upon_what_and_how_others_define_it(server: Running) -> None:
    told = server.get(f"{COMBINED}?night=2026-02-09")
    answer = told["answer"]
    assert dict(zip(answer["columns"], answer["rows"][0], strict=True)) == {
        "night": "2026-02-09",
        "night_itself": True,
        "last_night": "2026-02-02",
        "days": 7,
        "missiles": 4,
        "drones": 30,
        "claims": [3, 4],
    }
    assert (answer["version"], answer["parameters"]["place"][0], told["seq"]) == (2, KYIV, 8)
    days = {one["variant"]["name"]: one["answer"]["rows"][0][3] for one in told["variants"]}
    assert (days["strategic"], days["missile_named"], days["cruise_and_ballistic"]) == (7, None, None)


def test_a_variant_is_asked_by_its_name_and_may_be_changed(server: Running) -> None:
    chosen = server.get(f"{COMBINED}?variant=strategic&night=2026-02-09&missiles=5")
    assert chosen["variants"] == []
    assert chosen["answer"]["parameters"]["weapon"] == ["kh-101", "kh-555"]
    assert chosen["answer"]["rows"][0][3] is None


def test_the_record_can_be_asked_as_it_was(server: Running) -> None:
    before = (NOON - timedelta(minutes=1)).isoformat().replace("+", "%2B")
    told = server.get(f"{COMBINED}?night=2026-02-09&as_of={before}")
    assert (told["seq"], told["answer"]["rows"][0][2]) == (0, None)
    after = (NOON + timedelta(minutes=1)).isoformat().replace("+", "%2B")
    assert server.get(f"{COMBINED}?night=2026-02-09&as_of={after}")["seq"] == 8


def test_as_csv_it_can_be_read_by_any_spreadsheet(server: Running) -> None:
    told = server.ask(f"{COMBINED}?night=2026-02-09&format=csv")
    assert told.headers["Content-Type"].startswith("text/csv")
    assert told.headers["Content-Disposition"] == 'attachment; filename="days_since_combined_attack.v2.csv"'
    [row] = csv.DictReader(told.body.decode().splitlines())
    assert (row["last_night"], row["days"], row["claims"]) == ("2026-02-02", "7", "3 4")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/nothing_like_it", 404, "unknown_statistic"),
        ("/days_since_combined_attack?night=yesterday", 400, "bad_parameter"),
        ("/days_since_combined_attack?nights=2026-02-09", 400, "bad_parameter"),
        ("/days_since_combined_attack?missiles=1%3BDROP%20TABLE%20tallies", 400, "bad_parameter"),
        ("/days_since_combined_attack?weapon=missile%27)--", 400, "bad_parameter"),
        ("/days_since_combined_attack?place=Atlantis", 404, "unknown_zone"),
        ("/days_since_combined_attack?night=2026-02-09&night=2026-02-10", 400, "bad_request"),
        ("/days_since_combined_attack?variant=the_best", 400, "bad_parameter"),
        ("/days_since_combined_attack?format=xls", 400, "bad_parameter"),
        ("/days_since_combined_attack?as_of=noon", 400, "bad_time"),
        ("/days_since_combined_attack?as_of=2026-02-09T10:00:00", 400, "bad_time"),
        ("/days_since_combined_attack?as_of=2031-01-01T00:00:00Z", 400, "bad_time"),
        ("/days_since_combined_attack?as_of=1", 400, "bad_time"),
        ("?name=x", 400, "bad_request"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_the_one_shape(server: Running, path: str, status: int, code: str) -> None:
    server.ask(f"{URL}{path}").refused(status, code)
