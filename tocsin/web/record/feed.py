"""The attacks as an Atom feed (RFC 4287): an entry for each, with its bulletin, updated whenever the record of it is.

An entry's id is made of the log's own and the attack's number: it is the same for ever, on every edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from tocsin.record.bulletin import Sentence
from tocsin.record.saying import Language
from tocsin.web.record.bodies import AttackListed

ATOM = "http://www.w3.org/2005/Atom"
register_namespace("", ATOM)


def feed(
    base: str,
    log: str,
    title: str,
    lang: Language,
    attacks: Sequence[tuple[AttackListed, str, Sequence[Sentence]]],
    now: datetime,
) -> bytes:
    """``base`` is the address of this Tocsin, ``log`` the identity of its log; each attack with title and bulletin."""
    root = Element(f"{{{ATOM}}}feed", {"xml:lang": lang})
    updated = max((attack.updated_at for attack, _, _ in attacks), default=now)
    _text(root, "id", f"urn:tocsin:{log}:attacks:{lang}")
    _text(root, "title", title)
    _text(root, "updated", _moment(updated))
    author = SubElement(root, f"{{{ATOM}}}author")
    _text(author, "name", "Tocsin")
    SubElement(
        root, f"{{{ATOM}}}link", rel="self", href=f"{base}/attacks.atom?lang={lang}", type="application/atom+xml"
    )
    SubElement(root, f"{{{ATOM}}}link", rel="alternate", href=f"{base}/attacks?lang={lang}", type="text/html")
    for attack, name, sentences in attacks:
        entry = SubElement(root, f"{{{ATOM}}}entry")
        _text(entry, "id", f"urn:tocsin:{log}:attack:{attack.id}:{lang}")
        _text(entry, "title", name)
        _text(entry, "published", _moment(attack.since))
        _text(entry, "updated", _moment(attack.updated_at))
        page = f"{base}/attacks/{attack.id}?lang={lang}"
        SubElement(entry, f"{{{ATOM}}}link", rel="alternate", href=page, type="text/html")
        said = [f"{one.speaker[lang]}. {one.text[lang]}" if one.speaker[lang] else one.text[lang] for one in sentences]
        _text(entry, "content", "\n".join(said) or name, type="text")
    body: bytes = tostring(root, encoding="utf-8")
    return b"<?xml version='1.0' encoding='utf-8'?>\n" + body


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    element = SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    element.text = "".join(
        sign for sign in text if sign in "\n\t" or " " <= sign < "\ud800" or "\ue000" <= sign < "\ufffe"
    )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
