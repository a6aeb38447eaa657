// The wire: what the server says, and whether what it says is of the present.
//
// Quiet and cut off are different things. The server speaks at least every 10 s; after SILENCE_S without a
// word, or BROKEN_S with the connection down, what is shown is called stale until the server speaks again.
// So it is while the server says that it is cut off itself, from where it gets everything.

const SILENCE_S = 25;
const BROKEN_S = 5;
const REOPEN_S = 2;
const LONGEST_S = 20;
const EVENTS = ["snapshot", "entry", "message", "heartbeat", "clock"];

/**
 * `on` has one function for each of EVENTS, `cutOff(since)`, told before each of them that says it, and
 * `freshness(isFresh)`.
 */
export function listen(url, on) {
  let source = null;
  let lastWord = performance.now();
  let brokenSince = null;
  let cutOffSince = null;
  let fresh = null;
  let reopening = null;
  let failures = 0;
  let log = null;
  let held = null; // what was missed while the connection was down, until the server has shown that its log is the same

  const say = (isFresh) => {
    if (fresh === isFresh) return;
    fresh = isFresh;
    on.freshness(isFresh);
  };

  const heard = () => {
    lastWord = performance.now();
    brokenSince = null;
    failures = 0;
    say(cutOffSince === null);
  };

  const hearCutOff = (since) => {
    if (cutOffSince === since) return;
    cutOffSince = since;
    on.cutOff(since);
  };

  const hear = (name, body) => {
    if (name === "snapshot" || name === "heartbeat") {
      const missed = held ?? [];
      held = null;
      if (name === "heartbeat" && (log === null || body.log === log)) for (const [each, told] of missed) on[each](told);
      log = body.log ?? null;
      hearCutOff(body.cut_off_since ?? null);
    } else if (held !== null && name !== "clock") {
      held.push([name, body]);
      return;
    }
    on[name](body);
  };

  // Many lose the same server at once, and must not come back at once.
  const reopen = (after_s) => {
    if (reopening !== null) return;
    source?.close();
    reopening = setTimeout(open, after_s * 1000);
  };

  function open() {
    reopening = null;
    held = null;
    source?.close();
    source = new EventSource(url);
    source.addEventListener("open", () => {
      held = log === null ? null : [];
    });
    for (const name of EVENTS) {
      source.addEventListener(name, (message) => {
        hear(name, JSON.parse(message.data));
        heard();
      });
    }
    source.addEventListener("stale", (message) => {
      hearCutOff(JSON.parse(message.data).cut_off_since);
      heard();
    });
    source.addEventListener("goodbye", () => reopen(Math.random()));
    source.addEventListener("error", () => {
      brokenSince ??= performance.now();
      // A browser retries by itself unless the answer was not a stream at all.
      if (source.readyState !== EventSource.CLOSED) return;
      const most = Math.min(LONGEST_S, REOPEN_S * 2 ** failures);
      failures += 1;
      reopen(most * (1 + Math.random()) / 2);
    });
  }

  function watch() {
    const now = performance.now();
    const silent = now - lastWord > SILENCE_S * 1000;
    const broken = brokenSince !== null && now - brokenSince > BROKEN_S * 1000;
    if (silent || broken) say(false);
    if (silent) {
      // A connection can be dead without a sign of it: after so long, take another.
      lastWord = now - (SILENCE_S - 5) * 1000;
      reopen(Math.random());
    }
  }

  open();
  setInterval(watch, 500);
  // Start again from a snapshot: for when entries are known to be missing.
  return { restart: () => reopen(Math.random()) };
}
