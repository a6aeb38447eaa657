"""What a feed signs cannot be altered, aged or sent twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.world import NOON
from tocsin import limits
from tocsin.errors import BadRequest, BadTime, Replayed, TocsinError, TooOften, Unauthorised
from tocsin.intake.reports.signing import Nonces, feed_key, require_signed, signature
from tocsin.model import Realm

KEY = feed_key(b"secret", Realm.LIVE, 7, "digest")
PATH, WHEN, NONCE, BODY = "/api/v1/reports/feed", "2026-03-01T12:00:00Z", "n" * 16, b'{"reports": []}'
SIGNATURE = signature(KEY, PATH, WHEN, NONCE, BODY)


def test_what_was_signed_is_taken() -> None:
    require_signed(KEY, PATH, WHEN, NONCE, BODY, SIGNATURE)


def test_the_signature_is_what_the_documentation_tells_programs_to_make() -> None:
    """Reckoned once by another program: openssl dgst -sha256 -mac hmac -macopt hexkey:00..00"""
    reckoned = "4368e20b6e99ea8e784fd9315ce207858c49b17bab422d6d7508ccb2271da68c"
    assert signature("00" * 32, PATH, WHEN, NONCE, b"{}") == reckoned


@pytest.mark.parametrize(
    "altered",
    [
        {"path": "/api/v1/reports"},
        {"when": "2026-03-01T12:00:01Z"},
        {"nonce": "m" * 16},
        {"body": b'{"reports": [] }'},
        {"shown": SIGNATURE[:-1] + ("0" if SIGNATURE[-1] != "0" else "1")},
        {"shown": ""},
        {"shown": "\u00e9" * 64},
        {"key": feed_key(b"secret", Realm.LIVE, 8, "digest")},
        {"key": feed_key(b"secret", Realm.DRILL, 7, "digest")},
        {"key": feed_key(b"other", Realm.LIVE, 7, "digest")},
        {"key": feed_key(b"secret", Realm.LIVE, 7, "another")},
    ],
)
def test_whatever_is_altered_is_found(altered: dict[str, object]) -> None:
    said = {"key": KEY, "path": PATH, "when": WHEN, "nonce": NONCE, "body": BODY, "shown": SIGNATURE} | altered
    with pytest.raises(Unauthorised):
        require_signed(**said)  # type: ignore[arg-type]  # each is of its type


@pytest.mark.parametrize("nonce", ["", "short", "n" * 65, "spaces in between it"])
def test_a_nonce_has_a_form(nonce: str) -> None:
    with pytest.raises(BadRequest):
        require_signed(KEY, PATH, WHEN, nonce, BODY, signature(KEY, PATH, WHEN, nonce, BODY))


def when(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_nonce_is_taken_once_while_its_moment_is_good() -> None:
    nonces = Nonces()
    ahead = NOON + timedelta(seconds=limits.FEED_WINDOW_S)
    nonces.take(7, when(ahead), NONCE, NOON)
    for seconds in range(0, 2 * limits.FEED_WINDOW_S + 1, 10):  # for as long as its moment is good
        with pytest.raises(Replayed):
            nonces.take(7, when(ahead), NONCE, NOON + timedelta(seconds=seconds))
    with pytest.raises(BadTime):
        nonces.take(7, when(ahead), NONCE, NOON + timedelta(seconds=2 * limits.FEED_WINDOW_S + 1))


def test_feeds_have_their_own_nonces() -> None:
    nonces = Nonces()
    nonces.take(7, WHEN, NONCE, NOON)
    nonces.take(8, WHEN, NONCE, NOON)


def test_what_failed_may_come_again() -> None:
    nonces = Nonces()
    nonces.take(7, WHEN, NONCE, NOON)
    nonces.forget(7, NONCE)
    nonces.take(7, WHEN, NONCE, NOON)


@pytest.mark.parametrize(
    "said", ["", "noon", "2026-03-01T12:00:00", "2026-03-01T12:00:00+02:00", "2026-13-01T12:00:00Z", "1772366400"]
)
def test_a_moment_has_a_form(said: str) -> None:
    with pytest.raises(BadTime):
        Nonces().take(7, said, NONCE, NOON)


@pytest.mark.parametrize("seconds", [-61, 61, 3_600, -86_400])
def test_an_old_request_and_one_of_the_future_are_refused(seconds: int) -> None:
    with pytest.raises(BadTime):
        Nonces().take(7, when(NOON + timedelta(seconds=seconds)), NONCE, NOON)


def test_no_feed_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FEED_NONCES", 3)
    nonces, outcomes = Nonces(), []
    for number in range(5):
        try:
            nonces.take(7, WHEN, f"{number:016}", NOON)
            outcomes.append("")
        except TocsinError as error:
            outcomes.append(error.code)
    assert outcomes == ["", "", "", TooOften.code, TooOften.code]
    later = NOON + timedelta(seconds=2 * limits.FEED_WINDOW_S + 1)
    nonces.take(7, when(later), NONCE, later)
