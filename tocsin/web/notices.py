"""What stands above the state on the plain pages: that it is a drill, who fell silent, and what was taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.channels.stream import Clockface, Replayed
from tocsin.engine import State, around, covering, inside, silent_sources
from tocsin.model import Hold, Realm, Source, Status, Zone, ZoneId, ZoneStatus
from tocsin.web.advice import Advice
from tocsin.web.markup import Html, joined, tag
from tocsin.web.texts import LANGUAGES, Words, moment, second, words
from tocsin.web.withdrawn import Withdrawal

DRILL_BAND = "НАВЧАННЯ — DRILL"
NAMES_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What one page is made from."""

    words: Words
    realm: Realm
    zones: dict[ZoneId, Zone]
    state: State
    clock: Clockface
    top_level: str
    """The level that the list is by: oblasts."""
    attribution: str
    withdrawn: Sequence[Withdrawal]
    """The false alarms taken back that are still news."""
    copied: Html | None = None
    """The style sheet of a page that is kept as a file and needs nothing beside it. Whoever reads that page may do so
    long after: nothing in it may speak of the present, and least of all of a calm one."""

    cut_off_since: datetime | None = None
    """Since when this server, an edge, does not know what happens. It knows of no present calm."""

    @property
    def calm_at(self) -> datetime | None:
        """The moment of which calm can be told, where that is not the present."""
        return self.clock.now if self.copied else self.cut_off_since

    def name(self, zone: ZoneId) -> str:
        return self.words.name(self.zones[zone].names)


def word(m: Moment, said: ZoneStatus) -> str:
    """What a status is called: not calm where a partial hold above may mean the zone, or where its source is silent."""
    return status_word(m.state, said.zone, said.status, silent=bool(silent_for(m.state, said.zone)))


def status_word(state: State, zone: ZoneId, status: Status, *, silent: bool) -> str:
    if status is not Status.CLEAR:
        return status
    return "maybe" if around(state, zone) else "silent" if silent else status


def silent_for(state: State, zone: ZoneId) -> list[Source]:
    """The silent sources that what is said of a zone rests on, or that speak for it, longest silent first."""
    silent = silent_sources(state)
    if not silent:
        return []
    parts = inside(state, zone)
    rests_on = [*(covering(state, zone) or parts), *(hold for hold in parts if hold.zone == zone), *around(state, zone)]
    here = {zone, *state.hierarchy.ancestors(zone)}
    found = (
        source
        for source in state.sources.values()
        if source.id in silent
        and (any(hold.source == source.id for hold in rests_on) or not here.isdisjoint(source.zones))
    )
    return sorted(found, key=_silent_since)


def band(t: Words, realm: Realm) -> Html | None:
    """That it is a drill, above everything else."""
    if realm is not Realm.DRILL:
        return None
    return tag("p", tag("b", DRILL_BAND), " ", tag("span", t("realm.drill.words")), class_="drill-band")


def replayed(t: Words, stretch: Replayed | None) -> Html | None:
    """That nothing of this is so now, wherever a past night is lived again."""
    return tag("p", t("replay.of", title=t.name(stretch.title)), class_="replayed") if stretch else None


def copied(m: Moment) -> Html:
    """Of what moment the copy is and what it cannot tell, in every language: who reads it may have come to any."""
    at = second(m.clock.now)

    def told(t: Words) -> Html:
        return tag(
            "div",
            tag("p", tag("b", tag("time", t("copy.as_of", time=at), datetime=m.clock.now.isoformat()))),
            tag("p", t("copy.old")),
            tag("p", t("copy.held")),
            lang=t.lang,
        )

    others = [words(lang, m.realm) for lang in LANGUAGES if lang != m.words.lang]
    return tag("div", told(m.words), [told(other) for other in others], class_="copied")


def cut_off(m: Moment) -> Html | None:
    if m.cut_off_since is None:
        return None
    return tag("p", tag("b", m.words("stale.banner", time=second(m.cut_off_since))), class_="cut-off")


