"""The API described in OpenAPI 3.1, made from the very types that check requests and make answers."""

from __future__ import annotations

from typing import Any

import msgspec

from tocsin import __version__, limits
from tocsin.channels.stream import Clockface
from tocsin.model import Realm
from tocsin.record.history import History
from tocsin.store.heads import SignedHead
from tocsin.told import StateBody
from tocsin.web import questions
from tocsin.web.advice import Advice
from tocsin.web.api import EventsAnswer, HoldsAnswer, ZoneAnswer, ZonesAnswer
from tocsin.web.authority import AuditAnswer, GrantsAnswer, MeAnswer, TokensAnswer
from tocsin.web.endpoint import Endpoint, Json
from tocsin.web.endpoints_of_threats import REPORTING
from tocsin.web.nearest import NearestAnswer, NearestBody
from tocsin.web.orders import WAITS, OrderAnswer, ProposalBody, ProposalsAnswer
from tocsin.web.record.bodies import AttackAnswer, AttacksAnswer
from tocsin.web.record.routes import AttackQuery, AttacksQuery
from tocsin.web.record.statistics import StatisticAnswer, StatisticQuery, StatisticsAnswer
from tocsin.web.record_desk import DocumentAnswer, DraftsAnswer, TakenAnswer
from tocsin.web.shelters import BUNDLE_TYPE, SheltersAnswer, SheltersQuery, WordsAnswer, WordsQuery
from tocsin.web.words import CatalogueAnswer, MessagesAnswer, MessagesQuery

REALM_HEADER = "Tocsin-Realm"
"""Every answer carries it."""


class ErrorInside(msgspec.Struct, frozen=True):
    code: str
    """One of those in docs/errors.md."""
    message: str
    """A sentence for people."""
    detail: dict[str, Any]
    """What a program needs to act on it."""


class ErrorBody(msgspec.Struct, frozen=True):
    """The one error shape."""

    error: ErrorInside


