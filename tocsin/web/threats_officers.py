"""What officers see on the page of threats: what is proposed, what may be ended, and what is in the air and why."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.assess.assessment import Seen
from tocsin.lookout.proposals import SAYS, Proposal, ProposedEnd, ProposedZone
from tocsin.model import Threat
from tocsin.web.markup import Html, joined, tag
from tocsin.web.threats_sheet import HOME, Sheet, ThreatsWords, left


def proposed(s: Sheet) -> Html:
    t, view = s.words, s.view
    assert view is not None, "for officers alone"
    what = t("threats.policy.places" if s.places else "threats.policy.proposes")
    return tag(
        "section",
        tag("p", t("threats.policy", name=s.policy), " — ", what, class_="small"),
        tag("p", t("threats.trouble", why=s.trouble), class_="refused") if s.trouble else None,
        tag("h2", t("threats.proposed"), id="proposed"),
        [_proposal(s, one) for one in view.proposals] or tag("p", t("threats.proposed.none")),
        _ends(s, view.ends) if view.ends else None,
        aria_labelledby="proposed",
        class_="proposed",
    )


def _proposal(s: Sheet, one: Proposal) -> Html:
    t = s.words
    says = SAYS[one.stage, one.level]
    heading = f"{t(f'threats.threat.{one.threat}')}: {t(f'threats.says.{says}')}"
    return tag(
        "form",
        _hidden(s),
        tag("input", type="hidden", name="proposal", value=one.id),
        tag("input", type="hidden", name="threat", value=one.threat),
        tag("input", type="hidden", name="stage", value=one.stage),
        tag(
            "h3",
            tag("span", heading),
            tag(
                "small",
                t(
                    "threats.proposed.of",
                    zones=t("threats.count", n=len(one.zones)),
                    people=f"{one.people:,}".replace(",", "\u202f"),
                ),
            ),
        ),
        tag("ul", [_zone(s, zone) for zone in one.zones], class_="zones"),
        tag("label", t("threats.reason"), tag("input", name="reason", maxlength=1000)),
        tag(
            "p",
            tag("button", t("threats.accept"), name="action", value="accept", class_="primary"),
            tag("button", t("threats.decline"), name="action", value="decline"),
            class_="buttons",
        ),
        method="post",
        action=f"{HOME}/decide?lang={t.lang}",
        class_=f"proposal s-{says}",
        aria_label=heading,
    )


def _zone(s: Sheet, one: ProposedZone) -> Html:
    t = s.words
    held = None
    if one.held_back is not None:
        held = tag(
            "small", t("threats.held", why=t.known(f"threats.held.{one.held_back}", one.held_back)), class_="held"
        )
    return tag(
        "li",
        tag(
            "label",
            tag(
                "input",
                type="checkbox",
                name="zone",
                value=one.zone,
                checked=True,
                aria_label=t("threats.choose", zone=s.name[one.zone]),
            ),
            tag("span", tag("b", s.name[one.zone]), " ", tag("small", s.within.get(one.zone, ""))),
            tag("span", left(s, one.earliest), class_="earliest"),
            tag("span", t(f"threats.band.{one.band}"), class_=f"band {one.band}"),
        ),
        held,
        title=one.why,
    )


def _ends(s: Sheet, ends: Sequence[ProposedEnd]) -> Html:
    t = s.words
    kinds: dict[Threat, list[ProposedEnd]] = {}
    for one in ends:
        kinds.setdefault(one.threat, []).append(one)

    def item(one: ProposedEnd) -> Html:
        return tag(
            "li",
            tag(
                "label",
                tag("input", type="checkbox", name="zone", value=one.zone, checked=True),
                tag("span", tag("b", s.name[one.zone])),
                tag("span", t(f"threats.ended.{str(one.ended).lower()}")),
            ),
            title=one.why,
        )

    forms = [
        tag(
            "form",
            _hidden(s),
            tag("input", type="hidden", name="threat", value=threat),
            tag("h3", tag("span", t(f"threats.threat.{threat}"))),
            tag("ul", [item(one) for one in group], class_="zones"),
            tag("label", t("threats.reason"), tag("input", name="reason", maxlength=1000)),
            tag("p", tag("button", t("threats.release"), name="action", value="end"), class_="buttons"),
            method="post",
            action=f"{HOME}/decide?lang={t.lang}",
            class_="proposal end",
        )
        for threat, group in kinds.items()
    ]
    return tag("div", tag("h2", t("threats.ends")), tag("p", t("threats.ends.why"), class_="small"), forms)


def in_the_air(s: Sheet) -> Html:
    t, view = s.words, s.view
    assert view is not None, "for officers alone"
    return tag(
        "section",
        tag("h2", t("threats.seen"), id="seen"),
        tag("ul", [_threat(s, one) for one in view.threats], class_="in-the-air")
        if view.threats
        else tag("p", t("threats.seen.none")),
        aria_labelledby="seen",
    )


def threat_name(t: ThreatsWords, seen: Seen) -> str:
    kinds = " / ".join(t(f"threats.threat.{kind}") for kind in seen.kinds) or t("threats.threat.unknown")
    return kinds + (f", {t(f'threats.make.{seen.make}')}" if seen.make else "")


def _threat(s: Sheet, one: Seen) -> Html:
    t = s.words
    age = t("threats.age", n=int(one.age_s // 60))
    parts: list[str] = []
    where = ", ".join(s.name[zone] for zone in one.named[:3] if zone in s.name) or s.near.get(one.id, "")
    if where:
        km = round((one.radius_m or 0) / 1000)
        parts.append(t("threats.where", zone=where, km=km) if one.radius_m else where)
    if one.course_deg is not None:
        parts.append(t("threats.course", deg=f"{one.course_deg:.0f}"))
    if one.aim:
        parts.append(t("threats.to", zones=", ".join(s.name[zone] for zone in one.aim[:3] if zone in s.name)))
    if one.unplaced:
        parts.append(t("threats.unplaced"))
    parts.append(t("threats.sources", n=len(one.sources), names=", ".join(one.sources)))
    rests = [
        tag(
            "li",
            tag("b", joined_.source),
            f" {said.said_at:%H:%M:%S}Z · " if (said := s.reports.get(joined_.report)) else " · ",
            t(f"threats.why.{joined_.why}"),
            tag("blockquote", said.text) if said is not None and said.text else None,
        )
        for joined_ in reversed(one.joined[-20:])
    ]
    return tag(
        "li",
        tag(
            "h3",
            tag("span", threat_name(t, one), f" {t('threats.count.of', n=one.count)}" if one.count > 1 else None),
            tag("small", f"{t('threats.stale')}: {age}" if one.stale else age),
        ),
        tag("p", " · ".join(part for part in parts if part)),
        tag("details", tag("summary", t("threats.rests", n=len(one.joined))), tag("ul", rests)),
        id=f"threat-{one.id}",
        class_="threat stale" if one.stale else "threat",
    )


def _hidden(s: Sheet) -> Html:
    assert s.view is not None, "for officers alone"
    return joined(
        tag("input", type="hidden", name="word", value=s.word),
        tag("input", type="hidden", name="key", value=s.key),
        tag("input", type="hidden", name="seq", value=s.view.seq),
    )
