"""What the copy says, and what it never says: whoever reads it may do so long after, in the middle of a raid."""

from __future__ import annotations

import gzip
import html
import json
import logging
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.web.running import KHARKIV, KYIV, LVIV, NOON, SUMY, StandingClock, running
from tocsin.access import LOCAL
from tocsin.aside.folder import PACKED, STATE, Folder
from tocsin.atlas import Atlas, shipped
from tocsin.commands import Command, Heartbeat, Order, Raise, Release, Withdraw
from tocsin.model import Extent, Realm, SourceId, Stage, ZoneId
from tocsin.service import Service
from tocsin.store.memory import MemoryStore
from tocsin.web.aside import LIST, Copy
from tocsin.web.texts import LANGUAGES, words

CALM = ("status.clear", "summary.none", "summary.none.more", "summary.none.silent")
AS_OF = "14:00:09, 01.03.2026"
"""Noon of UTC and nine seconds, in Kyiv."""


@pytest.fixture(scope="session")
def ukraine() -> Atlas:
    return shipped("ua")


class Made:
    """A log, orders in it, and its copy."""

    def __init__(self, atlas: Atlas, path: Path, realm: Realm = Realm.LIVE) -> None:
        self.clock = StandingClock(NOON + timedelta(seconds=9))
        self.store = MemoryStore(realm)
        self.service = Service(self.store, atlas.hierarchy, self.clock)
        self.folder = Folder(path / "static", realm)
        self.copy = Copy(self.store, atlas, self.clock, self.folder)
        self._orders = 0

    def order(self, *orders: Order) -> None:
        for order in orders:
            self._orders += 1
            command = Command(key=f"k{self._orders}", actor="watch", source=SourceId("watch"), order=order)
            [outcome] = self.service.submit([command], LOCAL)
            assert not isinstance(outcome, Exception), outcome

    def state(self) -> Any:
        self.copy.write()
        raw = (self.folder.path / STATE).read_bytes()
        assert gzip.decompress((self.folder.path / (STATE + PACKED)).read_bytes()) == raw
        return json.loads(raw)

    def page(self, lang: str = "en") -> str:
        self.copy.write()
        return (self.folder.path / f"list.{lang}.html").read_text("utf-8")


@pytest.fixture
def made(ukraine: Atlas, tmp_path: Path) -> Iterator[Made]:
    made = Made(ukraine, tmp_path)
    with closing(made.folder):
        yield made