ENDPOINTS = (
    Endpoint(
        path="/api/v1/state",
        summary="Every zone's status and every open hold",
        answer=StateBody,
        extra={"304": {"description": "Unchanged: If-None-Match named the ETag, which is the seq"}},
    ),
    Endpoint(path="/api/v1/clock", summary="The server's clock", answer=Clockface),
    Endpoint(
        path="/api/v1/replay",
        method="put",
        summary="Pause, speed up or move ahead what is replayed",
        body=questions.ReplayBody,
        answer=Clockface,
        refusals=(400, 404, 408, 413, 415),
    ),
    Endpoint(
        path="/api/v1/zones",
        summary="The zones: all, those of one level, or those around a point",
        query=questions.ZonesQuery,
        answer=ZonesAnswer,
    ),
    Endpoint(
        path="/api/v1/zones/{id}",
        summary="One zone with its status, the holds it rests on and its latest transitions",
        answer=ZoneAnswer,
        refusals=(400, 404),
        in_path="A zone's id, or a code such as iso3166_2:UA-30",
    ),
    Endpoint(
        path="/api/v1/holds",
        summary="Every hold open at any moment of a window, with its end",
        query=questions.HoldsQuery,
        answer=HoldsAnswer,
    ),
    Endpoint(
        path="/api/v1/events",
        summary="The log after a seq",
        query=questions.EventsQuery,
        answer=EventsAnswer,
    ),
    Endpoint(
        path="/api/v1/history",
        summary="How often, how long and when a zone was under alert",
        query=questions.HistoryQuery,
        answer=History,
        refusals=(400, 404),
    ),
    *REPORTING,
    Endpoint(
        path="/api/v1/record/documents",
        method="post",
        summary="Take a report in: what is read of it waits for review",
        body=questions.ReportBody,
        answer=TakenAnswer,
        refusals=(400, 401, 403, 404, 408, 409, 413, 415, 422),
        secured=True,
    ),
    Endpoint(
        path="/api/v1/record/documents/{id}",
        summary="One document as reviewers see it: its text, and its facts with what has become of each",
        answer=DocumentAnswer,
        refusals=(400, 401, 403, 404),
        in_path="A document's number",
        secured=True,
    ),
    Endpoint(
        path="/api/v1/record/drafts",
        summary="The documents of which something waits for review",
        query=questions.DraftsQuery,
        answer=DraftsAnswer,
        refusals=(400, 401, 403),
        secured=True,
    ),
    Endpoint(
        path="/api/v1/texts",
        summary="What people are told to do under a warning of one kind, in every language",
        query=questions.TextsQuery,
        answer=Advice,
    ),
    Endpoint(
        path="/api/v1/catalogue",
        summary="All approved texts in every language, with their version and who stands behind them",
        answer=CatalogueAnswer,
        extra={"304": {"description": "Unchanged: If-None-Match named the ETag"}},
    ),
    Endpoint(
        path="/api/v1/messages",
        summary="What people have been told, after a seq",
        query=MessagesQuery,
        answer=MessagesAnswer,
    ),
    Endpoint(
        path="/api/v1/shelters",
        summary="The register of shelters, page by page, and the areas with bundles",
        query=SheltersQuery,
        answer=SheltersAnswer,
    ),
    Endpoint(
        path="/api/v1/shelters/words",
        summary="What was said of shelters since a seq",
        query=WordsQuery,
        answer=WordsAnswer,
    ),
    Endpoint(
        path="/api/v1/shelters/{id}/bundle",
        summary="The signed bundle of an area: streets, shelters and who reaches what",
        answer=None,
        refusals=(400, 404),
        in_path="The area's name",
        extra={
            "200": {"description": "A bundle, as docs/shelters.md describes it", "content": {BUNDLE_TYPE: {}}},
            "304": {"description": "Unchanged: If-None-Match named the ETag"},
        },
    ),
    Endpoint(
        path="/api/v1/shelters/nearest",
        method="post",
        summary="The three nearest open shelters from a place, with the way; the place is kept nowhere",
        body=NearestBody,
        answer=NearestAnswer,
        refusals=(400, 404, 408, 413, 415, 429),
    ),
    Endpoint(
        path="/api/v1/head",
        summary="The signed head of the log",
        answer=SignedHead,
        refusals=(400, 404),
    ),
    Endpoint(
        path="/api/v1/attacks",
        summary="The attacks in the record, the latest night first",
        query=AttacksQuery,
        answer=AttacksAnswer,
        refusals=(400, 404, 501),
        extra={"304": {"description": "Unchanged: If-None-Match named the ETag"}},
    ),
    Endpoint(
        path="/api/v1/attacks/{id}",
        summary="One attack: its claims and what became of them, documents, sums, bulletin and alerts",
        query=AttackQuery,
        answer=AttackAnswer,
        refusals=(400, 404, 501),
        in_path="The attack's number",
        extra={"304": {"description": "Unchanged: If-None-Match named the ETag"}},
    ),
    Endpoint(
        path="/api/v1/record/statistics",
        summary="The statistics over the record of attacks, each with its definition, parameters and version",
        answer=StatisticsAnswer,
    ),
    Endpoint(
        path="/api/v1/record/statistics/{id}",
        summary="One statistic, computed; its own parameters stand in the query beside these",
        query=StatisticQuery,
        answer=StatisticAnswer,
        refusals=(400, 404, 501),
        in_path="The statistic's name",
    ),
    Endpoint(
        path="/api/v1/stream",
        summary="Everything as it happens, as server-sent events",
        query=questions.StreamQuery,
        answer=None,
        refusals=(400, 503),
        extra={
            "200": {
                "description": "Events: snapshot, message, entry, heartbeat, clock, goodbye",
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            }
        },
    ),
    Endpoint(
        path="/api/v1/commands",
        method="post",
        summary="Give one order; durable once answered",
        body=questions.OrderBody,
        answer=OrderAnswer,
        waits=True,
        refusals=(400, 401, 403, 404, 408, 409, 413, 415, 503, 507),
        secured=True,
    ),
    Endpoint(
        path="/api/v1/proposals",
        summary="The orders that wait, or waited, for a second person, newest first",
        query=questions.ProposalsQuery,
        answer=ProposalsAnswer,
        refusals=(400, 401, 403),
        secured=True,
    ),
    Endpoint(
        path="/api/v1/proposals/{id}",
        summary="One of them, with what the second person is shown",
        answer=ProposalBody,
        refusals=(400, 401, 403, 404),
        in_path="The proposal's number",
        secured=True,
    ),
    Endpoint(
        path="/api/v1/me",
        summary="Who the token shows, and what they may do",
        answer=MeAnswer,
        refusals=(400, 401, 403),
        secured=True,
    ),
    Endpoint(
        path="/api/v1/grants",
        summary="Who may do what; for those who administer",
        answer=GrantsAnswer,
        refusals=(400, 401, 403),
        secured=True,
    ),
    Endpoint(
        path="/api/v1/tokens",
        summary="Which tokens there are; for those who administer",
        answer=TokensAnswer,
        refusals=(400, 401, 403),
        secured=True,
    ),
    Endpoint(
        path="/api/v1/audit",
        summary="What was ordered and what was refused, by whom and why; for those who administer",
        query=questions.AuditQuery,
        answer=AuditAnswer,
        refusals=(400, 401, 403),
        secured=True,
    ),
    Endpoint(
        path="/api/v1/openapi.json",
        summary="This description",
        answer=None,
        extra={
            "200": {
                "description": "OpenAPI 3.1",
                "content": {"application/json": {"schema": {"type": "object"}}},
            }
        },
    ),
)


