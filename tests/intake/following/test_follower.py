"""How often a feed is asked, how it is left alone when it refuses, and what is said when it falls silent."""

from __future__ import annotations

import pytest

from tests.world import NOON
from tocsin.app import open_atlas
from tocsin.errors import BadSetting
from tocsin.intake.following.alerts_in_ua import AlertsInUa
from tocsin.intake.following.feeds import FEEDS, chosen
from tocsin.intake.following.follower import Failed, Follower, Step
from tocsin.intake.following.places import AtlasPlaces
from tocsin.intake.following.readings import Answer
from tocsin.settings import from_environment

GOOD = Answer(
    status=200,
    headers={"last-modified": "Sun, 01 Mar 2026 12:00:00 GMT"},
    body=b'{"alerts": [], "meta": {"last_updated_at": "2026/03/01 12:00:00 +0000"}}',
)


class Line:
    def __init__(self) -> None:
        atlas = open_atlas("ua")
        self.follower = Follower(
            FEEDS["alerts.in.ua"], AlertsInUa(AtlasPlaces(atlas), "secret"), atlas.hierarchy, 0.0, lambda: 0.0
        )
        self.s = 0.0
        self.lines: list[str] = []

    def hear(self, outcome: Answer | Failed) -> Step:
        step = self.follower.hear(self.follower.ask(), outcome, (), NOON, self.s)
        self.s += step.wait_s
        self.lines += step.lines
        return step


def test_the_limits_of_each_feed_are_kept() -> None:
    assert 60 / FEEDS["alerts.in.ua"].every_s <= 10
    assert 60 / FEEDS["ukrainealarm"].every_s <= 3
    assert Line().hear(GOOD).wait_s == FEEDS["alerts.in.ua"].every_s


def test_waits_grow_where_nothing_comes_and_end_with_the_first_answer() -> None:
    line = Line()
    assert [line.hear(Failed("gone")).wait_s for _ in range(6)] == [7, 14, 28, 56, 60, 60]
    assert line.hear(GOOD).wait_s == 7


@pytest.mark.parametrize("status", [401, 403, 429])
def test_who_is_refused_asks_far_more_seldom_and_as_it_is_told(status: int) -> None:
    line = Line()
    assert [line.hear(Answer(status=status)).wait_s for _ in range(6)] == [14, 28, 56, 112, 224, 300]
    told = Answer(status=status, headers={"retry-after": "900"})
    assert line.hear(told).wait_s == 900


def test_one_line_when_it_falls_silent_and_one_when_it_is_back() -> None:
    line = Line()
    line.hear(GOOD)
    for _ in range(6):
        line.hear(Failed("gone"))
    [silent] = line.lines
    assert "has fallen silent" in silent
    assert "gone" in silent
    line.hear(GOOD)
    line.hear(GOOD)
    assert [("is heard again" in text) for text in line.lines] == [False, True]


def test_what_was_said_twice_need_not_be_said_again_but_now_and_then_is() -> None:
    line = Line()
    asked = []
    for _ in range(14):
        conditional = "If-Modified-Since" in line.follower.ask().headers
        asked.append(conditional)
        line.hear(Answer(status=304) if conditional else GOOD)
    assert asked[:3] == [False, False, True]
    assert asked[2:13].count(False) == 1


def test_the_token_goes_with_each_request_and_is_no_option(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Line().follower.ask().headers["Authorization"] == "Bearer secret"
    from tocsin.cli.running import serve

    assert not [name for option in serve.params for name in option.opts if "token" in name]


def test_feeds_are_named_once_and_where_they_are(tmp_path: object) -> None:
    first, second = chosen(["alerts.in.ua", "tocsin=http://127.0.0.1:8080/"])
    assert (first.url, second.url) == ("https://api.alerts.in.ua", "http://127.0.0.1:8080")
    for wrong in (["nobody"], ["oref", "oref"], ["tocsin"], ["oref=ftp://x"], ["oref=http://a:b@c"]):
        with pytest.raises(BadSetting):
            chosen(wrong)


def test_a_token_comes_from_a_file_or_from_the_environment_and_not_from_both(tmp_path: object) -> None:
    from pathlib import Path

    file = Path(str(tmp_path)) / "token"
    file.write_text("from the file\n")
    assert from_environment({"TOCSIN_ALERTS_IN_UA_TOKEN_FILE": str(file)}).alerts_in_ua_token == "from the file"
    assert from_environment({"TOCSIN_UKRAINEALARM_TOKEN": "plain"}).ukrainealarm_token == "plain"
    with pytest.raises(BadSetting):
        from_environment({"TOCSIN_ALERTS_IN_UA_TOKEN_FILE": str(file), "TOCSIN_ALERTS_IN_UA_TOKEN": "x"})
