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

REFUSALS_OF_ONE_PER_MINUTE = 600
"""How many refusals of one known caller are kept a minute, one by one; the rest are only counted."""

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

STREAM_ZONES = 100
"""Most zones that one stream may be narrowed to."""

FILTER_CHARS = 4_096
"""Longest list of such zones, in characters."""

STREAM_CONNECTIONS = 50_000
"""Most open streams of one process; fewer where the system lets it open fewer files."""

CONNECTIONS_SPARE = 1_000
"""Connections beyond these that are kept for everything else: orders are taken when no more streams are."""

CONNECTIONS_PER_ADDRESS = 5_000
"""Most connections from one address: whole districts can stand behind one."""

FILES_SPARE = 100
"""Open files that are kept for other things than connections."""

HEAD_S = 10.0
"""How long the head of a request may take to arrive, a handshake of TLS included, in seconds."""

IDLE_S = 75.0
"""How long a connection may stay open without a request, in seconds."""

STREAM_UNREAD_S = 30.0
"""How long a subscriber may leave what it was sent unread before it is let go; it comes back and resumes."""

SEND_BUFFER_BYTES = 64 * 1024
"""What the kernel is asked to keep for one connection; it doubles that for its own needs."""

SENDS_PER_TURN = 1024
"""Subscribers written to before orders and newcomers have their turn."""

SWITCH_S = 0.0001
"""How long a computation in a thread may keep the interpreter from whoever writes to subscribers, in seconds."""

HANDSHAKES_PER_TURN = 16
"""Handshakes of TLS taken a step further before everything else has its turn."""

CERTIFICATE_LOOK_S = 60.0
"""Seconds between two looks at whether the certificate was renewed."""

MADE_S = 0.1
"""How long a snapshot or a heartbeat, once put into bytes, is good for newcomers, in seconds."""

STARTS_KEPT = 512
"""Most snapshots kept in bytes, one for each filter and form."""

PIECES_BYTES = 64 * 1024 * 1024
"""Bytes of the stream that are kept for subscribers who come back, until the next event; and of snapshots."""

HEADS_KEPT = 4_096
"""Request heads whose reading is remembered: clients of one kind send the same bytes."""

WEBSOCKET_BYTES = 4_096
"""Longest message that a WebSocket client may send; nothing is read from it."""

SAID_BYTES = 8 * 1024
"""Most that a subscriber may say between two heartbeats; nothing but pings is expected of it."""

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

REPORT_BYTES = 256 * 1024
"""Largest report that is read: a hundred pages."""

PROPOSER_S = 60.0
"""How long a proposer of facts may take to answer, in seconds."""

PROPOSER_BYTES = 256 * 1024
"""Longest answer of a proposer that is taken."""

PROPOSALS = 200
"""Most proposals of one answer that are looked at."""

SENTENCE_WORDS = 300
"""Longest sentence of a report that is read, quotations included."""

IMPORT_REPORTED_ROWS = 1_000
"""Most malformed rows of a file that are listed one by one; the rest are counted."""

TALLY_MOST = 100_000
"""Largest number of weapons that one claim of a file may give; a larger one is a slip."""

ATTACKS_PER_PAGE = 50
"""Attacks on one page of the record."""

FEED_ATTACKS = 30
"""Most attacks in the feed, the latest."""

RECORD_ANSWERS = 200
"""Pages and files of the record that are kept in bytes until the record grows or a minute has passed."""

STATISTIC_ROWS = 20_000
"""Most rows of one statistic."""

STATISTIC_LIST = 50
"""Most zones or weapons that one parameter of a statistic may name."""

STATISTIC_MEMORY_MB = 512
"""Most memory for the tables and queries of the statistics."""

LEDGER_PAGE_EVENTS = 10_000
"""Log entries read at once when the record is folded."""

REMEMBERED_ANSWERS = 2_000
"""Answers over history kept until the log grows."""

HISTORY_WINDOW_DAYS = 31
"""Longest window of recorded holds one answer covers, in days."""

HEADER_BYTES = 16 * 1024
"""Longest request line and longest header."""

HEADERS = 100
"""Most headers of a request."""

SHUTDOWN_S = 0.5
"""How long a stopping server waits for open requests."""

NEWS_S = 6 * 3_600
"""What took effect longer than this before it was recorded, in seconds, is history being imported: nobody is told."""

MESSAGE_CHARS = 2_000
"""Longest message in one language, everything included but what people add themselves."""

ASIDE_EVERY_S = 0.5
"""Shortest time between two static copies, in seconds; what happens meanwhile is in the next."""

