"""The endpoints of the API that are about threats."""

from __future__ import annotations

from tocsin.intake.reports.forms import FeedBody, ReportsBody
from tocsin.lookout.reporting import Taken
from tocsin.web.endpoint import Endpoint
from tocsin.web.orders import OrderAnswer
from tocsin.web.reports import FeedKey
from tocsin.web.threats import AcceptBody, DeclineAnswer, DeclineBody, EndBody, FullAnswer, ThreatsAnswer

REPORTING = (
    Endpoint(
        path="/api/v1/threats",
        summary="The zones that threats can reach soon, as far as everybody is told",
        answer=ThreatsAnswer,
        extra={"304": {"description": "Unchanged: If-None-Match named the ETag"}},
    ),
    Endpoint(
        path="/api/v1/threats/full",
        summary="For officers: the threats, the zones at risk, and what is proposed",
        answer=FullAnswer,
        refusals=(400, 401, 403),
        secured=True,
    ),
    Endpoint(
        path="/api/v1/threats/accept",
        method="post",
        summary="Order what is proposed",
        body=AcceptBody,
        answer=OrderAnswer,
        waits=True,
        refusals=(400, 401, 403, 404, 408, 409, 413, 415, 503, 507),
        secured=True,
    ),
    Endpoint(
        path="/api/v1/threats/end",
        method="post",
        summary="Release what the machine placed, where its end is proposed",
        body=EndBody,
        answer=OrderAnswer,
        waits=True,
        refusals=(400, 401, 403, 404, 408, 409, 413, 415, 503, 507),
        secured=True,
    ),
    Endpoint(
        path="/api/v1/threats/decline",
        method="post",
        summary="Have something not proposed again for a while",
        body=DeclineBody,
        answer=DeclineAnswer,
        refusals=(400, 401, 403, 408, 413, 415),
        secured=True,
    ),
    Endpoint(
        path="/api/v1/reports",
        method="post",
        summary="Report threats: what was seen, what was written, what a sensor detected",
        body=ReportsBody,
        answer=Taken,
        refusals=(400, 401, 403, 408, 409, 413, 415, 422, 429, 503, 507),
        secured=True,
    ),
    Endpoint(
        path="/api/v1/reports/feed",
        method="post",
        summary="The same from a feed that signs what it sends; also as NDJSON, one report a line",
        body=FeedBody,
        answer=Taken,
        refusals=(400, 401, 403, 408, 409, 413, 415, 422, 429, 503, 507),
    ),
    Endpoint(
        path="/api/v1/reports/key",
        summary="The key with which the feed of this token signs",
        answer=FeedKey,
        refusals=(400, 401, 403, 404),
        secured=True,
    ),
    Endpoint(
        path="/api/v1/reports/schema",
        summary="The form of what a feed sends, as JSON Schema",
        answer=None,
        extra={
            "200": {
                "description": "JSON Schema 2020-12",
                "content": {"application/json": {"schema": {"type": "object"}}},
            }
        },
    ),
)
