"""The review page without a script: signing in, what a form may do, and what another site may not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.record.texts import BULLETIN
from tests.web.people import ALICE, Person
from tests.web.running import Answer, Running, running
from tocsin.atlas import Atlas
from tocsin.facts import Count, StatisticFact
from tocsin.model import Realm, Verb
from tocsin.store.memory import MemoryStore
from tocsin.web.review_fields import review_words
from tocsin.web.review_page import headline

OFFICER = Person(name="officer", verbs=(Verb.RAISE,))
HOME = "/record/review"
EVIL = BULLETIN + '\n<script>alert(1)</script> "quoted" & <b>bold</b>'


class Reviewer:
    """A browser without scripts: it keeps one cookie and sends the forms that it was shown."""

    def __init__(self, server: Running) -> None:
        self.server = server
        self.cookie = ""
        self.headers: dict[str, str] = {}

    def get(self, path: str = HOME) -> str:
        found = self.server.ask(path, headers=self._sent())
        assert found.status == 200, found.body
        return _text(found)

    def post(self, path: str, **fields: Any) -> Answer:
        data = urlencode(fields, doseq=True).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", **self._sent()}
        found = self.server.ask(path, "POST", body=data, headers=headers)
        if set_cookie := found.headers["Set-Cookie"]:
            self.cookie = set_cookie.split(";")[0]
        return found

    def enter(self, token: str) -> Answer:
        return self.post(f"{HOME}/enter", token=token)

    def word(self, page: str) -> dict[str, str]:
        return {name: unescape(re.findall(f'name="{name}" value="([^"]*)"', page)[-1]) for name in ("word", "key")}

    def send(self, document: int, **fields: Any) -> Answer:
        path = f"{HOME}/{document}"
        return self.post(path, **(self.word(self.get(path)) | fields))

    def _sent(self) -> dict[str, str]:
        return {"Cookie": self.cookie, "Accept-Language": "en", **self.headers}


def _text(found: Answer) -> str:
    assert found.headers["Content-Type"].startswith("text/html")
    return found.body.decode()


@pytest.fixture
def server(ukraine: Atlas) -> Iterator[Running]:
    with running(MemoryStore(Realm.LIVE), ukraine, more=(OFFICER,)) as found:
        yield found


@pytest.fixture
def document(server: Running) -> int:
    body = {"key": "one", "text": EVIL, "publisher": "Повітряні <Сили>", "published": "2026-02-28"}
    answer = server.ask("/api/v1/record/documents", "POST", body=body, token=ALICE.token)
    assert answer.status == 200, answer.body
    return int(answer.json["document"])


@pytest.fixture
def reviewer(server: Running) -> Reviewer:
    found = Reviewer(server)
    assert found.enter(ALICE.token).status == 303
    return found


def claims(server: Running) -> int:
    return len(server.tocsin.service.archive.published.claims)


def test_whoever_is_not_signed_in_is_asked_to_and_sees_nothing(server: Running, document: int) -> None:
    stranger = Reviewer(server)
    for path in (HOME, f"{HOME}/{document}"):
        page = stranger.get(path)
        assert 'name="token"' in page
        assert "Shahed" not in page
    assert stranger.post(f"{HOME}/{document}", action="accept_all", word="x", key="y").status == 401
    assert claims(server) == 0


def test_the_cookie_is_for_no_script_no_other_site_and_no_other_page(server: Running) -> None:
    told = Reviewer(server).enter(ALICE.token).headers["Set-Cookie"]
    assert "HttpOnly" in told
    assert "SameSite=Strict" in told
    assert "Path=/record" in told
    assert ALICE.token not in told


def test_a_token_without_the_right_opens_nothing(server: Running) -> None:
    for token, status in (("tocsin_live_nobody", 401), ("", 401), (OFFICER.token, 403)):
        found = Reviewer(server).enter(token)
        assert found.status == status
        assert "Set-Cookie" not in found.headers
        assert "That did not work" in _text(found)


def test_no_token_stands_in_any_page_or_address(reviewer: Reviewer, document: int) -> None:
    for path in (HOME, f"{HOME}/{document}"):
        assert ALICE.token not in reviewer.get(path)
    assert ALICE.token not in reviewer.enter(ALICE.token).headers["Location"]


def test_a_report_is_shown_as_text_with_its_spans_marked(reviewer: Reviewer, document: int) -> None:
    page = reviewer.get(f"{HOME}/{document}")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &quot;quoted&quot; &amp; &lt;b&gt;" in page
    assert "Повітряні &lt;Сили&gt;" in page
    assert "<mark>атакував 90 ударними БпЛА типу Shahed</mark>" in page
    shown = re.sub(r"<a [^>]*class=\"ref\"[^>]*>\d+</a>", "", page.split('class="report"')[1].split("</div>")[0])
    assert unescape(re.sub(r"<[^>]+>", "", shown.split(">", 1)[1])) == EVIL


def test_the_page_allows_no_script_and_is_not_kept(server: Running, document: int) -> None:
    headers = server.ask(f"{HOME}/{document}").headers
    assert headers["Cache-Control"] == "no-store"
    assert "form-action 'self'" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_chosen_facts_are_accepted_and_others_wait(reviewer: Reviewer, document: int, server: Running) -> None:
    found = reviewer.send(document, action="accept", number=[0, 2], reason="as published")
    assert (found.status, found.headers["Location"]) == (303, f"{HOME}/{document}?lang=en&done=accept")
    assert [claim.number for claim in server.tocsin.service.archive.published.current()] == [0, 2]
    page = reviewer.get(f"{HOME}/{document}?done=accept")
    assert "Accepted." in page
    assert "published as" in page


def test_sent_twice_a_form_has_one_effect(reviewer: Reviewer, document: int, server: Running) -> None:
    form = reviewer.word(reviewer.get(f"{HOME}/{document}"))
    answers = [reviewer.post(f"{HOME}/{document}", **form, action="accept", number=0) for _ in range(2)]
    assert [found.status for found in answers] == [303, 303]
    assert claims(server) == 1


def test_nothing_chosen_accepts_nothing(reviewer: Reviewer, document: int, server: Running) -> None:
    found = reviewer.send(document, action="accept")
    assert found.status == 400
    assert "Choose at least one fact" in _text(found)
    assert claims(server) == 0
    assert reviewer.send(document, action="accept_all").status == 303
    assert claims(server) > 3


def test_a_fact_is_rejected_mended_and_added(reviewer: Reviewer, document: int, server: Running) -> None:
    assert reviewer.send(document, action="reject", number=1).status == 303
    mended = {"quote": "атакував 90 ударними БпЛА", "speaker": "the air force", "outcome": "launched"}
    mended |= {"as_of": "", "happened": "2026-02-20"}
    mended |= {"weapon": "drone", "words": "90", "value": "90", "low": "90", "high": "", "zone": "UA-30", "place": ""}
    assert reviewer.send(document, action="mend", mended=0, **mended).status == 303
    added = {"kind": "damage", "quote": "падіння уламків", "what": "houses", "outcome": "hit", "zone": ""}
    assert reviewer.send(document, action="add", **added).status == 303
    taken = server.tocsin.service.archive.taken[document]
    assert taken.drafts[1].rejected
    fact = taken.drafts[0].drafted.fact
    assert fact.happened == "2026-02-20"
    assert (fact.quote, fact.speaker, taken.drafts[0].drafted.zone) == (
        "атакував 90 ударними БпЛА",
        "the air force",
        "UA80000000000093317",
    )
    assert taken.drafts[-1].drafted.fact.__class__.__name__ == "DamageFact"
    assert claims(server) == 0


REFUSED: list[tuple[dict[str, str], int]] = [
    ({"action": "mend", "mended": "0", "quote": "900 drones", "outcome": "launched", "weapon": "drone"}, 422),
    ({"action": "mend", "mended": "0", "quote": "", "outcome": "launched", "weapon": "drone"}, 422),
    ({"action": "add", "kind": "control", "quote": "Shahed"}, 422),
    (
        {
            "action": "add",
            "kind": "tally",
            "quote": "90",
            "outcome": "launched",
            "weapon": "drone",
            "value": "nine",
        },
        422,
    ),
    (
        {"action": "add", "kind": "tally", "quote": "90", "outcome": "launched", "weapon": "drone", "value": "91"},
        422,
    ),
    ({"action": "add", "kind": "damage", "quote": "Shahed", "zone": "Atlantis"}, 404),
    ({"action": "accept", "number": "99"}, 404),
    ({"action": "accept", "number": "-1"}, 400),
    ({"action": "accept", "number": "0", "attack": "77"}, 404),
    ({"action": "burn"}, 400),
]


def test_what_is_refused_is_said_on_the_page(reviewer: Reviewer, document: int, server: Running) -> None:
    for fields, status in REFUSED:
        found = reviewer.send(document, **fields)
        assert found.status == status, fields
        assert 'role="alert"' in _text(found)
    assert claims(server) == 0


def test_a_form_of_another_site_does_nothing(reviewer: Reviewer, document: int, server: Running) -> None:
    form = reviewer.word(reviewer.get(f"{HOME}/{document}"))
    for name, value in (("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")):
        reviewer.headers = {name: value}
        assert reviewer.post(f"{HOME}/{document}", **form, action="accept_all").status == 403
    assert claims(server) == 0


def test_a_form_without_the_sessions_word_does_nothing(reviewer: Reviewer, document: int, server: Running) -> None:
    assert reviewer.post(f"{HOME}/{document}", word="guessed", key="k", action="accept_all").status == 403
    other = Reviewer(server)
    other.enter(ALICE.token)
    form = other.word(other.get(f"{HOME}/{document}"))
    assert reviewer.post(f"{HOME}/{document}", **form, action="accept_all").status == 403
    assert claims(server) == 0


def test_whoever_signs_out_or_whose_token_is_taken_back_is_out(
    reviewer: Reviewer, document: int, server: Running
) -> None:
    other = Reviewer(server)
    other.enter(ALICE.token)
    form = reviewer.word(reviewer.get(f"{HOME}/{document}"))
    assert reviewer.post(f"{HOME}/leave", word=form["word"]).status == 303
    assert 'name="token"' in reviewer.get()
    token = next(token.id for token in server.tocsin.service.access.tokens.values() if token.holder == "alice")
    assert server.command({"type": "revoke_token", "token": token}, token=ALICE.token).status == 200
    assert 'name="token"' in other.get()
    assert claims(server) == 0


def test_it_speaks_ukrainian_and_says_drill_in_a_drill(ukraine: Atlas) -> None:
    with running(MemoryStore(Realm.DRILL), ukraine) as server:
        page = Reviewer(server).get(f"{HOME}?lang=uk")
    assert "Ключ доступу" in page
    assert "НАВЧАННЯ" in page


def test_a_form_that_is_none_is_refused(server: Running, reviewer: Reviewer) -> None:
    for body in (b"\xff\xfe", b"word=%ff&key=%zz&action=accept", b"number=0&number=x&action=accept"):
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": reviewer.cookie}
        assert server.ask(f"{HOME}/1", "POST", body=body, headers=headers).status in (400, 403, 404)
    headers = {"Content-Type": "text/plain", "Cookie": reviewer.cookie}
    assert server.ask(f"{HOME}/1", "POST", body=b"x", headers=headers).status in (400, 404)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "statistic: days since the last time, 70 (70–…)"),
        ("uk", "статистика: дні від попереднього разу, 70 (70–…)"),
    ],
)
def test_a_claimed_statistic_is_named_in_words(lang: str, said: str) -> None:
    count = Count(value=70, low=70, high=None, words="70")
    fact = StatisticFact(quote="70 days", start=0, end=7, measure="days_since", value=count, unit="day")
    assert headline(review_words(lang, Realm.LIVE), fact) == said