ASIDE_BEAT_S = 15.0
"""Longest time between two static copies, in seconds, while Tocsin lives."""

EDGE_SILENCE_S = 15.0
"""Seconds without the certainty that nothing is missing, after which an edge says that it is cut off."""

EDGE_RECHECK_S = 300.0
"""Seconds between two attempts of an edge to fetch all anew from an upstream that it does not agree with."""

EDGE_HEAD_EVERY_S = 2.0
"""Seconds between two questions of an edge for its upstream's signed head."""

EDGE_THREATS_EVERY_S = 5.0
"""Seconds between two questions of an edge for what everybody is told of threats, where nothing happens meanwhile."""

EDGE_THREATS_OLD_S = 60.0
"""For how long an edge tells it on, in seconds, without its upstream's word that it is so still."""

EDGE_FIRST_S = 5.0
"""How long an edge that knows something waits at its start for its upstream, before it answers."""

EDGE_WORDS_WAITING = 20_000
"""Words of its upstream that an edge has heard and not told on, or not written to its mirror."""

UPSTREAM_BYTES = 64 * 1024 * 1024
"""Longest answer that an edge takes from its upstream."""

WORKERS = 64
"""Most processes of one edge."""

DIALECT_RATE_FACTOR = 10
"""How many times as often as the originals allow it the dialects of other systems may be asked; 0 is no bound."""

WEBHOOKS = 1_000
"""Most webhooks of one Tocsin."""

WEBHOOKS_PER_TOKEN = 10
"""Most webhooks registered with one key."""

WEBHOOK_URL_CHARS = 2_000
"""Longest URL of a webhook."""

WEBHOOK_RESOLVE_S = 5.0
"""How long a webhook's name may take to be resolved, in seconds."""

WEBHOOK_S = 10.0
"""How long one delivery may take, in seconds."""

WEBHOOK_AT_ONCE = 8
"""Deliveries to one webhook side by side, each about another region and all from one order."""

WEBHOOK_RETRY_S = 1.0
"""Seconds before a failed delivery is tried again; twice as many after each further failure."""

WEBHOOK_RETRY_MOST_S = 60.0
"""Longest time between two attempts, in seconds."""

WEBHOOK_BACKLOG = 10_000
"""Notices that may wait for one webhook."""

WEBHOOK_GIVE_UP_S = 259_200.0
"""How long a webhook may take nothing before it is forgotten, in seconds."""

FEED_BYTES = 16 * 1024 * 1024
"""Longest answer that is taken from a feed."""

FEED_ANSWER_S = 10.0
"""How long a feed may take to answer, in seconds."""

FEED_SILENT_ALERTS_IN_UA_S = 60
"""Seconds without a good reading after which alerts.in.ua counts as silent."""

FEED_SILENT_UKRAINEALARM_S = 180
"""The same for ukrainealarm, which may be asked three times a minute."""

FEED_SILENT_OREF_S = 30
"""The same for the Home Front Command."""

FEED_SILENT_TOCSIN_S = 30
"""The same for another Tocsin, which says something every ten seconds."""

FEED_AGAIN_S = 30.0
"""How long after a failure of the program itself a feed is followed anew, in seconds."""

MESSAGES_BYTES = 64 * 1024 * 1024
"""Longest file of messages about threats that is read at once."""

REPORTS_PER_ORDER = 500
"""Most reports of threats that one order brings."""

REPORTS_PER_MINUTE = 3_000
"""Reports of threats that one source may send in a minute."""

REPORT_OLD_S = 3_600
"""How long ago something may have been said, in seconds, to be news: what is older has been sent again."""

REPORTS_KEPT_S = 43_200
"""How long reports of threats are held beside what stands, in seconds; the log keeps them for good."""

REPORTS_KEPT = 50_000
"""Most reports of threats that are held so; the oldest fall out."""

REPORT_OUTSIDE_KM = 400
"""How far outside the country something may be that flies toward it, in kilometres."""

LAUNCH_OUTSIDE_KM = 3_000
"""How far outside the country something may be launched, or take off, in kilometres."""

REFUSED_REPORTS_KEPT = 20
"""Refused reports of one request that are kept in the audit trail one by one."""

LOOKOUT_S = 5.0
"""Seconds between two looks of the lookout, where nothing is reported meanwhile."""

LOOKOUT_AGAIN_S = 1_800
"""For how long what was declined is not proposed again, and what people ended not placed again, in seconds."""

