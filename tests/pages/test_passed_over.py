"""What is said of shelters passes by the page's fold of warnings."""

from __future__ import annotations

from tests.pages.conftest import Open
from tests.web.running import Running

PASSED_OVER = """async (events) => {
  const s = await import('/static/state.js');
  const entry = (event, n) => ({seq: n + 1, recorded_at: event.at, order: 'k', event});
  const start = s.withSnapshot(s.nothingKnown(), {seq: 0, heard: false, holds: [], sources: []});
  const record = events.map(entry).reverse().reduce(s.withEntry, start);
  return {base: s.completeTo(record), heard: record.heard, holds: record.holds.size, sources: record.sources.size};
}"""


def test_what_is_said_of_shelters_is_passed_over_and_is_no_news_of_the_danger(visit: Open, quiet: Running) -> None:
    said = {"shelter": "town:1", "zone": None, "source": "town", "cause": "flooded", "at": "2026-03-01T12:00:00Z"}
    events = [
        {"type": "shelter_closed", **said},
        {"type": "shelter_opened", **said},
        {"type": "shelters_changed", "dataset": "town", "shelters": 1, "gone": 0, "digest": "0", "at": said["at"]},
    ]
    told = visit(f"{quiet.url}/list").evaluate(PASSED_OVER, events)
    assert told == {"base": 3, "heard": False, "holds": 0, "sources": 0}
