"""Reports taken in, and what waits for review: for those who keep the record. Documented in docs/api.md.

What is accepted, mended or corrected is ordered like everything else, at ``/api/v1/commands``.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from itertools import islice

import msgspec
from aiohttp import web

from tocsin.access import Caller
from tocsin.app import Tocsin
from tocsin.claims import Document, Drafted
from tocsin.commands import Command
from tocsin.errors import NotFound, TocsinError, WrongRealm
from tocsin.facts import Check
from tocsin.record.archive import Draft, Taken
from tocsin.record.desk import Paper, Report
from tocsin.web.answers import answer
from tocsin.web.callers import Callers
from tocsin.web.orders import speaks_as
from tocsin.web.questions import DraftsQuery, NoQuery, ReportBody, decoded, query, read


class TakenAnswer(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    seq: int
    """The head of the log once the document was in it."""
    events: int
    document: int
    genre: str
    """As which it was read; ``other`` where no reader takes it."""
    facts: int
    """How many facts were read of it."""
    left_out: int
    """How many the reader gave that do not stand in the text."""
    checks: list[Check]


class DraftBody(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    status: str
    """``waiting``, ``rejected`` or ``published``."""
    drafted: Drafted
    claim: int | None
    """The claim that it became."""
    reason: str


class DocumentBody(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    document: Document
    taken_at: datetime
    waiting: int
    """How many of its facts nobody has decided upon."""
    checks: list[Check]


class DocumentAnswer(DocumentBody, frozen=True, kw_only=True):
    text: str | None
    """None where it is not kept any more."""
    drafts: list[DraftBody]


class DraftsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    documents: list[DocumentBody]


class RecordDesk:
    """The handlers, over one running Tocsin."""

    def __init__(self, tocsin: Tocsin) -> None:
        self._tocsin = tocsin
        self._callers = Callers(tocsin)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/api/v1/record/documents", self.take)
        app.router.add_get("/api/v1/record/documents/{id}", self.document)
        app.router.add_get("/api/v1/record/drafts", self.drafts)

    async def take(self, request: web.Request) -> web.Response:
        """Read a report and take it in."""
        caller = await self._callers.reviewer(request)
        try:
            query(request, NoQuery)
            asked = decoded(await read(request), ReportBody)
            if asked.realm not in (None, self._tocsin.store.realm):
                raise WrongRealm(f"this report is for the {asked.realm} realm", realm=self._tocsin.store.realm)
            report = msgspec.convert(asked, Report, from_attributes=True)
            paper = await asyncio.to_thread(self._tocsin.desk.read, report)
        except TocsinError as error:
            # The text is others' property: the audit trail says what became of it, and not what it said.
            await self._callers.refuse(caller, f"{request.method} {request.path}", error)
            raise
        return answer(await self._taken(caller, asked, paper))

    async def _taken(self, caller: Caller, asked: ReportBody, paper: Paper) -> TakenAnswer:
        tocsin = self._tocsin
        command = Command(
            key=asked.key,
            actor=caller.holder,
            source=asked.source or speaks_as(tocsin.service.access, caller, tocsin.service.now()),
            reason=asked.reason,
            order=paper.order,
        )
        await asyncio.to_thread(tocsin.shelf.keep, asked.text)
        try:
            receipt = await tocsin.queue.submit(command, caller)
        finally:
            if paper.order.sha256 not in tocsin.service.archive.by_sha256:
                await asyncio.to_thread(tocsin.shelf.forget, paper.order.sha256)
        return TakenAnswer(
            key=receipt.key,
            seq=receipt.seq,
            events=receipt.events,
            document=tocsin.service.archive.by_sha256[paper.order.sha256],
            genre=paper.order.genre,
            facts=len(paper.order.drafted),
            left_out=paper.left_out,
            checks=list(paper.order.checks),
        )

    async def document(self, request: web.Request) -> web.Response:
        """One document with its text and its facts."""
        await self._callers.reviewer(request)
        query(request, NoQuery)
        taken = found(self._tocsin, request.match_info["id"])
        text = await asyncio.to_thread(self._tocsin.shelf.text_of, taken.document.sha256)
        drafts = [_draft_body(number, draft) for number, draft in enumerate(taken.drafts)]
        return answer(DocumentAnswer(**msgspec.structs.asdict(_body(taken)), text=text, drafts=drafts))

    async def drafts(self, request: web.Request) -> web.Response:
        """What waits, oldest first."""
        await self._callers.reviewer(request)
        asked = query(request, DraftsQuery)
        taken = self._tocsin.service.archive.taken.values()
        meant = (one for one in taken if one.id > asked.after and (one.waiting() or not asked.waiting))
        return answer(DraftsAnswer(documents=[_body(one) for one in islice(meant, asked.limit)]))


def found(tocsin: Tocsin, named: str) -> Taken:
    """Errors: `NotFound`."""
    number = int(named) if named.isascii() and named.isdigit() and len(named) <= 16 else None
    taken = None if number is None else tocsin.service.archive.taken.get(number)
    if taken is None:
        raise NotFound(f"there is no document {named}", document=named)
    return taken


def _body(taken: Taken) -> DocumentBody:
    return DocumentBody(
        id=taken.id,
        document=taken.document,
        taken_at=taken.at,
        waiting=len(taken.waiting()),
        checks=list(taken.checks),
    )


def _draft_body(number: int, draft: Draft) -> DraftBody:
    status = "published" if draft.claim is not None else "rejected" if draft.rejected else "waiting"
    return DraftBody(number=number, status=status, drafted=draft.drafted, claim=draft.claim, reason=draft.reason)