def document() -> Json:
    """The whole description."""
    types: list[type[msgspec.Struct]] = [
        shape for endpoint in ENDPOINTS for shape in (endpoint.answer, endpoint.body) if shape is not None
    ]
    types.append(ErrorBody)
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    named = dict(zip(types, schemas, strict=True))
    paths: dict[str, Json] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method] = _operation(endpoint, named)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tocsin",
            "version": __version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "Air-raid warnings as they stand, as they happen and as they were. Times are RFC 3339 UTC.",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "headers": {
                REALM_HEADER: {
                    "description": "Whether this is reality or a drill",
                    "schema": {"type": "string", "enum": [realm.value for realm in Realm]},
                }
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(endpoint: Endpoint, named: dict[type[msgspec.Struct], Json]) -> Json:
    responses: Json = {}
    if endpoint.answer is not None:
        content = {"application/json": {"schema": named[endpoint.answer]}}
        responses["200"] = {"description": "The answer", "content": content}
        if endpoint.waits:
            responses[str(WAITS)] = {"description": "It waits for a second person", "content": content}
    for status in endpoint.refusals:
        responses[str(status)] = {
            "description": "Refused, in the one error shape",
            "content": {"application/json": {"schema": named[ErrorBody]}},
        }
    headers = {REALM_HEADER: {"$ref": f"#/components/headers/{REALM_HEADER}"}}
    told = {status: {**response, "headers": headers} for status, response in (responses | endpoint.extra).items()}
    operation: Json = {"summary": endpoint.summary, "responses": told}
    if parameters := _parameters(endpoint):
        operation["parameters"] = parameters
    if endpoint.body is not None:
        content = {"application/json": {"schema": named[endpoint.body]}}
        operation["requestBody"] = {"required": True, "content": content}
    if endpoint.secured:
        operation["security"] = [{"token": []}]
    return operation


def _parameters(endpoint: Endpoint) -> list[Json]:
    found: list[Json] = []
    if endpoint.in_path is not None:
        schema = {"type": "string", "minLength": 1, "maxLength": 2 * limits.NAME_CHARS}
        found.append({"name": "id", "in": "path", "required": True, "schema": schema, "description": endpoint.in_path})
    _, components = msgspec.json.schema_components([endpoint.query])
    shape = components[endpoint.query.__name__]
    for name, schema in shape["properties"].items():
        required = name in shape.get("required", ())
        found.append({"name": name, "in": "query", "required": required, "schema": _without_null(schema)})
    return found


def _without_null(schema: Json) -> Json:
    """A query has no null: what is not said is left out."""
    kept = {name: value for name, value in schema.items() if (name, value) != ("default", None)}
    choices = [choice for choice in kept.pop("anyOf", ()) if choice != {"type": "null"}]
    assert len(choices) < 2, "a parameter is of one type"
    return {**choices[0], **kept} if choices else kept
