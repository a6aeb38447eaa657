"""What goes wrong: every kind of fault by name, how often it strikes, and the weather of one run.

No run has all kinds at once: each draws which kinds there are in it and how hard they strike, so that there are runs
in which a rare kind is the common one, and runs without any.
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from tocsin.sim.universe import Universe


class Fault(StrEnum):
    """Each kind, with what happens."""

    # processes and disks
    KILLED = "the process is killed at any moment"
    KILLED_BEFORE_COMMIT = "it is killed as it is about to commit"
    KILLED_AFTER_COMMIT = "it is killed after the commit, before anyone is told"
    DISK_FULL = "the disk is full for a while"
    DISK_FAILED = "the disk refuses for a while"
    DISK_LOCKED = "another process holds the lock for a while"
    DISK_SLOW = "a commit takes seconds"
    DISK_UNREADABLE = "the disk cannot be read for a moment"
    SNAPSHOT_REFUSED = "a snapshot cannot be kept"
    SNAPSHOT_LOST = "the newest snapshot is gone at the next start"
    SNAPSHOT_CORRUPT = "the newest snapshot's checksum does not hold at the next start"
    READER_FAILS = "a reader of the log inside the process fails"
    TEXT_LOST = "the text of a report is deleted while its drafts wait"
    # the network between givers and the service
    ORDER_LOST = "an order never arrives"
    ORDER_DOUBLED = "an order arrives twice"
    ORDER_REORDERED = "an order is overtaken by later ones"
    ORDER_LATE = "an order arrives minutes late"
    ANSWER_LOST = "an answer never arrives"
    ANSWER_LATE = "an answer arrives after its giver has tried again"
    MISROUTED = "an order for the drill is sent to the live service, or the reverse"
    # the network between the service and subscribers
    STREAM_CUT = "a stream is cut, and what was on its way is lost"
    SLOW_READER = "a subscriber leaves unread what it is sent"
    SUBSCRIBER_LEAVES = "a subscriber goes away for a while"
    RESUMED_FROM_NOWHERE = "a subscriber resumes from a seq that has not been"
    # clocks
    CLOCK_FORWARD = "the service's clock leaps ahead"
    CLOCK_BACK = "the service's clock steps back a little"
    CLOCK_FAR_BACK = "the service's clock steps back further than is borne"
    GIVER_CLOCK_SKEWED = "a giver's clock is early or late"
    OTHER_TIME_ZONE = "a giver tells moments in another time zone"
    # sources
    SOURCE_SILENT = "a source falls silent"
    SOURCE_FLAPS = "a source comes and goes"
    SOURCE_LIES = "a source warns of what is not"
    SOURCE_MEDDLES = "a service ends, or calls silent or back, what is another's"
    FEED_EMPTY = "an upstream feed is empty"
    FEED_SHORT = "an upstream feed lacks some of its alerts"
    FEED_REPEATS = "an upstream feed lists alerts twice"
    FEED_OLD = "an upstream feed shows an older state"
    FEED_UNREADABLE = "an upstream feed cannot be read"
    FOLLOWER_FORGETS = "the follower of a feed starts anew and knows nothing"
    # people
    ZONE_WRONG = "an order upon holds names a zone where there are none"
    ZONE_UNKNOWN = "an order names a zone that is not"
    AREA_LEFT = "an order reaches outside its giver's area"
    HAZARD_NOT_GRANTED = "an order is for a hazard that its giver has no say over"
    DECISION_STALE = "an order was decided upon what has changed since"
    KEY_CONTRADICTED = "a key is used again for another order"
    TEXT_TOO_LONG = "a text is over the limit"
    MOMENT_IMPOSSIBLE = "an order is to take effect tomorrow, or before 1970"
    WITHDRAWN_BY_MISTAKE = "a hold is withdrawn that should have been released"
    CEILING_IGNORED = "an order goes over its giver's ceiling"
    NAME_OF_ANOTHER = "an order is given in the name of another"
    SOURCE_OF_ANOTHER = "an order is given as a source that its giver does not speak for"
    APPROVED_BY_PROPOSER = "a person approves an order of their own"
    APPROVED_LATE = "a proposal is approved when its time is over"
    APPROVED_UNSEEN = "a proposal is approved with the digest of something else"
    APPROVED_TWICE = "a proposal is approved again"
    APPROVED_BY_SERVICE = "a service approves a proposal"
    QUOTE_INVENTED = "a draft says words that its report has not"
    SERVICE_PUBLISHES = "a service publishes what it took in"
    # authority
    TOKEN_UNKNOWN = "a token that was never issued"
    TOKEN_EXPIRED = "a token past its time"
    TOKEN_TAKEN_BACK = "a token that was taken back"
    GRANT_CHANGED = "grants are given and taken back in the midst of it"
    ADMINISTRATOR_ALONE = "somebody without the right changes who may do what"


RATES: dict[Fault, float] = {
    # at each second of a process's life
    Fault.KILLED: 0.004,
    Fault.CLOCK_FORWARD: 0.003,
    Fault.CLOCK_BACK: 0.004,
    Fault.CLOCK_FAR_BACK: 0.001,
    # at each append
    Fault.KILLED_BEFORE_COMMIT: 0.006,
    Fault.KILLED_AFTER_COMMIT: 0.006,
    Fault.DISK_FULL: 0.006,
    Fault.DISK_FAILED: 0.006,
    Fault.DISK_LOCKED: 0.006,
    Fault.DISK_SLOW: 0.03,
    Fault.DISK_UNREADABLE: 0.006,
    Fault.READER_FAILS: 0.05,
    # each time that somebody keeps the record
    Fault.TEXT_LOST: 0.04,
    # at each snapshot, and at each start
    Fault.SNAPSHOT_REFUSED: 0.2,
    Fault.SNAPSHOT_LOST: 0.2,
    Fault.SNAPSHOT_CORRUPT: 0.2,
    # at each message
    Fault.ORDER_LOST: 0.06,
    Fault.ORDER_DOUBLED: 0.06,
    Fault.ORDER_REORDERED: 0.1,
    Fault.ORDER_LATE: 0.03,
    Fault.ANSWER_LOST: 0.08,
    Fault.ANSWER_LATE: 0.05,
    Fault.MISROUTED: 0.01,
    # at each piece of a stream
    Fault.STREAM_CUT: 0.03,
    Fault.SLOW_READER: 0.05,
    Fault.SUBSCRIBER_LEAVES: 0.02,
    # at each new subscription
    Fault.RESUMED_FROM_NOWHERE: 0.1,
    # at each sign of life, each poll of a feed
    Fault.SOURCE_SILENT: 0.06,
    Fault.SOURCE_FLAPS: 0.05,
    Fault.FEED_EMPTY: 0.06,
    Fault.FEED_SHORT: 0.1,
    Fault.FEED_REPEATS: 0.1,
    Fault.FEED_OLD: 0.1,
    Fault.FEED_UNREADABLE: 0.05,
    Fault.FOLLOWER_FORGETS: 0.03,
    # at each moment that an order tells
    Fault.GIVER_CLOCK_SKEWED: 0.3,
    Fault.OTHER_TIME_ZONE: 0.3,
    # at each proposal
    Fault.APPROVED_BY_PROPOSER: 0.15,
    Fault.APPROVED_LATE: 0.25,
    Fault.APPROVED_UNSEEN: 0.15,
    Fault.APPROVED_TWICE: 0.15,
    Fault.APPROVED_BY_SERVICE: 0.15,
}
"""How likely each is where it can strike, in an average run. The others are what people choose to do wrong."""

BLUNDERS: tuple[Fault, ...] = tuple(fault for fault in Fault if fault not in RATES)
"""What a giver does wrong of its own accord, instead of what it should do."""

_WEATHERS = (
    ((0.0, (0.0,)), 1),
    ((0.2, (0.3, 1.0, 3.0)), 4),
    ((0.5, (0.3, 1.0, 3.0)), 6),
    ((0.8, (0.3, 1.0, 3.0)), 5),
    ((1.0, (1.0, 3.0)), 4),
)
"""Which share of the kinds there is in a run and how much harder or less hard than on average they strike; with how
often a run is so."""

_KINDS, _OFTEN = [kind for kind, _ in _WEATHERS], [often for _, often in _WEATHERS]


class Weather:
    """Which faults there are in one run, how hard they strike, and how often they did."""

    def __init__(self, universe: Universe) -> None:
        self._universe = universe
        self._random = random = universe.random
        self.struck: Counter[Fault] = Counter()
        self.healed = False
        share, forces = random.choices(_KINDS, _OFTEN)[0]
        present = [fault for fault in Fault if random.random() < share]
        force = random.choice(forces)
        self._rates = {fault: min(0.5, RATES[fault] * force) for fault in present if fault in RATES}
        self.blunders = tuple(fault for fault in present if fault in BLUNDERS)
        self.blunder_share = random.choice((0.05, 0.2, 0.5)) if self.blunders else 0.0

    def strikes(self, fault: Fault) -> bool:
        """Whether it strikes here and now."""
        rate = self._rates.get(fault)
        if rate is None or self.healed or self._random.random() >= rate:
            return False
        self.note(fault)
        return True

    def has(self, fault: Fault) -> bool:
        """Whether there is such a thing in this run at all."""
        return not self.healed and (fault in self._rates or fault in self.blunders)

    def temptations(self) -> list[Fault]:
        """What somebody is about to do wrong, if anything: the first of these for which there is an occasion."""
        if self.healed or not self.blunders or self._random.random() >= self.blunder_share:
            return []
        return self._random.choices(self.blunders, k=4)

    def note(self, fault: Fault) -> None:
        """It has happened."""
        self.struck[fault] += 1
        self._universe.tell(f"! {fault.name}: {fault}")
