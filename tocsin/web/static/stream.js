// The wire: what the server says, and whether it still says anything.
//
// Quiet and cut off are different things. The server speaks at least every 10 s; after SILENCE_S without a
// word, or BROKEN_S with the connection down, what is shown is called stale until the server speaks again.

const SILENCE_S = 25;
const BROKEN_S = 5;
const REOPEN_S = 2;
const EVENTS = ["snapshot", "entry", "message", "heartbeat", "clock"];

/** `on` has one function for each of EVENTS, and `freshness(isFresh)`. */
export function listen(url, on) {
  let source = null;
  let lastWord = performance.now();
  let brokenSince = null;
  let fresh = null;
  let reopening = null;

  const say = (isFresh) => {
    if (fresh === isFresh) return;
    fresh = isFresh;
    on.freshness(isFresh);
  };

  const heard = () => {
    lastWord = performance.now();
    brokenSince = null;
    say(true);
  };

  const reopen = (after_s) => {
    if (reopening !== null) return;
    source?.close();
    reopening = setTimeout(open, after_s * 1000);
  };

  function open() {
    reopening = null;
    source?.close();
    source = new EventSource(url);
    for (const name of EVENTS) {
      source.addEventListener(name, (message) => {
        on[name](JSON.parse(message.data));
        heard();
      });
    }
    source.addEventListener("goodbye", () => reopen(Math.random()));
    source.addEventListener("error", () => {
      brokenSince ??= performance.now();
      // A browser retries by itself unless the answer was not a stream at all.
      if (source.readyState === EventSource.CLOSED) reopen(REOPEN_S);
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
      reopen(0);
    }
  }

  open();
  setInterval(watch, 500);
  // Start again from a snapshot: for when entries are known to be missing.
  return { restart: () => reopen(0) };
}
