"""Every limit in one place. Each is named in docs/limits.md with what happens at it."""

BODY_BYTES = 256 * 1024
"""Largest request body; one order with as many zones as it may name fits."""

BODY_S = 10.0
"""How long a body may take to arrive, in seconds."""

ZONES_PER_ORDER = 5_000
"""Most zones one order may name; a whole country is one zone."""

TEXT_CHARS = 1_000
"""Longest free text: a cause, a reason."""

NAME_CHARS = 200
"""Longest identifier: an idempotency key, an actor, a source."""

SILENT_AFTER_MIN_S = 5
"""Shortest silence of a source, in seconds, that it may promise never to reach."""

SILENT_AFTER_MAX_S = 3_600
"""Longest such silence."""

WATCH_S = 1.0
"""Seconds between two looks at whether a source has fallen silent."""

PROPOSAL_S = 600
"""How long an order waits for a second person, in seconds; then it must be given anew."""

PROPOSALS_OPEN = 100
"""Most orders of one person that may wait for a second at once."""

TOKEN_DAYS = 400
"""Longest life of a token, in days."""

CLOCK_BACK_S = 5
"""How far the clock may step back, in seconds, before orders that end warnings are refused."""

REFUSALS_OF_STRANGERS_PER_MINUTE = 60
"""How many refusals of callers nobody knows are kept a minute, one by one; the rest are only counted."""

REFUSED_ORDER_CHARS = 2_000
"""So much of a refused order is kept in the audit trail."""

FUTURE_S = 60
"""How far ahead of the clock the moment of an order may lie, in seconds."""

EARLIEST_YEAR = 1970
"""Before it no order takes effect: such a date is a slip, and history would count every month since."""

EVENTS_PER_PAGE = 1_000
"""Most log entries, lines of the audit trail or proposals that one answer holds."""

STREAM_BACKLOG_EVENTS = 10_000
"""How far back a reconnecting subscriber may resume before it is reset with a snapshot."""

RETOLD_ORDERS = 2_000
"""How many orders back a subscriber may resume across a restart at most: each is put into words again at the start."""

MESSAGES_PER_PAGE = 1_000
"""Most messages one answer holds; about as many log entries are put into words for it."""

STREAM_CONNECTIONS = 2_000
"""Most open streams of one process; past it the answer is 503 and says when to try again."""

STREAM_UNREAD_S = 30.0
"""How long a subscriber may leave what it was sent unread before it is let go; it comes back and resumes."""

HEARTBEAT_S = 10.0
"""Seconds between two heartbeats of a stream."""

STALE_AFTER_S = 25.0
"""Seconds without a word from the server after which a page must say that it is stale."""

CLIENT_WORD_BYTES = 16 * 1024 * 1024
"""Longest single word of a stream that a client takes; a snapshot of every zone of a country fits many times."""

CLIENT_HELD_BYTES = 64 * 1024 * 1024
"""Most that a client holds back of what it missed, until the server has shown that its log is the same."""

SNAPSHOT_EVERY_EVENTS = 20_000
"""How many events may follow a snapshot before the next is taken."""

SNAPSHOTS_KEPT = 2
"""Snapshots kept in the store."""

STORE_WAIT_S = 5.0
"""How long the store waits for another process's lock before it says that it is locked."""

IMPORT_FILE_BYTES = 512 * 1024 * 1024
"""Largest file an import reads, unpacked."""

IMPORT_REPORTED_ROWS = 1_000
"""Most malformed rows of a file that are listed one by one; the rest are counted."""

LEDGER_PAGE_EVENTS = 10_000
"""Log entries read at once when the record is folded."""

REMEMBERED_ANSWERS = 2_000
"""Answers over history kept until the log grows."""

HISTORY_WINDOW_DAYS = 31
"""Longest window of recorded holds one answer covers, in days."""

HEADER_BYTES = 16 * 1024
"""Longest request line and longest header."""

SHUTDOWN_S = 0.5
"""How long a stopping server waits for open requests."""

NEWS_S = 6 * 3_600
"""What took effect longer than this before it was recorded, in seconds, is history being imported: nobody is told."""

MESSAGE_CHARS = 2_000
"""Longest message in one language, everything included but what people add themselves."""