def read(page: str) -> str:
    """What a person reads."""
    body = re.sub(r".*<body[^>]*>", "", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", " ", body))


def row(page: str, zone: str) -> str:
    found = re.search(rf'<tr data-zone="{zone}".*?</tr>', page, re.DOTALL)
    assert found
    return found[0]


def a_quiet_evening(made: Made) -> None:
    made.order(Raise(zones=(ZoneId(KYIV),)), Release(zones=(ZoneId(KYIV),)))


def test_the_state_is_the_body_of_the_api_and_when_it_was_written(ukraine: Atlas, tmp_path: Path) -> None:
    made = Made(ukraine, tmp_path)
    made.order(Raise(zones=(ZoneId(KYIV),)))
    said = made.state()
    assert said.pop("written_at") == "2026-03-01T12:00:09Z"
    made.folder.close()
    with running(made.store, ukraine, made.clock, more=None) as server:
        assert said == server.get("/api/v1/state")


def test_the_copy_is_dated_anew_although_nothing_has_happened(made: Made) -> None:
    before = made.state()
    made.clock.at += timedelta(seconds=15)
    after = made.state()
    assert (before.pop("written_at"), after.pop("written_at")) == ("2026-03-01T12:00:09Z", "2026-03-01T12:00:24Z")
    assert before == after
    assert "14:00:24, 01.03.2026" in read(made.page())


@pytest.mark.parametrize("realm", Realm)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_copy_claims_no_calm_for_it_may_be_read_hours_later(
    ukraine: Atlas, tmp_path: Path, realm: Realm, lang: str
) -> None:
    made = Made(ukraine, tmp_path, realm)
    with closing(made.folder):
        a_quiet_evening(made)
        page, t = made.page(lang), words(lang, realm)
        said = read(page)
        assert [key for key in CALM if re.search(rf"(?<!\w){re.escape(t(key))}", said)] == []
        assert t("copy.none", time=AS_OF) in said, "of calm it is said when it was"
        assert t("copy.clear", time=AS_OF) in read(row(page, KYIV))
        assert 'data-status="clear"' not in page
        assert "s-clear" not in page
        assert "/icons/calm" not in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_copy_says_of_when_it_is_and_that_it_may_be_out_of_date_in_every_language(made: Made, lang: str) -> None:
    a_quiet_evening(made)
    said = read(made.page(lang))
    for each in LANGUAGES:
        t = words(each, Realm.LIVE)
        assert t("copy.as_of", time=AS_OF) in said
        assert t("copy.old") in said
        assert t("copy.held") in said
    assert '<meta http-equiv="refresh" content="30">' in made.page(lang)


def test_what_is_held_stays_held_with_its_moment_and_without_a_length_that_would_grow_old(made: Made) -> None:
    made.order(
        Raise(zones=(ZoneId(KYIV),), at=NOON - timedelta(minutes=61)),
        Raise(zones=(ZoneId(SUMY),), stage=Stage.EARLY_WARNING),
        Raise(zones=(ZoneId(KHARKIV),), extent=Extent.PART),
    )
    page, t = made.page(), words("en", Realm.LIVE)
    assert t("status.red") in row(page, KYIV)
    assert "12:59, 01.03.2026" in row(page, KYIV)
    assert t("status.early_warning") in row(page, SUMY)
    assert t("status.partial") in row(page, KHARKIV)
    assert "1 h 01" not in read(page)
    assert "(" not in read(row(page, KYIV))


def test_a_zone_that_a_partial_alert_may_mean_is_not_taken_for_calm(made: Made) -> None:
    made.order(Raise(zones=(ZoneId("UA"),), extent=Extent.PART))
    assert words("en", Realm.LIVE)("status.maybe") in row(made.page(), LVIV)


def test_every_part_that_is_held_is_named_for_there_is_no_page_of_each_zone(made: Made, ukraine: Atlas) -> None:
    parts = [zone for zone in ukraine.hierarchy.descendants(ZoneId(KHARKIV)) if not ukraine.hierarchy.children(zone)]
    names = {zone.id: zone.names["uk"] for zone in ukraine.zones}
    made.order(Raise(zones=tuple(parts[:-1])))
    assert len(parts) > 50
    said = row(made.page("uk"), KHARKIV)
    assert said.count("<li>") == len(parts) - 1
    assert [names[zone] for zone in parts[:-1] if html.escape(names[zone]) not in said] == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tocsin.web.plain.PARTS_SHOWN", 3)
        assert row(made.page("uk"), KHARKIV).count("<li>") == len(parts) - 1


def test_a_copy_needs_nothing_beside_it_and_asks_for_nothing(made: Made) -> None:
    a_quiet_evening(made)
    for lang, other in (("uk", "en"), ("en", "uk")):
        page = made.page(lang)
        assert re.findall(r"(?:href|src)=\"([^\"]*)\"", page) == [f"list.{other}.html"]
        assert not re.search(r"<script|@import|url\((?!['\"]?(?:data:|#))", page)
        assert f'<html lang="{lang}"' in page


def test_the_list_in_the_countrys_language_goes_by_the_short_name(made: Made, tmp_path: Path) -> None:
    made.copy.write()
    assert (made.folder.path / LIST).read_bytes() == (made.folder.path / "list.uk.html").read_bytes()
    israel = Made(shipped("il"), tmp_path / "il")
    with closing(israel.folder):
        israel.copy.write()
        assert (israel.folder.path / LIST).read_bytes() == (israel.folder.path / "list.en.html").read_bytes()


def test_a_log_that_has_never_heard_anything_knows_of_no_calm_in_its_copy_either(made: Made) -> None:
    said = read(made.page())
    assert words("en", Realm.LIVE)("summary.empty") in said
    assert "was known" not in said


def test_a_false_alarm_taken_back_and_a_silent_source_are_told_in_the_copy(made: Made) -> None:
    made.order(
        Heartbeat(zones=(ZoneId(LVIV),), silent_after_s=10),
        Raise(zones=(ZoneId(KYIV),)),
        Withdraw(zones=(ZoneId(KYIV),), cause="a test by mistake"),
    )
    assert "a test by mistake" in read(made.page())
    made.clock.elapsed += 30
    made.clock.at += timedelta(seconds=30)
    assert made.service.watch()
    assert words("en", Realm.LIVE)("status.silent") in row(made.page(), LVIV)


def test_a_drills_copy_says_so_in_its_band_its_title_and_its_state(ukraine: Atlas, tmp_path: Path) -> None:
    made = Made(ukraine, tmp_path, Realm.DRILL)
    with closing(made.folder):
        made.order(Raise(zones=(ZoneId(KYIV),)))
        page = made.page()
        assert 'class="drill-band"' in page
        assert re.search(r"<title>НАВЧАННЯ — DRILL · Air-raid drill, copy", page)
        assert words("en", Realm.DRILL)("status.red") in row(page, KYIV)
        assert made.state()["realm"] == "drill"


def test_what_fails_is_logged_once_and_once_more_when_it_works_again(
    made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    made.folder.path.write_text("somebody's file in its place")
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            made.copy.write()
        assert [message.partition(":")[0] for message in caplog.messages] == ["the static copy cannot be written"]
        made.folder.path.unlink()
        made.copy.write()
        made.copy.write()
    assert caplog.messages[1:] == ["the static copy is written again"]
    assert made.state()["seq"] == 0
