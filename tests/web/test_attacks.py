"""The record over HTTP: pages, API, files and feed, as of now and of then, and what is refused."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import timedelta

import feedparser
import pytest

from tests.record import papers
from tests.record.logs import put
from tests.web.running import NOON, Running, StandingClock, running
from tocsin.atlas import Atlas
from tocsin.facts import Outcome
from tocsin.model import Realm, ZoneId
from tocsin.recorded import PublishedEvent
from tocsin.store.memory import MemoryStore

KYIV = ZoneId("UA80000000000093317")
NIGHT = "2026-02-28"
EVIL = '=cmd() <script>alert("x")</script>'


@pytest.fixture(scope="module")
def server(ukraine: Atlas) -> Iterator[Running]:
    """An attack with a tally that was corrected, an evil quotation, and a claim of territory."""
    store, clock = MemoryStore(Realm.LIVE), StandingClock(NOON + timedelta(hours=2))
    events: list[PublishedEvent] = [
        papers.opened(night=NIGHT),
        papers.listed(2, url="https://example.org/report?a=1&b=2"),
        papers.published(papers.tally(52, weapon="shahed", speaker="Air Force of Ukraine"), 2, 0, attack=1, zone=KYIV),
        papers.published(papers.tally(54, Outcome.LAUNCHED, "shahed"), 2, 1, attack=1),
        papers.published(
            papers.killed(2, "Kyiv", quote='=cmd() <script>alert("x")</script>'), 2, 2, attack=1, zone=KYIV
        ),
        papers.published(papers.control("Donetsk"), 2, 3, attack=1),
    ]
    put(store, events)
    later = papers.tally(58, weapon="shahed", speaker="Air Force of Ukraine")
    put(store, [papers.published(later, 2, 0, at=60, attack=1, zone=KYIV, supersedes=3)], NOON + timedelta(hours=1))
    with running(store, ukraine, clock) as server:
        yield server


@pytest.fixture(scope="module")
def empty(ukraine: Atlas) -> Iterator[Running]:
    with running(MemoryStore(Realm.LIVE), ukraine, StandingClock()) as server:
        yield server


def text(server: Running, path: str) -> str:
    answer = server.ask(path)
    assert answer.status == 200, answer.body
    return answer.body.decode()


def test_the_list_and_an_attack_are_whole_pages_without_a_script(server: Running) -> None:
    for path in ("/attacks?lang=en", "/attacks/1?lang=en", "/attacks/statistics/downed_share?lang=en"):
        page = text(server, path)
        assert "<script" not in page.replace("&lt;script", "")
        assert page.count("<h1>") == 1
        assert '<main id="main">' in page
        assert '<a href="#main" class="skip">' in page
    assert "28 February 2026" in text(server, "/attacks?lang=en")
    assert "28 лютого 2026" in text(server, "/attacks/1?lang=uk")


def test_a_correction_is_visible_with_what_it_corrects(server: Running) -> None:
    page = text(server, "/attacks/1?lang=en")
    assert "<s><q>52 shahed shot_down</q></s>" in page
    assert "corrected by claim 7" in page
    assert "corrects claim 3" in page
    assert "Shot down: Shaheds 58" in page
    assert "Shot down: Shaheds 52" not in page[: page.index('id="said"')], "only where it stands struck through"


def test_what_others_wrote_is_text_and_never_markup_or_a_formula(server: Running) -> None:
    assert "<script>alert" not in text(server, "/attacks/1?lang=en")
    rows = list(csv.DictReader(text(server, "/attacks/1.csv").splitlines()))
    assert [row["quote"] for row in rows if row["kind"] == "casualty"] == [f"'{EVIL}"]


def test_the_record_is_told_as_of_any_past_moment(server: Running) -> None:
    then = "2026-03-01T12:30:00Z"
    assert "Shot down: Shaheds 52" in text(server, f"/attacks/1?lang=en&as_of={then}")
    assert "as of" in text(server, f"/attacks/1?lang=en&as_of={then}")
    claims = server.get(f"/api/v1/attacks/1?as_of={then}")["claims"]
    assert [(one["id"], one["fate"]) for one in claims] == [
        (3, "current"),
        (4, "current"),
        (5, "current"),
        (6, "current"),
    ]
    now = {one["id"]: one["fate"] for one in server.get("/api/v1/attacks/1")["claims"]}
    assert (now[3], now[7]) == ("superseded", "current")
    assert server.get("/api/v1/attacks?as_of=2026-03-01T11:59:59Z")["total"] == 0
    assert "no attack in the record" in text(server, "/attacks?lang=en&as_of=2026-03-01T11:59:59Z")


def test_the_headlines_count_nothing_twice(server: Running) -> None:
    [listed] = server.get("/api/v1/attacks")["attacks"]
    found = {(head["outcome"], head["family"]): (head["low"], head["high"]) for head in listed["headlines"]}
    assert found == {("shot_down", "drone"): (58, 58), ("launched", "drone"): (54, 54), ("killed", "people"): (2, 2)}
    assert (listed["claims"], listed["corrections"], listed["documents"]) == (4, 1, 1)


def test_a_claim_of_territory_never_becomes_geometry(server: Running) -> None:
    told = json.loads(text(server, "/attacks/1.geojson"))
    shapes = {feature["properties"]["kind"]: feature["geometry"] for feature in told["features"]}
    assert shapes["control"] is None
    assert shapes["casualty"]["type"] == "Point"
    assert {feature["properties"]["precision"] for feature in told["features"]} == {"zone"}


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_the_linked_data_is_read_as_claims_with_their_revisions(server: Running) -> None:
    from rdflib import Graph, URIRef

    graph = Graph().parse(data=text(server, "/attacks/1.jsonld"), format="json-ld")
    base = f"{server.url}/attacks/1"
    revised = graph.value(URIRef(f"{base}#c7"), URIRef("http://www.w3.org/ns/prov#wasRevisionOf"))
    assert revised == URIRef(f"{base}#c3")
    claims = set(graph.subjects(object=URIRef("https://schema.org/Claim")))
    assert len(claims) == 5


def test_the_parquet_file_has_the_rows_of_the_csv(server: Running, tmp_path_factory: pytest.TempPathFactory) -> None:
    import duckdb

    path = tmp_path_factory.mktemp("parquet") / "claims.parquet"
    path.write_bytes(server.ask("/attacks/1.parquet").body)
    found = duckdb.sql(f"SELECT claim, fate, value FROM '{path}' ORDER BY claim")
    assert found is not None
    rows = found.fetchall()
    assert rows[0] == (3, "superseded", 52)
    assert len(rows) == 5


def test_the_feed_is_valid_and_its_ids_stay(server: Running) -> None:
    told = feedparser.parse(server.ask("/attacks.atom?lang=en").body)
    assert not told.bozo, told.get("bozo_exception")
    [entry] = told.entries
    assert entry.id.startswith("urn:tocsin:")
    assert entry.id.endswith(":attack:1:en")
    assert entry.updated == "2026-03-01T13:00:00Z"
    assert "Shot down: Shaheds 58" in entry.content[0].value
    assert told.version == "atom10"


def test_who_has_it_already_is_told_so(server: Running) -> None:
    for path in (
        "/attacks?lang=en",
        "/attacks/1?lang=en",
        "/api/v1/attacks",
        "/attacks/1.csv",
        "/attacks.atom?lang=en",
    ):
        tag = server.ask(path).headers["ETag"]
        assert server.ask(path, headers={"If-None-Match": tag}).status == 304
        assert server.ask(path, headers={"If-None-Match": '"other"'}).status == 200


def test_an_empty_record_says_that_it_is_empty_and_not_that_all_was_calm(empty: Running) -> None:
    assert empty.get("/api/v1/attacks")["attacks"] == []
    page = text(empty, "/attacks?lang=en")
    assert "That does not mean that there was none" in page
    assert not feedparser.parse(empty.ask("/attacks.atom").body).bozo


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/attacks/999", 404, "not_found"),
        ("/attacks/none", 404, "not_found"),
        ("/attacks/1e3", 404, "not_found"),
        ("/attacks/-1", 404, "not_found"),
        ("/attacks/1.exe", 404, "not_found"),
        ("/attacks/statistics/none", 404, "unknown_statistic"),
        ("/api/v1/attacks/999", 404, "not_found"),
        ("/api/v1/attacks?page=2", 404, "not_found"),
        ("/api/v1/attacks?page=0", 400, "bad_request"),
        ("/api/v1/attacks?page=x", 400, "bad_request"),
        ("/api/v1/attacks?format=xls", 400, "bad_request"),
        ("/api/v1/attacks?pages=1", 400, "bad_request"),
        ("/api/v1/attacks?page=1&page=1", 400, "bad_request"),
        ("/attacks?as_of=2999-01-01T00:00:00Z", 400, "bad_time"),
        ("/attacks?as_of=yesterday", 400, "bad_time"),
        ("/attacks/1?as_of=2026-03-01", 400, "bad_time"),
        ("/attacks/1?as_of=2026-03-01T11:00:00Z", 404, "not_found"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_the_one_shape(server: Running, path: str, status: int, code: str) -> None:
    server.ask(path).refused(status, code)
