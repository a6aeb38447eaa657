"""Signed heads, by themselves: what is signed, who signed it, and what no longer holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.store.batches import NOON
from tocsin.errors import BadFile, BadSignature, WrongRealm
from tocsin.model import Realm
from tocsin.store import Link
from tocsin.store.heads import PREFIX, SignedHead, Signer, check, heads_from, require_realm, signed_bytes

SIGNER = Signer(Realm.LIVE, bytes(range(32)))
LINK = Link(seq=41, hash=b"\xab" * 32)
HEAD = SIGNER.sign("log", LINK, NOON)


def test_a_head_that_nobody_touched_holds() -> None:
    check(HEAD)
    check(HEAD, SIGNER.key)
    assert (HEAD.realm, HEAD.log, HEAD.seq, HEAD.hash, HEAD.at) == (Realm.LIVE, "log", 41, "ab" * 32, NOON)
    assert HEAD.key == SIGNER.key


def test_what_is_signed_is_as_documented() -> None:
    """A known answer (RFC 8032 leaves no choice to the signer): heads kept elsewhere must hold for ever."""
    hash = '"' + "ab" * 32 + '"'
    said = f'tocsin signed head 1\n["live","log",41,{hash},"2026-03-01T12:00:00.123457+00:00"]'
    assert signed_bytes(HEAD.realm, HEAD.log, HEAD.seq, HEAD.hash, HEAD.at) == said.encode()
    assert SIGNER.key == "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    assert HEAD.signature == (
        "246072bece0b427f6976c9be4ca481576d8be7199c72fd15da95b2c602b334f9"
        "61956e5d542b27a16626d0f96762414391c24c323743f2b5b5dc8fe4be7e8b0b"
    )


def test_a_head_is_the_same_wherever_its_moment_was_read() -> None:
    there = msgspec.structs.replace(HEAD, at=NOON.astimezone(timezone(timedelta(hours=2))))
    check(there)
    check(msgspec.json.decode(msgspec.json.encode(HEAD), type=SignedHead))


@pytest.mark.parametrize(
    "change",
    [
        {"realm": Realm.DRILL},
        {"log": "another"},
        {"seq": 42},
        {"hash": "ac" + "ab" * 31},
        {"at": NOON + timedelta(microseconds=1)},
        {"key": Signer(Realm.LIVE, bytes(32)).key},
        {"key": "00" * 32},
        {"key": "ff" * 32},
        {"signature": "00" * 64},
        {"signature": HEAD.signature[:-2] + "00"},
        {"at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))},
    ],
    ids="".join,
)
def test_a_head_that_was_altered_does_not_hold(change: dict[str, object]) -> None:
    head = msgspec.structs.replace(HEAD, **change)
    said = f"^the signature under the head for entry {head.seq} does not hold: it was altered, or never signed$"
    with pytest.raises(BadSignature, match=said) as told:
        check(head)
    assert told.value.detail == {"seq": head.seq, "key": head.key}


def test_a_head_that_another_key_signed_is_refused_where_one_is_asked_for() -> None:
    other = Signer(Realm.LIVE, bytes(32))
    forged = other.sign("log", LINK, NOON)
    check(forged)
    said = f"^the head for entry {forged.seq} was signed by another key, {other.key}$"
    with pytest.raises(BadSignature, match=said) as told:
        check(forged, SIGNER.key)
    assert told.value.detail == {"seq": forged.seq, "key": other.key}


def test_a_signature_under_something_else_is_none_under_a_head() -> None:
    """The same key over the same words without the prefix."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    said = signed_bytes(HEAD.realm, HEAD.log, HEAD.seq, HEAD.hash, HEAD.at).removeprefix(PREFIX)
    signature = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).sign(said).hex()
    with pytest.raises(BadSignature):
        check(msgspec.structs.replace(HEAD, signature=signature))


def test_a_log_cannot_be_named_so_that_its_head_reads_as_another() -> None:
    said = signed_bytes(Realm.LIVE, 'a",1,"', 2, "b", NOON)
    assert said != signed_bytes(Realm.LIVE, "a", 1, '",2,"b', NOON)


def test_a_drills_head_is_refused_at_a_live_log() -> None:
    require_realm(HEAD, Realm.LIVE)
    with pytest.raises(WrongRealm):
        require_realm(HEAD, Realm.DRILL)


# --- as a file ---------------------------------------------------------------------------------

ONE = msgspec.json.encode(HEAD)
LATER = SIGNER.sign("log", Link(seq=42, hash=bytes(32)), datetime(2026, 3, 1, 13, tzinfo=UTC))


@pytest.mark.parametrize("raw", [ONE, ONE + b"\n", msgspec.json.format(ONE, indent=2), b" \n" + ONE + b"\n\n"])
def test_one_head_is_read_however_it_is_laid_out(raw: bytes) -> None:
    assert heads_from(raw) == [HEAD]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n\n"])
def test_several_heads_are_read_from_lines(end: bytes) -> None:
    assert heads_from(ONE + b"\r\n\n" + msgspec.json.encode(LATER) + end) == [HEAD, LATER]


def test_a_head_with_more_in_it_is_read() -> None:
    assert heads_from(ONE[:-1] + b',"published":"yes"}') == [HEAD]


def with_(field: str, value: object) -> bytes:
    return msgspec.json.encode(msgspec.to_builtins(HEAD) | {field: value})


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "no signed head"),
        (b"\n \n", "no signed head"),
        (b"[]", "line 1"),
        (b"\xff\xfe", "line 1"),
        (ONE + b"\n{}", "line 2"),
        (ONE[:-9], "line 1"),
        (with_("seq", -1), "line 1"),
        (with_("seq", 41.5), "line 1"),
        (with_("hash", "AB" * 32), "line 1"),
        (with_("hash", "ab" * 31 + "\n"), "line 1"),
        (with_("hash", "ab" * 32 + "\n"), "line 1"),
        (with_("key", "ab" * 33), "line 1"),
        (with_("signature", "ab" * 32), "line 1"),
        (with_("realm", "dream"), "line 1"),
        (with_("at", "2026-03-01T12:00:00"), "line 1"),
        (with_("log", "x" * 201), "line 1"),
    ],
)
def test_what_is_no_head_is_refused_with_its_line(raw: bytes, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        heads_from(raw)


def test_something_else_can_be_vouched_for_and_is_never_taken_for_a_head() -> None:
    content = b"tocsin shelter bundle 1\n" + bytes(32)
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(SIGNER.key)).verify(SIGNER.vouch(content), content)
    with pytest.raises(AssertionError, match="a prefix of its own"):
        SIGNER.vouch(PREFIX + b'["live"]')
