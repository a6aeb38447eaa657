"""What people in a zone are told to do: the approved text of the worst warning that stands over them."""

from __future__ import annotations

import msgspec

from tocsin.engine import State, around, covering, inside
from tocsin.model import Extent, Hazard, Hold, Level, Realm, Stage, Threat, ZoneId
from tocsin.texts import Approval, Texts, Wording
from tocsin.texts.keys import of_alarm
from tocsin.texts.wording import signal, what, worded


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """An approved text in every language."""

    instruction: str
    """The key of the text, the same in every language."""
    wording: dict[str, Wording]
    """By language."""
    approval: dict[str, Approval]
    """By language: who stands behind the texts."""


def advice_on(state: State, zone: ZoneId, realm: Realm, texts: Texts) -> Advice | None:
    """None where nothing is held that reaches the zone or may mean it. A zone within is told its own."""
    parts = (hold for hold in inside(state, zone) if hold.zone == zone)
    holds = covering(state, zone) or [*parts, *around(state, zone)]
    return advice_of(max(holds, key=_worst), realm, texts) if holds else None


def advice_of(hold: Hold, realm: Realm, texts: Texts) -> Advice:
    return advice(texts, realm, hold.hazard, hold.threat, hold.stage, hold.level, hold.extent)


def advice(
    texts: Texts, realm: Realm, hazard: Hazard, threat: Threat, stage: Stage, level: Level, extent: Extent
) -> Advice:
    """What a warning of this kind says."""
    key = texts.find(of_alarm(hazard, threat, stage, level))
    return Advice(
        instruction=key,
        wording={
            lang: worded(
                catalogue,
                realm,
                key,
                {"signal": signal(catalogue, stage, level), "what": what(catalogue, hazard, threat)},
                before=("part",) if extent is Extent.PART else (),
            )
            for lang, catalogue in texts.languages.items()
        },
        approval=texts.approvals,
    )


def _worst(hold: Hold) -> tuple[int, int]:
    return hold.says.rank, hold.id
