"""The record as linked data, JSON-LD: each claim a schema.org Claim with who says it and its words as a Quotation, and
how it came about in W3C PROV.

A check of Tocsin's becomes a ClaimReview: schema.org wants a verdict of it, and the only one here is that something
does not add up. Nothing says of any claim that it is true.
"""

from __future__ import annotations

from typing import Any

from tocsin.claims import Relation
from tocsin.web.record.bodies import AttackAnswer, ClaimBody

CONTEXT: dict[str, Any] = {
    "@vocab": "https://schema.org/",
    "prov": "http://www.w3.org/ns/prov#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "contests": {"@id": "urn:tocsin:contests", "@type": "@id"},
    "corroborates": {"@id": "urn:tocsin:corroborates", "@type": "@id"},
    "repeats": {"@id": "prov:wasQuotedFrom", "@type": "@id"},
    "prov:wasQuotedFrom": {"@type": "@id"},
    "prov:wasRevisionOf": {"@type": "@id"},
    "prov:hadPrimarySource": {"@type": "@id"},
    "prov:invalidatedAtTime": {"@type": "xsd:dateTime"},
    "prov:generatedAtTime": {"@type": "xsd:dateTime"},
    "isPartOf": {"@type": "@id"},
    "appearance": {"@type": "@id"},
    "itemReviewed": {"@type": "@id"},
}
"""Written out, so that whoever reads it needs nothing from the network."""


def linked(base: str, told: AttackAnswer, title: str) -> dict[str, Any]:
    """The attack with all its claims as one graph. ``base`` is the address of its page."""
    graph: list[dict[str, Any]] = [
        {
            "@id": base,
            "@type": "Event",
            "name": title,
            "startDate": told.attack.since.isoformat(),
            "endDate": told.attack.until.isoformat(),
            "dateModified": told.attack.updated_at.isoformat(),
        }
    ]
    for one in told.documents:
        said = one.document
        graph.append(
            {
                "@id": f"{base}#d{one.id}",
                "@type": ["Report", "prov:Entity"],
                "publisher": {"@type": "Organization", "name": said.publisher},
                "inLanguage": said.language,
                "datePublished": said.published,
                **({"name": said.title} if said.title else {}),
                **({"url": said.url} if said.url else {}),
                "identifier": f"sha256:{said.sha256}",
                **({"prov:wasRevisionOf": f"{base}#d{said.version_of}"} if said.version_of else {}),
            }
        )
        for number, check in enumerate(one.checks):
            about = [claim for claim in told.claims if claim.document == one.id]
            graph.append(_review(f"{base}#d{one.id}-check{number}", base, check.rule, check.words, about[:1]))
    for flag in told.flags:
        about = [claim for claim in told.claims if claim.id in flag.claims]
        graph.append(_review(f"{base}#f{flag.id}", base, flag.rule, flag.words, about))
    graph += (_claim(base, claim) for claim in told.claims)
    return {"@context": CONTEXT, "@graph": graph}


def _claim(base: str, claim: ClaimBody) -> dict[str, Any]:
    fact = claim.fact
    related: dict[str, list[str]] = {}
    for link in claim.links:
        if not link.of_other or link.relation is not Relation.REPEATS:
            related.setdefault(link.relation.value, []).append(f"{base}#c{link.claim}")
    return {
        "@id": f"{base}#c{claim.id}",
        "@type": ["Claim", "prov:Entity"],
        "about": {"@id": base},
        **({"author": {"@type": "Thing", "name": fact.speaker}} if fact.speaker else {}),
        "text": fact.quote,
        "appearance": f"{base}#d{claim.document}",
        "prov:hadPrimarySource": f"{base}#d{claim.document}",
        "workExample": {
            "@type": "Quotation",
            "text": fact.quote,
            **({"creator": {"@type": "Thing", "name": fact.speaker}} if fact.speaker else {}),
            "isPartOf": f"{base}#d{claim.document}",
        },
        "prov:generatedAtTime": claim.published_at.isoformat(),
        "creativeWorkStatus": claim.fate.value,
        **({"isPartOf": f"{base}#c{claim.part_of}"} if claim.part_of else {}),
        **({"prov:wasRevisionOf": f"{base}#c{claim.supersedes}"} if claim.supersedes else {}),
        **({"prov:invalidatedAtTime": claim.ended_at.isoformat()} if claim.ended_at else {}),
        **related,
    }


def _review(id: str, base: str, rule: str, words: str, about: list[ClaimBody]) -> dict[str, Any]:
    return {
        "@id": id,
        "@type": "ClaimReview",
        "author": {"@type": "SoftwareApplication", "name": "Tocsin"},
        "name": rule,
        "reviewBody": words,
        "claimReviewed": "; ".join(claim.fact.quote for claim in about) or rule,
        "itemReviewed": [f"{base}#c{claim.id}" for claim in about] or [base],
        "reviewRating": {"@type": "Rating", "alternateName": "does not add up"},
    }
