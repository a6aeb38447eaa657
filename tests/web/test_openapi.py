"""The description and the server against each other: what is described is answered so, whatever is sent.

Schemathesis makes requests from the OpenAPI document, good ones and bad ones, and holds each answer against it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, assume, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from tests.web.conftest import small_log
from tests.web.people import BEGUN, DESK, TOKEN
from tests.web.running import KHARKIV, KYIV, NOON, Running, running
from tocsin.access import LOCAL
from tocsin.atlas import Atlas
from tocsin.clock import ReplayClock
from tocsin.commands import Command
from tocsin.intake.replay import Replay, Stretch
from tocsin.model import SourceId
from tocsin.service import Service
from tocsin.store.memory import MemoryStore
from tocsin.web.openapi import document

# The stream never ends, so there is no whole answer to hold against its description: tests/web/test_stream.py
# listens to it, and tests/web/test_refusals.py asks it what it refuses.
described = schemathesis.openapi.from_dict(document()).exclude(path="/api/v1/stream")

# A good request by its form may still be refused by its content: a zone there is not, a window too long, a point
# with only one coordinate.
CHECKED: list[Any] = [check for check in CHECKS.get_all() if check.__name__ != "positive_data_acceptance"]

OFFICER = {"Authorization": f"Bearer {TOKEN}"}
WARNINGS = ("raise", "escalate", "narrow", "extend", "release", "withdraw", "replace", "annotate")
BOUNDED = settings(max_examples=25, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="session")
def fuzzed(ukraine: Atlas) -> Iterator[Running]:
    """A server that can be written to and replays, so that every endpoint does what it is there for."""
    stretch = Stretch(since=NOON, until=NOON + timedelta(hours=1), title={"en": "An hour"})
    clock, store = ReplayClock(stretch.since, stretch.until, rate=0), MemoryStore()
    commands = [
        Command(key=f"morning-{n}", actor="watch", source=SourceId("watch"), order=order)
        for n, order in enumerate(small_log())
    ]
    Service(store, ukraine.hierarchy, clock).submit(commands, LOCAL, together=True)
    with running(store, ukraine, clock, replay=Replay(stretch, [], clock), signed=True) as server:
        yield server


@described.parametrize()
@BOUNDED
def test_every_answer_is_as_it_is_described(case: schemathesis.Case[Any], fuzzed: Running) -> None:
    order = case.body.get("order") if isinstance(case.body, dict) else None
    # Whoever gives back their own token has nothing more to say here.
    assume(not (isinstance(order, dict) and order.get("type") == "revoke_token" and fuzzed_token(order.get("token"))))
    case.call_and_validate(base_url=fuzzed.url, headers=OFFICER, checks=CHECKED)


def fuzzed_token(number: object) -> bool:
    """Whether it may be one of those issued."""
    return isinstance(number, int) and 0 < number <= 8 + BEGUN


@described.include(path_regex="zones/|history|commands").parametrize()
@BOUNDED
def test_what_is_said_of_zones_that_there_are_is_as_it_is_described(
    case: schemathesis.Case[Any], fuzzed: Running
) -> None:
    """Made-up zones are never found; so put real ones in their place wherever the request is a good one."""
    assume(case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE)
    if "id" in case.path_parameters:
        case.path_parameters["id"] = KYIV
    if "zone" in case.query:
        case.query["zone"] = "UA-30"
    body: Any = case.body
    if isinstance(body, dict):
        order = body["order"]
        assume(order["type"] in WARNINGS)
        body |= {"realm": "live", "source": DESK}
        order["zones"] = [KYIV, KHARKIV]
        if "to" in order:
            order["to"] = [KYIV]
        if "by" in order:
            order["by"]["zones"] = [KHARKIV]
    answer = case.call_and_validate(base_url=fuzzed.url, headers=OFFICER, checks=CHECKED)
    assert answer.status_code in ((200, 400) if case.method == "GET" else (200, 400, 409)), answer.text


def test_a_parameter_that_may_be_left_out_is_not_said_to_be_null() -> None:
    parameters = [
        parameter
        for operations in document()["paths"].values()
        for operation in operations.values()
        for parameter in operation.get("parameters", ())
    ]
    assert len(parameters) > 10
    assert [parameter["name"] for parameter in parameters if "null" in str(parameter) or "None" in str(parameter)] == []
