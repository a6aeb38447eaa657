"""The published package alerts-in-ua, unmodified, told of everything that can happen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from alerts_in_ua import RateLimitError, UnauthorizedError

from tests.compat.alerts_in_ua.conftest import Asking
from tests.compat.serving import Served
from tests.web.running import NOON
from tocsin import limits
from tocsin.commands import Escalate, Heartbeat, Raise, Release, SourceSilent, Withdraw
from tocsin.model import Extent, Hazard, Level, Realm, Stage, Threat, ZoneId

KHARKIV_OBLAST, KHARKIV_RAION, KHARKIV, CRIMEA, KYIV = 22, 124, 1293, 29, 31
RAIONS_OF_KHARKIV_OBLAST = 7
COUNTRY = ZoneId("UA")


def names(served: Served) -> list[str]:
    return [one["title"] for one in served.ask("/v1/iot/active_air_raid_alerts_by_oblast/names.json").json]


def test_calm_is_calm_everywhere(served: Served, asking: Asking) -> None:
    assert asking.alerts() == []
    for levels in (False, True):
        assert asking.oblasts(levels=levels) == {}
        assert asking.characters(levels=levels) == {}
        assert asking.one(KHARKIV_RAION, levels=levels) == "no_alert"
    assert len(asking.get_air_raid_alert_statuses()) == 1_622
    assert asking.get_active_alerts().get_last_updated_at() == NOON


def test_one_raion_is_under_alert_and_all_in_it_and_its_oblast_partly(served: Served, asking: Asking) -> None:
    served.give(Raise(zones=(served.zone(KHARKIV_RAION),), threat=Threat.DRONES, cause="drones from the north"))
    [alert] = asking.get_active_alerts()
    assert (alert.location_uid, alert.location_type, alert.location_title) == ("124", "raion", "Харківський район")
    assert (alert.location_oblast, alert.location_oblast_uid) == ("Харківська область", 22)
    assert alert.location_title_en == "Kharkivskyi Raion"
    assert alert.started_at == NOON
    assert not alert.is_finished()
    assert alert.is_red()
    [threat] = alert.threats
    assert (threat.threat_type, threat.level, threat.started_at) == ("drones", "red", NOON)
    assert threat.source_message == "drones from the north"
    below = {
        int(served.atlas.zone(zone).codes["alerts_in_ua"])
        for zone in served.atlas.hierarchy.descendants(served.zone(KHARKIV_RAION))
    }
    for levels, active in ((False, "active"), (True, "red")):
        assert asking.oblasts(levels=levels) == {"Харківська область": "partly"}
        assert asking.characters(levels=levels) == {
            KHARKIV_OBLAST: "partly",
            **dict.fromkeys({KHARKIV_RAION, *below}, active),
        }
        assert asking.one(KHARKIV, levels=levels) == active
        assert asking.one(KHARKIV_OBLAST, levels=levels) == "partly"


def test_a_whole_oblast_is_under_alert_with_all_that_lies_in_it(served: Served, asking: Asking) -> None:
    served.give(Raise(zones=(served.zone(KHARKIV_OBLAST),)))
    assert asking.alerts() == [("22", "oblast", "air_raid", "red")]
    assert asking.oblasts() == {"Харківська область": "active"}
    below = served.atlas.hierarchy.descendants(served.zone(KHARKIV_OBLAST))
    assert asking.characters() == dict.fromkeys(
        [22, *(int(served.atlas.zone(zone).codes["alerts_in_ua"]) for zone in below)], "active"
    )


def test_an_alert_of_the_country_is_one_of_every_oblast(served: Served, asking: Asking) -> None:
    served.give(Raise(zones=(COUNTRY,), level=Level.YELLOW), Raise(zones=(served.zone(KYIV),), hazard=Hazard.CHEMICAL))
    assert asking.oblasts(levels=True) == dict.fromkeys(names(served), "yellow")
    assert set(asking.characters(levels=True).values()) == {"yellow"}
    assert len(asking.characters()) == 1_622
    alerts = asking.get_active_alerts()
    assert sorted(one.location_title for one in alerts.get_alerts_by_location_type("oblast")) == sorted(
        [*names(served), "м. Київ"]
    )
    assert len({one.id for one in alerts}) == 28
    assert [one.location_uid for one in alerts.get_chemical_alerts()] == ["31"]


def test_every_one_of_1632_zones_can_be_under_an_alert_of_its_own(served: Served, asking: Asking) -> None:
    zones = tuple(zone.id for zone in served.atlas.zones if zone.id != COUNTRY)
    served.give(Raise(zones=zones))
    alerts = asking.get_active_alerts()
    assert (len(alerts), len({one.id for one in alerts})) == (1_632, 1_632)
    assert asking.oblasts() == dict.fromkeys(names(served), "active")
    assert list(asking.characters().values()) == ["active"] * 1_622
    kinds = [one.location_type for one in alerts]
    assert [kinds.count(kind) for kind in ("oblast", "raion", "hromada", "unknown")] == [27, 126, 1_469, 10]


def test_yellow_becomes_red_and_stays_one_alert(served: Served, asking: Asking) -> None:
    kyiv = (served.zone(KYIV),)
    served.give(Raise(zones=kyiv, level=Level.YELLOW))
    [yellow] = asking.get_active_alerts()
    assert (yellow.alert_level, asking.one(KYIV), asking.one(KYIV, levels=True)) == ("yellow", "active", "yellow")
    served.clock.at = NOON + timedelta(minutes=5)
    served.give(Escalate(zones=kyiv, to_level=Level.RED))
    [red] = asking.get_active_alerts()
    assert (red.id, red.alert_level, asking.one(KYIV), asking.one(KYIV, levels=True)) == (
        yellow.id,
        "red",
        "active",
        "red",
    )
    assert asking.oblasts(levels=True) == {"м. Київ": "red"}
    assert asking.get_active_alerts().get_last_updated_at() == NOON + timedelta(minutes=5)


def test_an_early_warning_is_no_alert_until_it_becomes_one(served: Served, asking: Asking) -> None:
    kyiv = (served.zone(KYIV),)
    served.give(Raise(zones=kyiv, stage=Stage.EARLY_WARNING))
    assert asking.alerts() == []
    assert asking.oblasts() == {}
    assert asking.characters(levels=True) == {}
    served.clock.at = NOON + timedelta(minutes=5)
    served.give(Escalate(zones=kyiv, to_stage=Stage.ALERT))
    [alert] = asking.get_active_alerts()
    assert alert.started_at == NOON + timedelta(minutes=5)
    assert asking.one(KYIV) == "active"


def test_the_all_clear_ends_the_alert_and_history_has_it(served: Served, asking: Asking) -> None:
    kyiv = (served.zone(KYIV),)
    served.give(Raise(zones=kyiv))
    served.clock.at = NOON + timedelta(minutes=40)
    [open_one] = asking.get_alerts_history(KYIV)
    assert not open_one.is_finished()
    served.give(Release(zones=kyiv))
    assert asking.alerts() == []
    assert asking.oblasts() == {}
    assert asking.characters() == {}
    for period in ("week_ago", "month_ago"):
        [alert] = asking.get_alerts_history(KYIV, period)
        assert (alert.location_uid, alert.started_at, alert.finished_at) == (
            "31",
            NOON,
            NOON + timedelta(minutes=40),
        )
        assert (alert.notes, alert.threats) == (None, [])
    assert list(asking.get_alerts_history("Одеська область")) == []


def test_a_withdrawn_alert_is_over_and_history_says_that_it_was_false(served: Served, asking: Asking) -> None:
    kyiv = (served.zone(KYIV),)
    served.give(Raise(zones=kyiv))
    served.clock.at = NOON + timedelta(minutes=1)
    served.give(Withdraw(zones=kyiv, cause="a slip"))
    assert asking.alerts() == []
    assert asking.one(KYIV) == "no_alert"
    [alert] = asking.get_alerts_history(KYIV)
    assert alert.finished_at == NOON + timedelta(minutes=1)
    assert "помилкова" in alert.notes


def test_a_drill_says_so_in_every_place_for_words(
    serve: Callable[..., Served], point: Callable[[Served], Asking]
) -> None:
    served = serve(Realm.DRILL)
    asking = point(served)
    served.give(Raise(zones=(served.zone(KHARKIV),), threat=Threat.DRONES))
    told = asking.get_active_alerts()
    [alert] = told
    [threat] = alert.threats
    words = (
        alert.location_title,
        alert.location_oblast,
        alert.location_raion,
        alert.notes,
        threat.source_message,
        told.get_disclaimer(),
    )
    assert [said for said in words if not said.startswith("НАВЧАННЯ")] == []
    assert alert.location_title_en.startswith("DRILL")
    assert (alert.location_uid, asking.one(KHARKIV)) == ("1293", "active")
    assert served.ask("/v1/iot/active_air_raid_alerts.json").headers["Tocsin-Realm"] == "drill"


def test_an_unchanged_answer_is_not_sent_twice(served: Served, asking: Asking) -> None:
    served.give(Raise(zones=(served.zone(KYIV),)))

    def ask_all() -> dict[str, int]:
        asking.alerts()
        asking.oblasts()
        asking.oblasts(levels=True)
        asking.characters()
        asking.characters(levels=True)
        asking.one(KYIV)
        asking.get_alerts_history(KYIV)
        return {name: id(kept) for name, kept in asking.client.cache.items()}

    first = ask_all()
    assert len(first) == 7
    assert ask_all() == first, "what comes with a 200 is kept anew, and what a 304 confirms is not"
    served.give(Raise(zones=(served.zone(CRIMEA),)))
    assert {name for name, kept in ask_all().items() if kept != first[name]} == {
        name for name in first if "regions/" not in name and not name.endswith(f"/{KYIV}.json")
    }


def test_a_hromada_that_is_always_under_alert_hides_nothing_of_its_oblast(served: Served, asking: Asking) -> None:
    oblast, raion = (served.zone(KHARKIV_OBLAST),), (served.zone(KHARKIV_RAION),)
    served.give(Raise(zones=(served.zone(KHARKIV),), ref="since 2022"))

    def said() -> tuple[str, str, int]:
        return asking.one(KHARKIV_OBLAST), asking.one(KHARKIV_RAION), len(asking.get_active_alerts())

    assert said() == ("partly", "partly", 1)
    served.give(Raise(zones=raion))
    assert said() == ("partly", "active", 2)
    served.give(Raise(zones=oblast))
    assert said() == ("active", "active", 3)
    served.give(Release(zones=raion))
    assert said() == ("active", "active", 2)
    served.give(Release(zones=oblast))
    assert said() == ("partly", "partly", 1)
    assert asking.one(KHARKIV) == "active"


def test_beside_it_the_27_characters_show_when_its_oblast_begins_and_ends(served: Served, asking: Asking) -> None:
    oblast = (served.zone(KHARKIV_OBLAST),)
    served.give(Raise(zones=(served.zone(KHARKIV),), ref="since 2022"))

    def said(*, only: bool, levels: bool = False) -> str:
        statuses = asking.get_air_raid_alert_statuses_by_oblast(oblast_level_only=only, include_alert_level=levels)
        [one] = [one for one in statuses if one.location_title == "Харківська область"]
        return str(one.alert_level or one.status)

    for level, active in ((Level.RED, "red"), (Level.YELLOW, "yellow")):
        assert [said(only=True), said(only=False), said(only=False, levels=True)] == ["no_alert", "partly", "partly"]
        served.give(Raise(zones=oblast, level=level))
        assert [said(only=True), said(only=False), said(only=False, levels=True)] == ["active", "active", active]
        served.give(Release(zones=oblast))
    assert [said(only=True), said(only=False)] == ["no_alert", "partly"]


def test_an_oblast_of_which_every_raion_is_under_alert_is_so_as_a_whole(served: Served, asking: Asking) -> None:
    raions = served.atlas.hierarchy.children(served.zone(KHARKIV_OBLAST))
    assert len(raions) == RAIONS_OF_KHARKIV_OBLAST
    served.give(*(Raise(zones=(raion,)) for raion in raions[1:]))
    assert asking.oblasts() == {"Харківська область": "partly"}
    hromadas = served.atlas.hierarchy.children(raions[0])
    served.give(*(Raise(zones=(hromada,), level=Level.YELLOW) for hromada in hromadas))
    assert asking.oblasts() == {"Харківська область": "active"}
    assert asking.oblasts(levels=True) == {"Харківська область": "yellow"}, "that much covers all of it"
    served.give(Escalate(zones=hromadas, to_level=Level.RED))
    assert asking.oblasts(levels=True) == {"Харківська область": "red"}
    served.give(Release(zones=(hromadas[0],)))
    assert asking.oblasts() == {"Харківська область": "partly"}
    assert len(asking.get_active_alerts().get_alerts_by_location_type("oblast")) == 0


def test_a_part_that_nobody_names_is_partial_and_no_whole_location(served: Served, asking: Asking) -> None:
    served.give(Raise(zones=(served.zone(KHARKIV_OBLAST),), extent=Extent.PART))
    assert asking.alerts() == [("22", "unknown", "air_raid", "red")]
    assert "в частині" in next(iter(asking.get_active_alerts())).notes
    assert asking.oblasts(levels=True) == {"Харківська область": "partly"}
    below = served.atlas.hierarchy.descendants(served.zone(KHARKIV_OBLAST))
    assert asking.characters() == dict.fromkeys(
        [22, *(int(served.atlas.zone(zone).codes["alerts_in_ua"]) for zone in below)], "partly"
    ), "it may be any of them, and to say nothing would be calm"


def test_a_raion_without_a_number_makes_its_oblast_partial_and_is_named(served: Served, asking: Asking) -> None:
    yalta = next(zone for zone in served.atlas.zones if zone.names["uk"] == "Ялтинський район")
    served.give(Raise(zones=(yalta.id,)))
    [alert] = asking.get_active_alerts()
    assert (alert.location_title, alert.location_uid, alert.location_type) == ("Ялтинський район", "29", "unknown")
    assert asking.oblasts() == {"Автономна Республіка Крим": "partly"}


def test_only_an_air_raid_is_in_the_characters_and_every_hazard_in_the_alerts(served: Served, asking: Asking) -> None:
    kyiv = (served.zone(KYIV),)
    served.give(*(Raise(zones=kyiv, hazard=hazard) for hazard in Hazard if hazard is not Hazard.AIR_RAID))
    assert sorted(kind for _, _, kind, _ in asking.alerts()) == [
        "artillery_shelling",
        "chemical",
        "nuclear",
        "urban_fights",
    ]
    assert asking.characters() == {}


def test_two_holds_of_one_hazard_are_one_alert_with_the_threats_of_both(served: Served, asking: Asking) -> None:
    kyiv = (served.zone(KYIV),)
    served.give(Raise(zones=kyiv, threat=Threat.DRONES, level=Level.YELLOW))
    served.give(Raise(zones=kyiv, threat=Threat.MIG31K), source="air force")
    [alert] = asking.get_active_alerts()
    assert alert.alert_level == "red"
    assert [(one.threat_type, one.level) for one in alert.threats] == [
        ("drones", "yellow"),
        ("mig31k_departure", "red"),
    ]


def test_what_is_stale_stays_and_says_so(served: Served, asking: Asking) -> None:
    served.give(Heartbeat(silent_after_s=30, zones=(served.zone(KHARKIV_OBLAST),)), Raise(zones=(served.zone(KYIV),)))
    before = asking.get_active_alerts()
    assert [one.notes for one in before] == [None]
    served.give(SourceSilent())
    after = asking.get_active_alerts()
    assert "мовчить" in next(iter(after)).notes
    assert "мовчать" in after.get_disclaimer()
    assert "мовчать" not in before.get_disclaimer()
    assert asking.one(KYIV) == "active"


def test_who_shows_no_token_is_refused_in_the_clients_own_words(served: Served, point: Callable[..., Asking]) -> None:
    with pytest.raises(UnauthorizedError, match=r"token is needed.* HTTP Code:401"):
        point(served, "").get_active_alerts()


def test_who_asks_too_often_is_told_so(served: Served, asking: Asking) -> None:
    for _ in range(2 * limits.DIALECT_RATE_FACTOR):
        asking.get_alerts_history(KYIV, use_cache=False)
    with pytest.raises(RateLimitError, match="HTTP Code:429"):
        asking.get_alerts_history(KYIV, use_cache=False)
    asking.get_active_alerts()  # which are counted apart
    served.clock.elapsed = 60.0
    asking.get_alerts_history(KYIV, use_cache=False)
