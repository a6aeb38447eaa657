"""What can go wrong in operation, as a small family: a code, an HTTP status and a sentence for people.

Whatever the door (HTTP, command line, stream), the shape is the same:
``{"error": {"code": ..., "message": ..., "detail": {...}}}``. Each code is explained in docs/errors.md.
Programming errors are assertions and never come from here.
"""

from __future__ import annotations

from typing import Any, ClassVar


class TocsinError(Exception):
    """An operating error. ``detail`` holds what a program needs to act on it."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500

    def __init__(self, message: str, **detail: Any) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail

    def body(self) -> dict[str, Any]:
        """The one error shape."""
        return {"error": {"code": self.code, "message": self.message, "detail": self.detail}}


# --- what was asked ---------------------------------------------------------------------------


class BadRequest(TocsinError):
    code, status = "bad_request", 400


class BadJson(TocsinError):
    code, status = "bad_json", 400


class BadTime(TocsinError):
    code, status = "bad_time", 400


class Unauthorised(TocsinError):
    code, status = "unauthorised", 401


class Forbidden(TocsinError):
    code, status = "forbidden", 403


class TokenExpired(TocsinError):
    code, status = "token_expired", 401


class TokenTakenBack(TocsinError):
    code, status = "token_taken_back", 401


class WrongRealm(TocsinError):
    """A drill's token or order at the live service, or the reverse. Nothing crosses."""

    code, status = "wrong_realm", 403


class NotGranted(TocsinError):
    """No grant of the caller's covers the order; the detail says what is missing from the nearest."""

    code, status = "not_granted", 403


class CeilingReached(TocsinError):
    """The order goes further than its giver may."""

    code, status = "ceiling_reached", 403


class SamePerson(TocsinError):
    """It takes two different people."""

    code, status = "same_person", 403


class UnknownZone(TocsinError):
    code, status = "unknown_zone", 404


class NotFound(TocsinError):
    code, status = "not_found", 404


class UnknownStatistic(TocsinError):
    code, status = "unknown_statistic", 404


class BadParameter(TocsinError):
    """A statistic has no such parameter, or it cannot have that value."""

    code, status = "bad_parameter", 400


class StatisticTooLarge(TocsinError):
    code, status = "statistic_too_large", 400


class ExtraMissing(TocsinError):
    """What was asked for needs a part of Tocsin that is not installed here."""

    code, status = "extra_missing", 501


class MethodNotAllowed(TocsinError):
    code, status = "method_not_allowed", 405


class RequestTimeout(TocsinError):
    code, status = "request_timeout", 408


class BodyTooLarge(TocsinError):
    code, status = "body_too_large", 413


class UnsupportedMedia(TocsinError):
    code, status = "unsupported_media", 415


class ReadOnly(TocsinError):
    """This is an edge. Orders, and whatever needs a token, go to where it hears from."""

    code, status = "read_only", 403


class NothingKnown(TocsinError):
    """An edge that has never heard its upstream has nothing to tell, calm least of all."""

    code, status = "nothing_known", 503


class TooOften(TocsinError):
    """One address asks more often than it may."""

    code, status = "too_often", 429


class TooManyConnections(TocsinError):
    code, status = "too_many_connections", 503


# --- what was ordered -------------------------------------------------------------------------


class EndBeforeStart(TocsinError):
    code, status = "end_before_start", 409


class NothingHeld(TocsinError):
    """The source has no such hold on a zone that the order names."""

    code, status = "nothing_held", 409


class NotInside(TocsinError):
    """To narrow is to keep a part: what is kept must lie in what was held."""

    code, status = "not_inside", 409


class NotAnEscalation(TocsinError):
    code, status = "not_an_escalation", 409


class SourceUnknown(TocsinError):
    code, status = "source_unknown", 404


class ProposalClosed(TocsinError):
    """It was approved or declined already, or waited too long."""

    code, status = "proposal_closed", 409


class NotShown(TocsinError):
    """What the second person saw is not what waits."""

    code, status = "not_shown", 409


class ClockRanBack(TocsinError):
    """The server's clock stands before the log's last entry: nothing is ended until someone has looked."""

    code, status = "clock_ran_back", 503


class KeyReused(TocsinError):
    code, status = "key_reused", 409


class StaleSeq(TocsinError):
    """The log has moved on since the order was decided."""

    code, status = "stale_seq", 409


class BadFact(TocsinError):
    """It says what its document does not, or in a form in which nothing can be said."""

    code, status = "bad_fact", 422


class NotInText(TocsinError):
    """These words do not stand in the document, or the number does not stand in the words."""

    code, status = "not_in_text", 422


class TextGone(TocsinError):
    """The document's text is not kept here, so nothing can be held against it."""

    code, status = "text_gone", 409


class TakenAlready(TocsinError):
    """This very text was taken in before."""

    code, status = "taken_already", 409


class AlreadyPublished(TocsinError):
    """It is a claim by now: it can be corrected or withdrawn."""

    code, status = "already_published", 409


class NotStanding(TocsinError):
    """What is no longer current is neither corrected nor withdrawn."""

    code, status = "not_standing", 409


class ReportRefused(TocsinError):
    """What was reported of a threat cannot be so, or is not the reporter's to say."""

    code, status = "report_refused", 422


class Replayed(TocsinError):
    """This very request of a feed was received before."""

    code, status = "replayed", 409


class OrderRefused(TocsinError):
    """A running Tocsin refused what the command line sent; its own answer is in the detail."""

    code, status = "order_refused", 409


class ServerUnreachable(TocsinError):
    code, status = "server_unreachable", 503


class StreamRefused(TocsinError):
    """Whoever follows a Tocsin's stream asked for what it does not have, or at an address that is none."""

    code, status = "stream_refused", 502


# --- files and the store ----------------------------------------------------------------------


class BadFile(TocsinError):
    code, status = "bad_file", 422


class BadSignature(TocsinError):
    """A signed head was altered, or another key than the wanted one signed it."""

    code, status = "bad_signature", 422


class BadKey(TocsinError):
    """The file of the private key is not for its owner alone, is damaged, or is another realm's."""

    code, status = "bad_key", 500


class BadSetting(TocsinError):
    code, status = "bad_setting", 500


class AddressTaken(TocsinError):
    code, status = "address_taken", 500


class BadAtlas(TocsinError):
    code, status = "bad_atlas", 500


class StoreLocked(TocsinError):
    code, status = "store_locked", 503


class StoreFull(TocsinError):
    code, status = "store_full", 507


class StoreForeign(TocsinError):
    """The file is not a Tocsin log, or it is one of another realm, atlas or version."""

    code, status = "store_foreign", 500


class StoreUnsafe(TocsinError):
    """This SQLite, file system or setting can lose acknowledged events."""

    code, status = "store_unsafe", 500


class StoreCorrupt(TocsinError):
    code, status = "store_corrupt", 500


class RecordAltered(TocsinError):
    """The log is not what it was: an entry was edited, taken out, put in or exchanged."""

    code, status = "record_altered", 500


class StoreFailed(TocsinError):
    """The disk or the database refused; nothing of the order was kept."""

    code, status = "store_failed", 503


def family() -> list[type[TocsinError]]:
    """Every error there is, for the documentation and its test."""
    return [TocsinError, *TocsinError.__subclasses__()]
