"""What a walk and signed heads prove of a log: that it is what it was, or from where on it is not. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.errors import RecordAltered, StoreCorrupt
from tocsin.store.chain import stamp
from tocsin.store.heads import SignedHead
from tocsin.store.walk import ChainReport


def require_whole(report: ChainReport) -> None:
    """Errors: `StoreCorrupt` where the chain breaks, with the first bad entry as ``detail["seq"]``."""
    if report.broken is not None:
        raise StoreCorrupt(
            f"the record breaks at entry {report.broken.seq}: {report.broken.why}", seq=report.broken.seq
        )


def require_as_signed(report: ChainReport, heads: Sequence[SignedHead], log: str, copy_of: str | None) -> None:
    """That the chain is whole and every head's hash is in it. ``report`` is of a walk with the heads' seqs; ``log``
    and ``copy_of`` are the identity of the log and of the one that it is a backup of.

    Whether the heads are genuine is not asked here. Errors: `StoreCorrupt` as above; `RecordAltered` with
    ``detail["at_or_before"]``, the entry up to which something was changed, and ``detail["after"]``, up to which
    nothing was; or with ``detail["seq"]``, the first entry that is missing.
    """
    agreeing = [head for head in heads if _agrees(report, head)]
    others = sorted((head for head in heads if not _agrees(report, head)), key=lambda head: head.seq)
    if others and others[0].seq <= report.link.seq:
        raise _rewritten(others[0], agreeing, log, copy_of)
    require_whole(report)
    if others:
        raise _cut(others[0], report.link.seq, log, copy_of)


def _agrees(report: ChainReport, head: SignedHead) -> bool:
    hash = report.hashes.get(head.seq)
    return hash is not None and hash.hex() == head.hash


def _rewritten(head: SignedHead, agreeing: Sequence[SignedHead], log: str, copy_of: str | None) -> RecordAltered:
    signed = f"the head signed for entry {head.seq} at {stamp(head.at)}"
    after = max((other.seq for other in agreeing if other.seq <= head.seq), default=0)
    if any(other.seq >= head.seq and other.log == head.log for other in agreeing):
        said = f"{signed} contradicts another one, which agrees: whoever held the key vouched for two histories"
    elif head.log == log:
        said = f"the log was rewritten somewhere at or before entry {head.seq}: {signed} has another hash"
    elif head.log == copy_of:
        said = (
            f"{signed} has another hash: this log is a copy of the one it was signed for, and either was taken before "
            f"that entry and has gone on by itself, or was rewritten somewhere at or before entry {head.seq}"
        )
    else:
        said = f"{signed} is of another log, {head.log}, and this one, {log}, is not the same up to there"
    if after:
        said += f"; up to entry {after} another head agrees"
    return RecordAltered(said, at_or_before=head.seq, after=after, log=head.log)


def _cut(head: SignedHead, end: int, log: str, copy_of: str | None) -> RecordAltered:
    signed = f"a head was signed for entry {head.seq} at {stamp(head.at)}"
    if head.log == log:
        said = f"the log was cut: it ends at entry {end}, but {signed}"
    elif head.log == copy_of:
        said = (
            f"this copy ends at entry {end}, but {signed} in the log it was taken from: of what came after the copy "
            "nothing can be said; compare it with a head that is no newer"
        )
    else:
        said = f"{signed} in another log, {head.log}, but this one, {log}, ends at entry {end}"
    return RecordAltered(said, seq=end + 1, log=head.log)