LOOKOUT_TAIL_EVENTS = 20_000
"""How far back the lookout looks at its start for what people ended of what it had placed."""

REPORTS_SHOWN = 500
"""Most reports that officers are shown beside the threats that rest on them, the newest."""

FEED_WINDOW_S = 60
"""How far the moment that a feed signs may lie from the server's clock, in seconds, on either side."""

FEED_NONCES = 5_000
"""Most requests of one feed within twice that window; each is taken once."""

THREAT_TEXT_CHARS = 16_384
"""Longest message about threats that is read: no message of a messenger is longer."""

SPOTS_PER_REPORT = 50
"""Most places that one report of a threat may name."""

SPOT_ZONES = 120
"""Most zones of which one such place may be any: there are 119 villages of the commonest name."""

SPOT_RADIUS_M = 1_000_000
"""Largest uncertainty of such a place, in metres."""

SPEED_M_S = 4_000
"""Fastest that anything is reported to fly, in metres a second."""

THREATS_PER_REPORT = 1_000
"""Most things in the air that one report may speak of."""

LAMP_CONNECTIONS = 5_000
"""Most WebSockets of map lamps at once."""

LAMPS_GATHER_S = 0.05
"""How long what changes is gathered before all lamps are looked at, in seconds: subscribers are told meanwhile."""

LAMP_PING_S = 20.0
"""Seconds between two pings to a lamp; one that has not answered half of that later is let go."""

LAMP_MESSAGE_BYTES = 64 * 1024
"""Longest message that a lamp may send; nothing is read from it."""

BULLETIN_CHARS = 20_000
"""Longest text that is taken for a bulletin of an air force or a ministry; theirs have a tenth of that."""

INFOGRAPHIC_CHARS = 3_000
"""Longest text that is taken for the words on an infographic."""

SHELTERS = 200_000
"""Most shelters of one register."""

SHELTERS_PER_ORDER = 500
"""Most shelters that one order may bring, close or open."""

SHELTER_ENTRANCES = 50
"""Most entrances of one shelter."""

SHELTER_FILE_BYTES = 256 * 1024 * 1024
"""Longest file of shelters."""

SHELTER_TO_STREET_M = 300
"""How far a shelter's door may lie from the nearest way, in metres."""

PERSON_TO_STREET_M = 500
"""How far a person may be from the nearest way, in metres."""

NEAREST_PER_MINUTE = 60
"""How often one address may ask for the nearest shelters, in a minute."""

NETWORK_POINTS = 2_000_000
"""Most points of the streets of one area."""

RESIDENTS_ROWS = 2_000_000
"""Most buildings of one plan."""

RESIDENTS_PER_BUILDING = 20_000
"""Most residents of one building."""

AREAS_OF_A_CITY = 5_000
"""Most areas in a file of parts of a city."""

PLAN_MINUTES = 30
"""Longest way to a shelter for which a plan is made."""

PLAN_NEW_PLACES = 50
"""Most new shelters for which a plan finds a place."""

PLAN_PAIRS = 64 * 1024 * 1024
"""Most pairs of a building and a shelter in its reach; a plan needs some 40 bytes for each."""

BUNDLE_UNPACKED_BYTES = 256 * 1024 * 1024
"""Most bytes to which a network file or a bundle may unpack."""

REPORT_CHARS = 60_000
"""Longest text of a report that the record takes in."""

FACTS_PER_DOCUMENT = 300
"""Most facts of one document."""

CLAIMS_PER_ORDER = 300
"""Most claims that one order accepts or moves."""

FACT_CHARS = 300
"""Longest text of a fact beside its quote: a speaker, a place, a thing; 25 words at most as well."""

COUNT_MOST = 100_000_000
"""Largest number that a claim may hold."""

SESSIONS = 1_000
"""Most people signed in to the review page at once; the one who came first is signed out."""

SESSION_S = 12 * 3_600
"""How long one stays signed in to it, in seconds."""

REVIEWED_SHOWN = 20
"""How many documents that are decided the review page lists."""

PICTURE_REPORTS = 20_000
"""Most reports of threats that the picture folds anew; the older half is then taken as read."""

TRACK_REPORTS = 300
"""Most reports that the picture names for one threat; the first of them go."""

ENDS_KEPT = 500
"""Most declared ends that the picture keeps."""

FORGOTTEN_AFTER_S = 24 * 3_600
"""When the picture is shortened, what ended or was last heard of so many seconds before is forgotten."""

POLICY_RULES = 200
"""Most rules of one policy."""

POLICY_BYTES = 256 * 1024
"""Longest policy file."""
