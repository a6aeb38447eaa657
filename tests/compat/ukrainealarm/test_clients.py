"""The published clients against a running server: each sees what stands, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import uasiren.client
import ukrainealarm.client

from tests.client.giving import give
from tests.compat.ukrainealarm.clients import HomeAssistant, Keyed, Keyless
from tests.web.running import Running
from tocsin.atlas import Atlas
from tocsin.commands import Escalate, Heartbeat, Raise, Release, Withdraw
from tocsin.compat.ukrainealarm.regions import NO_SUCH_REGION, SYSTEM
from tocsin.model import Extent, Hazard, Level, Stage, Threat, ZoneId

KHARKIV = ZoneId("UA63000000000041885")
"""The oblast: region 22."""

COUNTRY = ZoneId("UA")


@pytest.fixture(params=[Keyed, Keyless, HomeAssistant])
def client(request: pytest.FixtureRequest, server: Running) -> Keyed:
    made: Keyed = request.param(server)
    return made


@pytest.fixture(autouse=True)
def addresses_as_published() -> Iterator[None]:
    published = ukrainealarm.client.Client.BASE_PATH, uasiren.client.Client.BASE_PATH
    yield
    ukrainealarm.client.Client.BASE_PATH, uasiren.client.Client.BASE_PATH = published


def by_code(atlas: Atlas, number: str) -> ZoneId:
    return atlas.by_code(SYSTEM, number).id


def numbers(atlas: Atlas, *zones: ZoneId) -> set[str]:
    """The regions that these zones and all in them are."""
    inside = [down for zone in zones for down in (zone, *atlas.hierarchy.descendants(zone))]
    return {code for zone in inside if (code := atlas.zone(zone).codes.get(SYSTEM))} - NO_SUCH_REGION


def test_calm_is_no_alert_anywhere(client: Keyed) -> None:
    assert client.under_alert() == {}
    assert client.types("22") == client.types("1293") == client.types("9999") == client.types("0") == set()


def test_an_alert_of_one_raion_is_its_own_and_its_hromadas_and_not_its_oblasts(
    client: Keyed, server: Running, ukraine: Atlas
) -> None:
    raion = by_code(ukraine, "125")
    give(server, Raise(zones=(raion,)))
    assert client.types("125") == {"AIR"}
    assert client.types("22") == set()
    assert client.under_alert() == {key: {"AIR"} for key in numbers(ukraine, raion)}


def test_an_alert_of_a_whole_oblast_is_one_of_everything_in_it_and_of_nothing_else(
    client: Keyed, server: Running, ukraine: Atlas
) -> None:
    give(server, Raise(zones=(KHARKIV,)))
    assert client.under_alert() == {key: {"AIR"} for key in numbers(ukraine, KHARKIV)}
    assert client.types("1293") == {"AIR"}, "the city stands beside its oblast in the tree, and lies in it all the same"
    assert client.types("20") == set()


@pytest.mark.parametrize("one_by_one", [False, True])
def test_an_alert_of_the_country_is_one_of_every_region(
    one_by_one: bool, client: Keyed, server: Running, ukraine: Atlas
) -> None:
    zones = ukraine.hierarchy.descendants(COUNTRY) if one_by_one else (COUNTRY,)
    assert len(ukraine.hierarchy.descendants(COUNTRY)) == 1_632
    give(server, Raise(zones=zones))
    assert client.under_alert() == {key: {"AIR"} for key in numbers(ukraine, COUNTRY)}
    assert client.types("607") == {"AIR"}
    give(server, Release(zones=zones))
    assert client.under_alert() == {}


def test_a_yellow_alert_that_becomes_red_is_one_alert_and_red(client: Keyed, server: Running) -> None:
    give(server, Raise(zones=(KHARKIV,), level=Level.YELLOW, threat=Threat.DRONES))
    assert client.types("22") == {"AIR"}
    assert client.levels("22") == {("Yellow", "Дронова загроза (жовтий рівень)")}
    give(server, Escalate(zones=(KHARKIV,), to_level=Level.RED, to_threat=Threat.BALLISTIC_MISSILES))
    assert client.types("22") == {"AIR"}
    assert client.levels("22") == {("Red", "Ракетна загроза: балістичні ракети (червоний рівень)")}


def test_an_early_warning_is_no_alert_until_it_becomes_one(client: Keyed, server: Running) -> None:
    give(server, Raise(zones=(KHARKIV,), stage=Stage.EARLY_WARNING))
    assert client.under_alert() == {}
    assert client.types("22") == set()
    give(server, Escalate(zones=(KHARKIV,), to_stage=Stage.ALERT))
    assert client.types("22") == {"AIR"}


def test_after_the_all_clear_there_is_none(client: Keyed, server: Running) -> None:
    give(server, Raise(zones=(KHARKIV,)))
    before = client.index()
    give(server, Release(zones=(KHARKIV,)))
    assert client.under_alert() == {}
    assert client.types("22") == set()
    assert client.index() != before


def test_after_a_withdrawal_there_is_none(client: Keyed, server: Running) -> None:
    give(server, Raise(zones=(KHARKIV,)))
    give(server, Withdraw(zones=(KHARKIV,)))
    assert client.under_alert() == {}
    assert client.types("22") == set()


@pytest.mark.parametrize("kind", [Keyed, Keyless, HomeAssistant])
def test_a_drill_says_that_it_is_one_wherever_there_are_words(kind: type[Keyed], drill: Running) -> None:
    client = kind(drill)
    give(drill, Raise(zones=(KHARKIV,), threat=Threat.DRONES))
    assert client.types("22") == {"AIR"}
    assert client.levels("22") == {("Red", "НАВЧАННЯ: Дронова загроза (червоний рівень)")}
    (region,) = client.ask(lambda asked: asked.get_alerts("22"))
    assert region["regionName"] == "НАВЧАННЯ: Харківська область"
    assert region["regionEngName"].startswith("DRILL: Kharkiv")
    assert all(state["regionName"].startswith("НАВЧАННЯ: ") for state in client.states())


def test_each_hazard_is_its_own_type(client: Keyed, server: Running) -> None:
    for hazard in Hazard:
        give(server, Raise(zones=(KHARKIV,), hazard=hazard))
    assert client.types("22") == {"AIR", "ARTILLERY", "URBAN_FIGHTS", "CHEMICAL", "NUCLEAR"}
    for hazard in Hazard:
        if hazard is not Hazard.NUCLEAR:
            give(server, Release(zones=(KHARKIV,), hazard=hazard))
    assert client.types("22") == {"NUCLEAR"}


def test_part_of_an_oblast_is_told_at_the_oblast_and_no_further_down(client: Keyed, server: Running) -> None:
    give(server, Raise(zones=(KHARKIV,), extent=Extent.PART))
    assert client.under_alert() == {"22": {"AIR"}}
    ((level, reason),) = client.levels("22")
    assert (level, "частина" in reason) == ("Red", True)


def test_a_hromada_under_alert_for_years_hides_nothing_of_its_oblast(
    client: Keyed, server: Running, ukraine: Atlas
) -> None:
    hromada, oblast = by_code(ukraine, "351"), by_code(ukraine, "9")
    give(server, Raise(zones=(hromada,), hazard=Hazard.AIR_RAID), source="standing")
    assert (client.types("351"), client.types("9")) == ({"AIR"}, set())
    before = client.index()
    give(server, Raise(zones=(oblast,)))
    assert (client.types("351"), client.types("9")) == ({"AIR"}, {"AIR"})
    assert client.index() != before
    give(server, Release(zones=(oblast,)))
    assert (client.types("351"), client.types("9")) == ({"AIR"}, set())
    assert client.under_alert() == {"351": {"AIR"}}


def test_the_number_changes_with_every_change_of_a_warning_and_with_nothing_else(
    client: Keyed, server: Running, ukraine: Atlas
) -> None:
    seen = [client.index()]
    for order in (
        Raise(zones=(KHARKIV,), level=Level.YELLOW),
        Escalate(zones=(KHARKIV,), to_level=Level.RED),
        Raise(zones=(by_code(ukraine, "31"),)),
        Release(zones=(KHARKIV,)),
        Withdraw(zones=(by_code(ukraine, "31"),)),
    ):
        give(server, order)
        seen.append(client.index())
    assert seen == sorted(set(seen)), "it grows each time"
    before = server.tocsin.state.seq
    assert give(server, Heartbeat(), source="sensor") > before
    assert client.index() == seen[-1], "the log has grown, and no warning has changed"


def test_home_assistant_can_be_set_up_for_an_oblast_a_raion_a_hromada_and_a_city(server: Running) -> None:
    home = HomeAssistant(server)
    assert home.pick("22") == "Харківська область"
    assert home.pick("22", "125").endswith("район")
    assert home.pick("1293") == "м. Харків та Харківська територіальна громада"
    assert home.pick("9999") == "Автономна Республіка Крим"
    (hromada, *_) = next(
        raion["regionChildIds"]
        for state in home.states()
        if state["regionId"] == "22"
        for raion in state["regionChildIds"]
        if raion["regionId"] == "125"
    )
    assert home.pick("22", "125", hromada["regionId"]) == hromada["regionName"]
    assert hromada["regionChildIds"] == []


def test_home_assistant_sees_each_of_its_regions_change_by_itself(server: Running, ukraine: Atlas) -> None:
    home = HomeAssistant(server)
    watched = ("22", "125", "1293", "31", "0")

    def on() -> list[str]:
        return [region for region in watched if home.sensors(region)["AIR"]]

    raion, kyiv = by_code(ukraine, "125"), by_code(ukraine, "31")
    seen = [on()]
    for order in (Raise(zones=(raion,)), Raise(zones=(KHARKIV, kyiv)), Release(zones=(raion,)), Release(zones=(kyiv,))):
        give(server, order)
        seen.append(on())
    give(server, Release(zones=(KHARKIV,)))
    seen.append(on())
    assert seen == [[], ["125"], ["22", "125", "1293", "31"], ["22", "125", "1293", "31"], ["22", "125", "1293"], []]
