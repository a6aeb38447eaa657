"""Following a Tocsin from elsewhere: its stream, as a whole or of some zones, and what stands after it.

``from tocsin.client import follow`` is meant for programs of others and described in docs/client.md; so are the names
below. They keep their meaning. `tocsin.client.wire` is the stream itself, word by word.
"""

from tocsin.client.following import Following, Heard, follow, zones_at
from tocsin.client.known import Known, ToldEntry
from tocsin.client.wire import Lost, Word
from tocsin.texts import Message

__all__ = ["Following", "Heard", "Known", "Lost", "Message", "ToldEntry", "Word", "follow", "zones_at"]
