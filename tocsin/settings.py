"""What can be set, from the environment or the command line. Each is explained in docs/settings.md."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from tocsin.errors import BadSetting
from tocsin.limits import CONNECTIONS_PER_ADDRESS, STREAM_CONNECTIONS, WORKERS
from tocsin.model import Realm

PREFIX = "TOCSIN_"


PORTS = {Realm.LIVE: 8080, Realm.DRILL: 8090}
"""Where each realm listens if nothing else is said."""

DATABASES = {Realm.LIVE: Path("tocsin.db"), Realm.DRILL: Path("tocsin-drill.db")}
"""Where each realm's log lies if nothing else is said."""

MIRRORS = {Realm.LIVE: Path("tocsin-mirror.db"), Realm.DRILL: Path("tocsin-mirror-drill.db")}
"""Where an edge of each realm keeps what it was told if nothing else is said."""


TOKENS = ("token", "proposer_token", "alerts_in_ua_token", "ukrainealarm_token")
"""Settings that may be read from a file whose name is another setting."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    database: Path = DATABASES[Realm.LIVE]
    """The file that holds the log. Its default, and the port's, follow the realm."""
    realm: Realm = Realm.LIVE
    """``live`` or ``drill``; a log belongs to one of them for ever."""
    atlas: Annotated[str, msgspec.Meta(min_length=1)] = "ua"
    """A shipped atlas by name, or the path of a folder that is one."""
    host: str = "127.0.0.1"
    """The address to listen on."""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = PORTS[Realm.LIVE]
    """The port to listen on; 0 takes a free one."""
    tls_cert: Path | None = None
    """The file with the certificate to be shown, and what leads from it to who signed it; no TLS, if not said."""
    tls_key: Path | None = None
    """The file with that certificate's key."""
    texts: Path | None = None
    """A folder with the authority's own approved texts; those that come with Tocsin, if not said."""
    signing_key: Path | None = None
    """The file with the key that signs heads, made where there is none; beside the log, if not said."""
    head_file: Path | None = None
    """A file that is to hold the latest signed head."""
    static_dir: Path | None = None
    """A folder that is to hold a static copy of the state and the list."""
    connections: Annotated[int, msgspec.Meta(ge=0)] = STREAM_CONNECTIONS
    """The most streams that one process has open at once; 0 is as many as the system allows."""
    connections_per_address: Annotated[int, msgspec.Meta(ge=0)] = CONNECTIONS_PER_ADDRESS
    """The most connections from one address to one process; 0 is no bound."""
    webhook_networks: str = ""
    """Networks, with commas between them, that webhooks may lead to though they are not public."""
    follow: str = ""
    """The feeds to follow, each ``NAME`` or ``NAME=URL``, with spaces between them."""
    alerts_in_ua_token: str | None = None
    """The token for alerts.in.ua. Like the next three, to be set in the environment alone."""
    alerts_in_ua_token_file: Path | None = None
    """A file that holds it."""
    ukrainealarm_token: str | None = None
    """The token for ukrainealarm."""
    ukrainealarm_token_file: Path | None = None
    """A file that holds it."""
    proposer_url: Annotated[str, msgspec.Meta(min_length=1)] | None = None
    """An API like OpenAI's that may propose facts of a report; none is asked, if not said."""
    proposer_model: Annotated[str, msgspec.Meta(min_length=1)] = "default"
    """The model to ask there."""
    proposer_token: str | None = None
    """The token for it. Like the next, to be set in the environment alone."""
    proposer_token_file: Path | None = None
    """A file that holds it."""
    shelter_networks: Path | None = None
    """A folder with the networks of areas, made by ``tocsin shelters network``."""
    policy: Path | None = None
    """The file that says what follows from reports of threats; the policy that comes with Tocsin, if not said."""
    upstream: Annotated[str, msgspec.Meta(min_length=1)] | None = None
    """The Tocsin that an edge follows."""
    mirror: Path = MIRRORS[Realm.LIVE]
    """The file in which an edge keeps what it was told. Its default follows the realm."""
    workers: Annotated[int, msgspec.Meta(ge=1, le=WORKERS)] = 1
    """How many processes an edge is."""
    server: Annotated[str, msgspec.Meta(min_length=1)] | None = None
    """The Tocsin that this command line talks to; this machine's, if not said."""
    token: Annotated[str, msgspec.Meta(min_length=16)] | None = None
    """The token that this command line shows to a running Tocsin."""
    token_file: Path | None = None
    """A file that holds that token, so that it need not stand in the environment."""

    @property
    def server_url(self) -> str:
        """Where the Tocsin is that this command line talks to."""
        return (self.server or f"http{'s' if self.tls_cert else ''}://127.0.0.1:{self.port}").rstrip("/")


def from_environment(environment: Mapping[str, str], **given: object) -> Settings:
    """The environment's values, and over them those given on the command line. Errors: `BadSetting`."""
    chosen: dict[str, object] = {}
    for name in Settings.__struct_fields__:
        if value := environment.get(PREFIX + name.upper()):
            chosen[name] = value
    chosen.update({name: str(value) for name, value in given.items() if value is not None})
    for token in TOKENS:
        if token_file := chosen.get(f"{token}_file"):
            if token in chosen:
                raise BadSetting(f"the {token.replace('_', ' ')} is set twice: as itself and as a file")
            chosen[token] = _secret(Path(str(token_file)))
    if chosen.get("realm") == Realm.DRILL:
        drill = Realm.DRILL
        chosen = {"database": DATABASES[drill], "port": PORTS[drill], "mirror": MIRRORS[drill], **chosen}
    try:
        return msgspec.convert(chosen, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise BadSetting(f"a setting is wrong: {error}") from error


def _secret(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"the token cannot be read: {error}") from error


def _path(wanted: type, value: object) -> object:
    assert wanted is Path
    return Path(str(value))
