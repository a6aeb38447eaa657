"""The device's own reckoning with bugs in it, as people would make them in its JavaScript: each is found, by what
compares it with the server or by what a bundle must be to be believed."""

from __future__ import annotations

import base64
import random
from importlib.resources import files
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Error, Page, Route

from tests.pages.conftest import Open
from tests.pages.test_shelter_answers import SIGNER, require_same
from tests.shelters.towns import ABOUT, NOON, crooked_town, register, some_said, some_words, spots_in
from tests.web.running import Running
from tocsin.model import Realm
from tocsin.shelters.area import Area
from tocsin.shelters.bundle import bundle_bytes
from tocsin.shelters.signed import START
from tocsin.store.heads import Signer

TOWNS = 14
MODULES = files("tocsin.web").joinpath("static", "shelters")

BELIEVED = """async (cases) => {
  const {believed} = await import('/static/shelters/bundle.js');
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const why = ([bundle, known]) =>
    believed(bytes(bundle), known).then(({checked}) => `${checked}`, (error) => error.why);
  return Promise.all(cases.map(why));
}"""


class Bug(NamedTuple):
    name: str
    module: str
    right: str
    wrong: str


def answers_hold(page: Page) -> None:
    for seed in range(TOWNS):
        chance = random.Random(seed)
        streets, shelters = crooked_town(chance)
        shelters = [some_said(chance, it) for it in shelters]
        later = [[], some_words(chance, shelters), some_words(chance, shelters)]
        require_same(page, Area(streets, ABOUT), register(shelters), later, spots_in(chance, streets, 12))


def belief_holds(page: Page) -> None:
    """What is altered, cut, signed by another, of another realm, or older, is refused for what it is."""
    standing = Area(crooked_town(random.Random(1))[0], ABOUT).at(register([]))
    whole = bundle_bytes(standing, SIGNER, "log", [], NOON)
    other = bundle_bytes(standing, Signer(Realm.LIVE, b"o" * 32), "log", [], NOON)
    drill = bundle_bytes(standing, Signer(Realm.DRILL, b"s" * 32), "log", [], NOON)
    altered = whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:]
    signature = whole[:20] + bytes([whole[20] ^ 1]) + whole[21:]
    known: dict[str, Any] = {"key": SIGNER.key, "realm": "live", "log": "log", "seq": 1}
    cases: list[tuple[bytes, dict[str, Any], str]] = [
        (whole, known, "true"),
        (whole, {}, "true"),
        (altered, known, "signature"),
        (signature, known, "signature"),
        (whole[:START] + whole[START:][:-5], known, "signature"),
        (other, known, "key"),
        (drill, {"realm": "live"}, "realm"),
        (whole, known | {"seq": 2}, "older"),
        (whole, known | {"seq": 2, "log": "another"}, "true"),
        (b"TOCSINB2" + whole[8:], known, "version"),
        (b"<!doctype html>" + bytes(100), known, "not_bundle"),
    ]
    said = page.evaluate(BELIEVED, [[base64.b64encode(content).decode(), more] for content, more, _ in cases])
    assert said == [why for _, _, why in cases]


@pytest.fixture
def page(visit: Open, quiet: Running) -> Page:
    return visit(quiet.url, webgl=False)


def test_it_holds(page: Page) -> None:
    answers_hold(page)
    belief_holds(page)


ANSWERS = (
    Bug(
        "a shelter that closed since is told by its label", "near.js",
        "return opened || told.some(({ shelter }) => !open[shelter]) ?", "return opened ?",
    ),
    Bug(
        "a shelter that opened since is not found", "near.js",
        "return opened || told.some(({ shelter }) => !open[shelter]) ?",
        "return told.some(({ shelter }) => !open[shelter]) ?",
    ),
    Bug("a closed shelter beside one's own street is told", "near.js", "if (!now[kind].open[shelter]) continue;", ""),
    Bug(
        "a wheelchair goes by the ways of all", "near.js",
        '=== "wheelchair" ? "wheels" : "foot"', '=== "" ? "wheels" : "foot"',
    ),
    Bug(
        "whoever is slower is quicker", "near.js",
        "* speeds[ADULT]) / speeds[profile]", "* speeds[profile]) / speeds[ADULT]",
    ),
    Bug(
        "the far end is as near as the near one", "near.js",
        "length - here.along, length)", "here.along, length)",
    ),
    Bug("the nearest comes last", "near.js", "a.time - b.time ||", "b.time - a.time ||"),
    Bug("the way from the street to the door costs nothing", "near.js", "+ offCost(ways.doors.off_dm[door])", ""),
    Bug("any door of a shelter is its nearest", "near.js", "times.indexOf(Math.min(...times))", "0"),
    Bug("steps are walked as a street", "streets.js", "traits[i] & STEPS ? 2 *", "traits[i] & 64 ? 2 *"),
    Bug("a wheelchair is put beside steps", "streets.js", "if (wheels && traits[piece] & NOT_STEP_FREE)", "if (0)"),
    Bug("ways out are counted otherwise", "streets.js", "lead(start[i], end[i], i)", "lead(end[i], start[i], i)"),
    Bug("what the bundle knows already counts again", "area.js", "|| word.seq <= area.header.seq", ""),
    Bug("what was said last is not heard", "area.js", "open[number] = word.open ? 1 : 0;", ""),
    Bug("a wheelchair goes to shelters with steps", "area.js", "is && rolls[number] ? 1 : 0", "is ? 1 : 0"),
    Bug("the search ends with the first", "search.js", "[NEAREST - 1]);", "[0]);"),
    Bug("the search takes closed shelters", "search.js", "if (!open[shelter]) continue;", ""),
    Bug("right is left", "wording.js", 'degrees > 200 ? "left" : "back"', 'degrees > 200 ? "right" : "back"'),
    Bug("metres are rounded as they come", "wording.js", "near * step)", "metres)"),
)  # fmt: skip

BELIEF = (
    Bug("no signature is looked at", "bundle.js", "= await holds(bytes, header.key);", "= true;"),
    Bug(
        "a signature that does not hold is none", "bundle.js",
        'signed))) throw new BundleRefused("signature");', "signed))) return false;",
    ),
    Bug("any key will do", "bundle.js", "if (key !== null && header.key !== key)", "if (false)"),
    Bug("a drill is believed", "bundle.js", "if (realm !== null && header.realm !== realm)", "if (false)"),
    Bug("an older one is believed", "bundle.js", "&& header.seq < seq)", "&& false)"),
    Bug("of another log the seqs go on", "bundle.js", "(log === null || header.log === log) &&", ""),
)  # fmt: skip


def plant(page: Page, bug: Bug) -> None:
    source = MODULES.joinpath(bug.module).read_text("utf-8")
    assert source.count(bug.right) >= 1, "the line is there that the bug is put into"

    def altered(route: Route) -> None:
        route.fulfill(body=source.replace(bug.right, bug.wrong), content_type="text/javascript")

    page.route(f"**/static/shelters/{bug.module}", altered)
    page.reload()


@pytest.mark.parametrize("bug", ANSWERS, ids=lambda bug: bug.name)
def test_a_bug_in_the_answer_is_found(page: Page, bug: Bug) -> None:
    plant(page, bug)
    with pytest.raises((AssertionError, Error)):
        answers_hold(page)


@pytest.mark.parametrize("bug", BELIEF, ids=lambda bug: bug.name)
def test_a_bug_in_what_is_believed_is_found(page: Page, bug: Bug) -> None:
    plant(page, bug)
    with pytest.raises((AssertionError, Error)):
        belief_holds(page)
