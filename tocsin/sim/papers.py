"""What is written in the simulated country: reports with their facts, and the shelf on which their texts lie."""

from __future__ import annotations

from random import Random

from tocsin.claims import Drafted
from tocsin.commands import TakeDocument
from tocsin.facts import CasualtyFact, ControlFact, Count, DamageFact, Harm, Outcome, TallyFact
from tocsin.record.quoting import placed
from tocsin.record.shelf import Pile, sha256_of
from tocsin.sim.land import PORT

DAYS = ("2026-02-26", "2026-02-27", "2026-02-28", "2026-03-01")
GENRES = ("wire_report", "wire_report", "air_force_bulletin")


class Library(Pile):
    """A realm's shelf; it also remembers every text that ever stood there, which nobody asks for but the checkers."""

    def __init__(self) -> None:
        super().__init__()
        self.ever: dict[str, str] = {}

    def keep(self, text: str) -> str:
        self.ever[sha256_of(text)] = text
        return super().keep(text)

    def kept(self) -> list[str]:
        return list(self._texts)


def paper(random: Random, version_of: int | None = None) -> tuple[str, TakeDocument]:
    """A report, and the order that takes it in once its text is kept."""
    publisher = f"Paper {random.randrange(1_000)}"
    genre = random.choice(GENRES)
    drafted = [fact(random) for _ in range(random.choice((1, 2, 3)))]
    text = "\n".join((publisher, *(one.fact.quote for one in drafted)))
    order = TakeDocument(
        publisher=publisher,
        genre=genre,
        language="uk" if genre.startswith("air") else "en",
        published=random.choice(DAYS),
        sha256=sha256_of(text),
        characters=len(text),
        drafted=tuple(placed(one, text) for one in drafted),
        version_of=version_of,
    )
    return text, order


def fact(random: Random) -> Drafted:
    """Something that a report may say."""
    number = random.randrange(1, 30)
    count = Count(value=number, low=number, high=number, words=str(number))
    chance = random.random()
    if chance < 0.5:
        outcome = random.choice((Outcome.LAUNCHED, Outcome.SHOT_DOWN, Outcome.LOST))
        weapon = random.choice(("shahed", "kh-101", "drone"))
        words = f"{number} {weapon} {outcome}"
        tally = TallyFact(quote=words, start=0, end=len(words), outcome=outcome, weapon=weapon, value=count)
        return Drafted(fact=tally)
    if chance < 0.7:
        words = f"{number} people were killed in the port"
        harm = CasualtyFact(quote=words, start=0, end=len(words), outcome=Harm.KILLED, value=count, place="the port")
        return Drafted(fact=harm, zone=PORT)
    if chance < 0.8:
        words = "nobody was hurt"
        return Drafted(fact=CasualtyFact(quote=words, start=0, end=len(words), outcome=Harm.NONE, value=None))
    if chance < 0.9:
        words = f"a mill burned by pier {number}"
        return Drafted(fact=DamageFact(quote=words, start=0, end=len(words), what="a mill"))
    words = "the lakes, which the others call theirs"
    return Drafted(fact=ControlFact(quote=words, start=0, end=len(words), place="the lakes", asserted_by="the others"))