def silences(m: Moment, said: ZoneStatus) -> list[Html]:
    """Who fell silent, since when, and what that means for this zone."""
    key = "silent.clear" if word(m, said) == "silent" else "silent.held"
    return [
        tag("p", m.words(key, source=source.id, time=moment(_silent_since(source))), class_="silence")
        for source in silent_for(m.state, said.zone)
    ]


def silence_everywhere(m: Moment) -> list[Html]:
    """Every silent source, and the zones it leaves without a word."""
    silent = sorted((m.state.sources[source] for source in silent_sources(m.state)), key=_silent_since)
    told = []
    for source in silent:
        zones = _largest(
            m, (*source.zones, *(hold.zone for hold in m.state.holds.values() if hold.source == source.id))
        )
        if zones:
            said = {"source": source.id, "time": moment(_silent_since(source)), "zones": _names(m, zones)}
            told.append(tag("li", m.words("silent.where", **said)))
    title = tag("b", m.words("silent.title", n=len(told)))
    return [tag("div", title, tag("ul", told), class_="silence")] if told else []


def silent_since(m: Moment, zone: ZoneId) -> str | None:
    """Who fell silent, and when, in a few words; None where nobody did."""
    silent = silent_for(m.state, zone)
    if not silent:
        return None
    return m.words("silent.since", source=silent[0].id, time=moment(_silent_since(silent[0])))


def withdrawn(m: Moment, taken_back: Iterable[Withdrawal]) -> list[Html]:
    """False alarms: another thing than an all-clear."""
    return [_withdrawn(m, one) for one in taken_back]


def cause_of(m: Moment, hold: Hold) -> str:
    """``Air raid: drones``."""
    hazard = m.words(f"hazard.{hold.hazard}")
    return hazard if hold.threat == "unknown" else f"{hazard}: {m.words(f'threat.{hold.threat}')}"


def to_do(m: Moment, advice: Advice | None) -> list[Html]:
    """What the approved text says, to do and not to do, and who stands behind it."""
    if advice is None:
        return []
    wording, approval = advice.wording[m.words.lang], advice.approval[m.words.lang]
    lists = [
        joined(tag("h3", m.words(key)), tag("ul", [tag("li", text) for text in texts]))
        for key, texts in (("advice.do", wording.do), ("advice.dont", wording.dont))
        if texts
    ]
    return [tag("section", tag("p", wording.body), lists, tag("p", approval.note, class_="small"), class_="advice")]


def _withdrawn(m: Moment, one: Withdrawal) -> Html:
    t = m.words
    held = [zone for zone in one.zones if covering(m.state, zone) or inside(m.state, zone) or around(m.state, zone)]
    parts = [
        t("withdrawn.was", what=cause_of(m, one.hold), time=moment(one.hold.since)),
        t("withdrawn.why", cause=one.cause if one.cause.endswith((".", "!", "?", "…")) else f"{one.cause}.")
        if one.cause
        else "",
        t("withdrawn.still", zones=_names(m, held)) if held else "",
    ]
    return tag(
        "p",
        tag("b", t("withdrawn.at", time=moment(one.at)), ": ", _names(m, one.zones), ". "),
        joined(" ".join(filter(None, parts))),
        class_="taken-back",
    )


def _names(m: Moment, zones: Sequence[ZoneId]) -> str:
    names = ", ".join(m.name(zone) for zone in zones[:NAMES_SHOWN])
    more = len(zones) - NAMES_SHOWN
    return m.words("silent.and_more", names=names, n=more) if more > 0 else names


def _largest(m: Moment, zones: Iterable[ZoneId]) -> list[ZoneId]:
    """Each once, without those that lie in another."""
    unique = dict.fromkeys(zones)
    return [zone for zone in unique if unique.keys().isdisjoint(m.state.hierarchy.ancestors(zone))]


def _silent_since(source: Source) -> datetime:
    assert source.silent_since is not None, "only the silent are told"
    return source.silent_since
