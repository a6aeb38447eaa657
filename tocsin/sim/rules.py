"""What must hold after every step, by name; and what is thrown when it does not."""

from __future__ import annotations

from enum import StrEnum


class Rule(StrEnum):
    GAPLESS = "seqs have no gap, and the sequence of commits is the sequence of seqs"
    WHOLE = "a batch is kept whole or not at all"
    CHAINED = "each entry's hash follows from the one before"
    FOR_EVER = "what is in the log stays in it as it is"
    ACKNOWLEDGED = "what was acknowledged is in the log, as it was acknowledged"
    ONCE = "a key has one effect, and a repeat gets the first receipt"
    FOLDED = "what stands is the fold of the log"
    SAID = "what is said of a zone follows from the holds"
    LEAVES = "each ending says what it leaves the zone under"
    FALLS = "a status falls by an ending alone"
    PLACED_FIRST = "what goes on is placed before anything ends"
    GRANTED = "every event rests on a grant that was there, was good and covered it"
    SPOKEN = "a hold is ended by its own source or a person who may"
    TWO_PEOPLE = "what tells a whole country something, and any change of authority, had two different people"
    CEILING = "no source warns more than its grant allows"
    REALM = "nothing crosses from one realm to the other"
    DECIDED = "nothing is done that was decided upon what has changed since"
    CLOCK = "time in the log goes on, and a clock that ran back ends nothing and allows nothing"
    SILENCE_FOUND = "a source that is silent for longer than it promised is found, with the next look"
    SILENCE_TRUE = "no source is called silent before its time is over"
    ABSENCE = "what is missing clears nothing"
    AUDITED = "every refusal that was answered is in the audit trail"
    WARNED = "a warning that may be given is given"
    ENDED = "an ending that may be given is given"
    HEARD = "a subscriber that resumes misses nothing"
    SAME = "what a subscriber has folded is what stood at that seq"
    PROMPT = "a subscriber that reads hears what is new within two seconds"
    ALIVE = "a subscriber that reads is told in time that nothing is new"
    ALL_CLEAR = "an all-clear is told only where nothing is held any more that covers the zone or may mean it"
    WORDS = "every warning and every ending is told in words, in every language, before its entry"
    DURABLE = "nothing is told that is not in the log"
    REVIEWED = "no claim is public, corrected or withdrawn but as somebody with the right ordered it, word for word"
    KEPT = "what was accepted is in the record and stays there; what corrects it or takes it back marks it"
    QUOTED = "the words of every claim stand in its document, and no claim of territory is on a map"
    UNTOLD = "what nobody accepted is told to nobody, and whoever is told what is public has the same record"
    ANSWERED = "in the end every order of an honest giver is answered"
    CONVERGED = "in the end every subscriber is at the head"
    SOUND = "nothing fails but by the errors there are"


class Violation(BaseException):
    """A rule was broken. It is no `Exception`, for the service must not take it for a failed order and go on."""

    def __init__(self, rule: Rule, detail: str) -> None:
        super().__init__(f"{rule.name}: {rule}: {detail}")
        self.rule = rule
        self.detail = detail


def require(holds: object, rule: Rule, detail: str) -> None:
    """Errors: `Violation`. Where the detail costs something to tell, check first and raise by hand."""
    if not holds:
        raise Violation(rule, detail)
