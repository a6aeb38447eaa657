"""The bytes of a report as text, or what is wrong with them."""

from __future__ import annotations

import unicodedata

from tocsin.errors import BadFile
from tocsin.limits import REPORT_BYTES

_STRANGE = 0.02
"""The share of control characters from which on bytes are no text, whatever they decode to."""


def report_text(raw: bytes, name: str = "the report") -> str:
    """The text. Errors: `BadFile` where there is none, or too much of it, or where the bytes are no text."""
    if len(raw) > REPORT_BYTES:
        raise BadFile(f"{name} has {len(raw):,} bytes; a report has {REPORT_BYTES:,} at most")
    coded = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(coded)
    except UnicodeDecodeError as error:
        raise BadFile(f"{name} is no text in UTF-8: byte {error.start:,} does not fit") from error
    odd = sum(unicodedata.category(sign) == "Cc" and sign not in "\t\n\r\f\v" for sign in text[:10_000])
    if "\0" in text or odd > _STRANGE * min(len(text), 10_000):
        raise BadFile(f"{name} is no text")
    if not text.strip():
        raise BadFile(f"{name} is empty")
    return text
