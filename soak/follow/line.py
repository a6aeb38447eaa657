"""The line between the two, on which everything goes wrong that a feed was ever seen to do, and more."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from tocsin.intake.following.follower import Failed
from tocsin.intake.following.readings import Answer, Ask

Heard = Answer | Failed
UPDATED = "%Y/%m/%d %H:%M:%S %z"
HTTP = "%a, %d %b %Y %H:%M:%S GMT"

FAULTS = (
    "empty body",
    "cut body",
    "error page with 200",
    "error in JSON with 200",
    "old copy",
    "half missing",
    "less than is so",
    "unknown places",
    "nothing at all",
    "frozen time",
    "time off by hours",
    "401",
    "403",
    "429",
    "500",
    "503",
    "time-out",
    "304 unasked",
)
LASTING = ("401", "403", "429", "500", "503", "time-out", "frozen time", "error page with 200")
"""Those that come for a while."""


class Line:
    """Between a follower and a leader's answers."""

    def __init__(self, chance: random.Random, rate: float, count: Counter[str]) -> None:
        """``rate``: which part of the answers something is wrong with."""
        self._chance = chance
        self._rate = rate
        self._count = count
        self._lasts: tuple[str, int] = ("", 0)
        self._past: list[tuple[str, Answer]] = []
        self._frozen: tuple[str, str] | None = None
        self.calm = False
        """Whether nothing goes wrong for now."""

    def carry(self, ask: Ask, good: Answer) -> tuple[Heard, str]:
        """What arrives, and what was done to it; nothing, if it is empty."""
        fault = self._fault()
        arrives = self._spoilt(fault, ask, good) if fault else good
        if good.status == 200:
            self._past = [*self._past[-30:], (ask.path, good)]
        if arrives is None or arrives == good:
            return good, ""
        self._count[fault] += 1
        return arrives, fault

    def _fault(self) -> str:
        kind, left = self._lasts
        if self.calm:
            return ""
        if left:
            self._lasts = (kind, left - 1)
            return kind
        self._frozen = None
        if self._chance.random() >= self._rate:
            return ""
        kind = self._chance.choice(FAULTS)
        if kind in LASTING:
            self._lasts = (kind, self._chance.choice((0, 0, 1, 3, 8)))
        return kind

    def _spoilt(self, fault: str, ask: Ask, good: Answer) -> Heard | None:
        chance = self._chance
        if fault.isdigit():
            headers = {"retry-after": "30"} if fault == "429" and chance.random() < 0.5 else {}
            return Answer(status=int(fault), headers=headers, body=b'{"message": "no"}')
        if fault == "time-out":
            return Failed("no answer within 10 s")
        if fault == "304 unasked":
            conditional = {"If-Modified-Since", "If-None-Match"} & ask.headers.keys()
            return None if conditional else Answer(status=304)
        if fault == "empty body":
            return msgspec.structs.replace(good, status=200, body=b"")
        if fault == "error page with 200":
            return Answer(status=200, body=b"<html><body>Bad gateway</body></html>")
        if fault == "error in JSON with 200":
            return Answer(status=200, body=b'{"message": "API token required"}')
        if fault == "old copy":
            old = [answer for path, answer in self._past if path == ask.path]
            return chance.choice(old) if old else None
        if good.status != 200 or not good.body.strip(b"\xef\xbb\xbf"):
            return None
        if fault == "cut body":
            return msgspec.structs.replace(good, body=good.body[: chance.randrange(1, len(good.body))])
        return self._edited(fault, good)

    def _edited(self, fault: str, good: Answer) -> Answer | None:
        """The same form, with other content."""
        told: Any = json.loads(good.body.decode("utf-8-sig"))
        alerts = told["alerts"] if isinstance(told, dict) and "alerts" in told else told
        headers = dict(good.headers)
        match fault:
            case "half missing" | "nothing at all":
                if not isinstance(alerts, list) or not alerts or "alertDate" in alerts[0]:
                    return None
                kept = [] if fault == "nothing at all" else self._chance.sample(alerts, len(alerts) // 2)
                alerts[:] = kept
            case "less than is so":
                if not isinstance(alerts, list) or not alerts or "alertDate" in alerts[0]:
                    return None
                for one in alerts:
                    if "alert_level" in one:
                        one["alert_level"] = "yellow"
                    for alert in one.get("activeAlerts", ()):
                        for level in alert["activeAlertLevels"] or ():
                            level["alertLevel"] = "Yellow"
            case "unknown places":
                if not isinstance(alerts, list) or not alerts or "alertDate" in alerts[0]:
                    return None
                stranger = json.loads(json.dumps(alerts[0]))
                for one in (stranger, *stranger.get("activeAlerts", ())):
                    one["location_uid" if "location_uid" in one else "regionId"] = "99999"
                alerts[:] = [*alerts[: self._chance.randrange(len(alerts) + 1)], stranger]
            case "frozen time" | "time off by hours":
                if not isinstance(told, dict) or "meta" not in told:
                    return None
                updated = told["meta"]["last_updated_at"]
                if fault == "frozen time":
                    self._frozen = self._frozen or (updated, headers["last-modified"])
                    told["meta"]["last_updated_at"], headers["last-modified"] = self._frozen
                else:
                    off = timedelta(hours=self._chance.choice((-7, -3, -2, 2, 3, 9)))
                    moment = datetime.strptime(updated, UPDATED).astimezone(UTC) + off
                    told["meta"]["last_updated_at"] = moment.strftime(UPDATED)
                    headers["last-modified"] = moment.strftime(HTTP)
        return msgspec.structs.replace(good, headers=headers, body=json.dumps(told).encode())
