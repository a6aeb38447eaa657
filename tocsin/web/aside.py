"""The static copy: the state and the plain list as files, made by a process of its own that follows the log.

`python -m tocsin.web.aside WANTED` is that process: rung through its standard input, it reads what the log has added
and writes what follows from it. It never writes to the log, and ends when the bell is taken down.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from contextlib import closing
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

import msgspec

from tocsin import limits
from tocsin.app import open_atlas, open_questions, open_store
from tocsin.aside.bell import follow
from tocsin.aside.folder import STATE, Folder
from tocsin.atlas import Atlas
from tocsin.channels.stream import Clockface
from tocsin.clock import Clock, SystemClock
from tocsin.engine import State
from tocsin.errors import TocsinError
from tocsin.model import Realm
from tocsin.settings import Settings
from tocsin.standing import folded, restored
from tocsin.store import Store
from tocsin.told import encoded, state_body
from tocsin.web.markup import Html, sheet
from tocsin.web.notices import Moment
from tocsin.web.pages import TOKENS, by_night
from tocsin.web.plain import UKRAINE, copy_name, list_page
from tocsin.web.texts import LANGUAGES, words
from tocsin.web.withdrawn import TOLD, Withdrawal, withdrawals

log = logging.getLogger("tocsin.aside")

LIST = "list.html"
PACE_DOWN = 5
"""How much the writer gives way to whoever takes orders on the same machine (see nice(2))."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What the process is told on its command line, where anybody on the machine can read it."""

    database: Path
    realm: Realm
    atlas: str
    folder: Path


def command(settings: Settings, folder: Path) -> list[str]:
    """How the process is started that writes the copy of this log."""
    wanted = {"database": settings.database, "realm": settings.realm, "atlas": settings.atlas, "folder": folder}
    return [sys.executable, "-m", __name__, msgspec.json.encode(wanted, enc_hook=str).decode()]


class Copy:
    """The copy of one log, made anew whenever it is asked for."""

    def __init__(self, store: Store, atlas: Atlas, clock: Clock, folder: Folder) -> None:
        self._store = store
        self._atlas = atlas
        self._clock = clock
        self._folder = folder
        self._standing = restored(store, atlas.hierarchy)
        self._questions = open_questions(store, atlas)
        self._zones = {zone.id: zone for zone in atlas.zones}
        self._sheet = _sheet()
        self._failing = False

    def write(self) -> None:
        """What stands now, into the folder. What fails is logged once, and once more when it works again."""
        try:
            self._write()
        except (OSError, TocsinError) as error:
            if not self._failing:
                log.error("the static copy cannot be written: %s", error)
            self._failing = True
            return
        if self._failing:
            log.warning("the static copy is written again")
        self._failing = False

    def _write(self) -> None:
        now = self._clock.now()
        self._standing = folded(self._store, self._standing)
        state = self._standing.state
        body = encoded(state_body(state, self._store.realm)).body
        # The state goes first: the pages may take a while where the record has to be read from its beginning.
        self._folder.put({STATE: dated(body, now)}, now)
        pages = self._pages(state, now)
        first = "uk" if UKRAINE in self._zones else "en"
        self._folder.put({LIST: pages[first], **{copy_name(lang): page for lang, page in pages.items()}}, now)

    def _pages(self, state: State, now: datetime) -> dict[str, bytes]:
        taken_back = self._taken_back(state, now)
        atlas = self._atlas
        return {
            lang: list_page(
                Moment(
                    words=words(lang, self._store.realm),
                    realm=self._store.realm,
                    zones=self._zones,
                    state=state,
                    clock=Clockface(now=now, rate=self._clock.rate, replay=None),
                    withdrawn=taken_back,
                    top_level=atlas.levels[1] if len(atlas.levels) > 1 else atlas.levels[0],
                    attribution=atlas.attribution,
                    copied=self._sheet,
                ),
                # No map: it would be most of the page, and what is pale on a map looks calm however old it is.
                None,
            ).encode()
            for lang in LANGUAGES
        }

    def _taken_back(self, state: State, now: datetime) -> list[Withdrawal]:
        minute = now.replace(second=0, microsecond=0)
        return withdrawals(self._questions.holds(minute - TOLD, minute + timedelta(minutes=1)), state, now)


def dated(body: bytes, now: datetime) -> bytes:
    """The body of GET /api/v1/state with the moment at which it was written."""
    return body[:-1] + b',"written_at":' + msgspec.json.encode(now) + b"}\n"


def _sheet() -> Html:
    css = files("tocsin.web").joinpath("static", "css")
    tokens = [css.joinpath(name.removeprefix("css/")).read_bytes() for name in TOKENS]
    parts = [*tokens, *map(by_night, tokens), css.joinpath("plain.css").read_bytes()]
    return sheet(b"".join(parts).decode())


def main(wanted: Wanted) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # whoever rings ends us, after the last copy
    os.nice(PACE_DOWN)
    settings = Settings(database=wanted.database, realm=wanted.realm, atlas=wanted.atlas)
    atlas = open_atlas(settings.atlas)
    with (
        closing(open_store(settings, atlas, read_only=True)) as store,
        closing(Folder(wanted.folder, wanted.realm)) as folder,
    ):
        copy = Copy(store, atlas, SystemClock(), folder)
        follow(sys.stdin.fileno(), copy.write, limits.ASIDE_EVERY_S)


if __name__ == "__main__":
    try:
        main(msgspec.json.decode(sys.argv[1], type=Wanted, dec_hook=lambda wanted, value: Path(str(value))))
    except TocsinError as error:
        sys.exit(f"tocsin: the static copy is not written: {error.message} [{error.code}]")
