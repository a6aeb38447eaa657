"""What the second of two people reads before an order is carried out: the very words that people will be told, whom
they reach, and, for orders about authority, who may do what, where and until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo

from tocsin.commands import (
    AcceptClock,
    AuthorityOrder,
    Command,
    GiveGrant,
    IssueToken,
    RevokeGrant,
    RevokeToken,
    TrustSource,
)
from tocsin.events import Entry, Event
from tocsin.model import Realm, Terms, ZoneId
from tocsin.texts.catalogue import Catalogue
from tocsin.texts.load import Texts
from tocsin.texts.message import Message
from tocsin.texts.telling import Began, Now, messages
from tocsin.texts.wording import filled, one_line

ZoneNames = Mapping[ZoneId, Mapping[str, str]]
"""Each zone's names by language."""

NAMED = 10
"""So many zones are named; the rest are counted."""


def rendered(
    command: Command,
    events: Sequence[Event],
    realm: Realm,
    texts: Texts,
    *,
    zone_names: ZoneNames,
    zones: int,
    people: int | None,
    counted: int = 0,
    terms: Terms | None = None,
    now: Now | None = None,
    began: Began = lambda hold: None,
    local: tzinfo = UTC,
    at: datetime | None = None,
) -> dict[str, str]:
    """By language, as plain text, what ``command`` and the ``events`` it would lead to say.

    ``zones``, ``people`` and ``counted`` (how many at least) are the order's reach; ``terms`` are those of a grant that
    it takes back; ``now`` (after the events, not before), ``began`` and ``local`` serve as in `messages`; ``at`` is the
    present, or else the latest moment of the events.
    """
    present = at or max((event.at for event in events), default=datetime.min.replace(tzinfo=UTC))
    entries = [
        Entry(seq=number, recorded_at=present, order=command.key, event=event) for number, event in enumerate(events, 1)
    ]
    told = messages(entries, realm, texts, now=now, began=began, local=local)
    shown = {}
    for lang, catalogue in texts.languages.items():
        page = _Page(catalogue, zone_names, local)
        lines = [*page.heading(command, zones, people, counted)]
        if isinstance(command.order, AuthorityOrder | TrustSource):
            lines += page.authority(command.order, terms)
        elif told:
            lines += ["", catalogue.second.told, *(line for message in told for line in page.message(message))]
        else:
            lines += ["", catalogue.second.nothing_told]
        if realm is Realm.DRILL:
            lines = [catalogue.drill.mark, catalogue.drill.explained, *lines, catalogue.drill.mark]
        shown[lang] = "\n".join(lines)
    return shown


class _Page:
    """The lines in one language. What people wrote themselves stands on one line, so that it cannot pass for ours."""

    def __init__(self, catalogue: Catalogue, zone_names: ZoneNames, local: tzinfo) -> None:
        self._catalogue = catalogue
        self._words = catalogue.second
        self._zone_names = zone_names
        self._local = local

    def heading(self, command: Command, zones: int, people: int | None, counted: int) -> Iterable[str]:
        yield filled(self._words.asked, {"actor": one_line(command.actor)})
        if command.reason:
            yield filled(self._words.reason, {"reason": one_line(command.reason)})
        yield filled(self._words.reach, {"zones": _number(zones), "people": self._people(people, counted)})

    def message(self, message: Message) -> Iterable[str]:
        wording = message.wording[self._catalogue.lang]
        yield ""
        if message.zones:
            yield filled(self._words.where, {"names": self._names(message.zones)})
        yield wording.title
        yield wording.body
        if message.cause:
            yield filled(self._words.cause, {"cause": one_line(message.cause)})
        for heading, things in ((self._words.do, wording.do), (self._words.dont, wording.dont)):
            if things:
                yield heading
                yield from (f"- {thing}" for thing in things)

    def authority(self, order: AuthorityOrder | TrustSource, terms: Terms | None) -> Iterable[str]:
        words = self._words
        yield ""
        match order:
            case GiveGrant():
                yield words.give_grant
                yield self._terms(order.terms)
            case RevokeGrant():
                yield filled(words.revoke_grant, {"grant": str(order.grant)})
                if terms is not None:
                    yield self._terms(terms)
            case IssueToken():
                yield filled(
                    words.issue_token,
                    {
                        "holder": one_line(order.holder),
                        "names": self._names(order.zones) if order.zones else words.whole_area,
                        "until": self._moment(order.expires),
                        "label": one_line(order.label) or "—",
                    },
                )
            case RevokeToken():
                yield filled(words.revoke_token, {"token": str(order.token)})
            case AcceptClock():
                yield words.accept_clock
            case TrustSource():
                yield filled(words.trust_source, {"source": one_line(order.of)})

    def _terms(self, terms: Terms) -> str:
        words = self._words
        if terms.max_zones is None and terms.max_people is None:
            ceiling = words.no_ceiling
        else:
            most = {"zones": terms.max_zones, "people": terms.max_people}
            ceiling = filled(
                words.ceiling,
                {name: words.no_limit if number is None else _number(number) for name, number in most.items()},
            )
        return filled(
            words.terms,
            {
                "holder": one_line(terms.holder),
                "kind": words.holders[terms.kind],
                "verbs": ", ".join(words.verbs[verb] for verb in terms.verbs),
                "hazards": ", ".join(self._catalogue.hazards[hazard] for hazard in terms.hazards) or "—",
                "names": self._names(terms.zones),
                "sources": ", ".join(one_line(source) for source in terms.sources),
                "ceiling": ceiling,
                "until": words.no_end if terms.expires is None else self._moment(terms.expires),
                "realm": words.realms[terms.realm],
            },
        )

    def _names(self, zones: Sequence[ZoneId]) -> str:
        named = ", ".join(self._name(zone) for zone in zones[:NAMED])
        if len(zones) <= NAMED:
            return named
        return f"{named} {filled(self._words.more, {'n': _number(len(zones) - NAMED)})}"

    def _name(self, zone: ZoneId) -> str:
        names = self._zone_names.get(zone, {})
        return names.get(self._catalogue.lang) or names.get("en") or next(iter(names.values()), zone)

    def _people(self, people: int | None, counted: int) -> str:
        if people is not None:
            return _number(people)
        return filled(self._words.at_least, {"people": _number(counted)}) if counted else self._words.unknown_people

    def _moment(self, at: datetime) -> str:
        return f"{at.astimezone(self._local):%d.%m.%Y %H:%M %Z}"


def _number(number: int) -> str:
    """Thousands apart, as Ukrainian and ISO 80000-1 write them."""
    return f"{number:,}".replace(",", "\u00a0")
