"""The package in docs/homeassistant.md, tried against a running server: Home Assistant's part is as small as it can be.

Its templates are Jinja's, with ``states``, ``state_attr`` and ``is_state`` over what the sensors say; its REST sensors
read the JSON that the server gives; its automations here know triggers and conditions of states and of templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import jinja2
import pytest
import yaml

from tests.test_house import ROOT
from tests.web.running import KYIV, Running, StandingClock, running
from tocsin.access import LOCAL
from tocsin.atlas import Atlas
from tocsin.commands import Command, Escalate, Heartbeat, Order, Raise, Release, SourceBack, SourceSilent, Withdraw
from tocsin.model import Extent, Level, Realm, SourceId, Stage, Threat, ZoneId
from tocsin.store.memory import MemoryStore

PAGE = (ROOT / "docs/homeassistant.md").read_text("utf-8")

COUNTRY = ZoneId("UA")
ZONE = ZoneId(KYIV)

Json = Any


def package() -> Json:
    """The only one on the page, with the keys that Home Assistant knows."""
    (text,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    found = yaml.safe_load(text)
    assert list(found) == ["rest", "template", "automation"]
    return found


class Home:
    """A home with the package, pointed at a server."""

    def __init__(self, server: Running, clock: StandingClock) -> None:
        self._server = server
        self._clock = clock
        self.package = package()
        self.states: dict[str, str] = {}
        self.attributes: dict[str, dict[str, Json]] = {}
        self.told: list[str] = []
        self._jinja = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
        self._jinja.globals |= {
            "states": lambda entity: self.states.get(entity, "unknown"),
            "state_attr": lambda entity, name: self.attributes.get(entity, {}).get(name),
            "is_state": lambda entity, state: self.states.get(entity, "unknown") == state,
        }

    def render(self, template: str, **more: Json) -> str:
        return self._jinja.from_string(template).render(**more).strip()

    def look(self, *, reachable: bool = True, cut_off: bool = False) -> list[str]:
        """Ask for everything once; the titles of what is told to people. An edge that is cut off says so."""
        before, self.told = dict(self.states), []
        self._clock.at += timedelta(seconds=5)
        for resource in self.package["rest"]:
            path = urlsplit(resource["resource"]).path
            answer: Json = self._server.get(path) if reachable else None
            if cut_off and answer is not None and path == "/api/v1/state":
                assert answer["cut_off_since"] is None
                answer["cut_off_since"] = "2026-03-01T12:00:00Z"
            for sensor in resource["sensor"]:
                self._sense(sensor, answer)
        for sensor in self.package["template"][0]["binary_sensor"]:
            known = self._is_true(sensor.get("availability", "True"))
            state = "on" if known and self._is_true(sensor["state"]) else "off"
            self.states[entity("binary_sensor", sensor)] = state if known else "unavailable"
        for automation in self.package["automation"]:
            if self._triggered(automation, before) and self._meets(automation):
                (action,) = automation["actions"]
                assert action["action"] == "notify.notify"
                assert self.render(action["data"]["message"])
                self.told.append(self.render(action["data"]["title"]))
        return self.told

    def says(self, name: str) -> str:
        (found,) = (state for id, state in self.states.items() if id.partition(".")[2] == f"tocsin_{name}")
        return found

    def _sense(self, sensor: Mapping[str, Json], answer: Json) -> None:
        id = entity("sensor", sensor)
        if answer is None:
            self.states[id], self.attributes[id] = "unavailable", {}
            return
        self.states[id] = self.render(sensor["value_template"], value_json=answer)
        path = sensor.get("json_attributes_path", "$").split(".")
        assert path[0] == "$"
        for step in path[1:]:
            answer = answer[step]
        self.attributes[id] = {name: answer[name] for name in sensor.get("json_attributes", ())}

    def _is_true(self, template: str) -> bool:
        said = self.render(str(template))
        assert said in ("True", "False"), (template, said)
        return said == "True"

    def _triggered(self, automation: Mapping[str, Json], before: Mapping[str, str]) -> bool:
        (trigger,) = automation["triggers"]
        assert trigger["trigger"] == "state"
        id = trigger["entity_id"]
        was, now = before.get(id, "unknown"), self.states[id]
        return was != now and now in listed(trigger["to"]) and ("from" not in trigger or was in listed(trigger["from"]))

    def _meets(self, automation: Mapping[str, Json]) -> bool:
        for condition in automation.get("conditions", ()):
            match condition["condition"]:
                case "state":
                    met = self.states[condition["entity_id"]] == condition["state"]
                case "template":
                    met = self._is_true(condition["value_template"])
                case other:
                    raise AssertionError(other)
            if not met:
                return False
        return True


def entity(domain: str, sensor: Mapping[str, Json]) -> str:
    """The id that Home Assistant gives a thing of this name."""
    slug = re.sub(r"[^a-z0-9]+", "_", sensor["name"].lower())
    assert sensor["unique_id"] == slug
    return f"{domain}.{slug}"


def listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def give(server: Running, *orders: Order) -> None:
    async def submit() -> None:
        commands = [
            Command(key=f"{server.tocsin.state.seq}-{n}", actor="officer", source=SourceId("desk"), order=order)
            for n, order in enumerate(orders)
        ]
        server.tocsin.service.submit(commands, LOCAL, together=True)

    server.call(submit)


@contextmanager
def housed(ukraine: Atlas, realm: Realm = Realm.LIVE) -> Iterator[tuple[Running, Home]]:
    clock = StandingClock()
    with running(MemoryStore(realm), ukraine, clock) as server:
        yield server, Home(server, clock)


@pytest.fixture
def pair(ukraine: Atlas) -> Iterator[tuple[Running, Home]]:
    with housed(ukraine) as found:
        yield found


def test_a_server_that_never_heard_anything_is_not_called_calm(pair: tuple[Running, Home]) -> None:
    _, home = pair
    assert home.look() == []
    assert (home.says("zone"), home.says("server")) == ("clear", "never heard anything")
    assert (home.says("alert"), home.says("calm")) == ("off", "off")


def test_an_early_warning_an_alert_and_its_end_are_each_told_once(pair: tuple[Running, Home]) -> None:
    server, home = pair
    home.look()
    give(server, Raise(zones=(ZONE,), stage=Stage.EARLY_WARNING, threat=Threat.DRONES))
    assert home.look() == ["Early warning"]
    assert home.look() == []
    assert (home.says("early_warning"), home.says("alert"), home.says("calm")) == ("on", "off", "off")
    give(server, Escalate(zones=(ZONE,), to_stage=Stage.ALERT))
    assert home.look() == ["Air raid alert"]
    assert (home.says("zone"), home.says("threat"), home.says("alert")) == ("red", "drones", "on")
    give(server, Release(zones=(ZONE,)))
    assert home.look() == ["All clear"]
    assert (home.says("alert"), home.says("calm"), home.says("last_change")) == ("off", "on", "released")


def test_yellow_that_becomes_red_goes_on(pair: tuple[Running, Home]) -> None:
    server, home = pair
    home.look()
    give(server, Raise(zones=(ZONE,), level=Level.YELLOW))
    assert home.look() == ["Air raid alert"]
    give(server, Escalate(zones=(ZONE,), to_level=Level.RED))
    assert home.look() == []
    assert (home.says("zone"), home.says("alert")) == ("red", "on")


def test_a_withdrawal_is_told_as_a_false_alarm(pair: tuple[Running, Home]) -> None:
    server, home = pair
    home.look()
    give(server, Raise(zones=(COUNTRY,)))
    assert home.look() == ["Air raid alert"]
    give(server, Withdraw(zones=(COUNTRY,)))
    assert home.look() == ["It was a false alarm"]


def test_what_leaves_an_unnamed_part_is_no_all_clear(pair: tuple[Running, Home]) -> None:
    server, home = pair
    give(server, Raise(zones=(COUNTRY,), extent=Extent.PART), Raise(zones=(ZONE,)))
    home.look()
    give(server, Release(zones=(ZONE,)))
    assert home.look() == []
    assert (home.says("zone"), home.says("alert"), home.says("calm")) == ("clear", "off", "off")


def test_what_is_stale_is_not_calm_and_comes_back_without_a_word(pair: tuple[Running, Home]) -> None:
    server, home = pair
    give(server, Raise(zones=(ZONE,)))
    home.look()
    give(server, SourceSilent())
    assert home.look() == []
    assert (home.says("alert"), home.says("calm")) == ("on", "off")
    give(server, SourceBack())
    assert home.look() == []


def test_calm_of_which_nobody_has_heard_for_long_is_no_calm(pair: tuple[Running, Home]) -> None:
    server, home = pair
    give(server, Heartbeat(zones=(ZONE,)))
    home.look()
    assert home.says("calm") == "on"
    give(server, SourceSilent())
    home.look()
    assert (home.says("zone"), home.says("calm")) == ("clear", "off")


def test_a_server_that_is_cut_off_is_told_of_and_is_not_calm(pair: tuple[Running, Home]) -> None:
    server, home = pair
    give(server, Raise(zones=(ZONE,)), Release(zones=(ZONE,)))
    home.look()
    assert home.says("calm") == "on"
    assert home.look(cut_off=True) == ["Tocsin cannot be heard"]
    assert home.says("calm") == "off"


def test_while_it_does_not_answer_nothing_is_known_and_nothing_is_an_all_clear(pair: tuple[Running, Home]) -> None:
    server, home = pair
    give(server, Raise(zones=(ZONE,)))
    home.look()
    assert home.look(reachable=False) == ["Tocsin cannot be heard"]
    assert {home.says("zone"), home.says("alert"), home.says("calm")} == {"unavailable"}
    give(server, Release(zones=(ZONE,)))
    assert home.look() == []
    assert home.says("alert") == "off"


def test_a_drill_is_told_to_nobody(ukraine: Atlas) -> None:
    with housed(ukraine, Realm.DRILL) as (server, home):
        home.look()
        give(server, Raise(zones=(ZONE,)))
        assert home.look() == []
        assert (home.says("alert"), home.says("drill")) == ("on", "on")
        give(server, Release(zones=(ZONE,)))
        assert home.look() == []


def test_every_entity_that_is_read_is_there(pair: tuple[Running, Home]) -> None:
    _, home = pair
    home.look()
    read = set(re.findall(r"\b(?:binary_)?sensor\.tocsin_\w+", yaml.safe_dump(home.package)))
    assert read <= home.states.keys()
    assert {automation["id"] for automation in home.package["automation"]} == {
        "tocsin_alert_begins",
        "tocsin_early_warning_begins",
        "tocsin_over",
        "tocsin_not_to_be_trusted",
    }
