// The server's clock, carried on between its words: the time shown is always the server's, never the device's.

export class ServerClock {
  #heard = null;

  /** `word` is {now, rate, replay} as the server says it. */
  hear(word) {
    this.#heard = { word, at: performance.now() };
  }

  get known() {
    return this.#heard !== null;
  }

  get rate() {
    return this.#heard ? this.#heard.word.rate : 1;
  }

  /** {from, until, title} while the server replays something, else null. */
  get replay() {
    return this.#heard ? (this.#heard.word.replay ?? null) : null;
  }

  /** Milliseconds since 1970. */
  now() {
    if (!this.#heard) return Date.now();
    const { word, at } = this.#heard;
    const now = Date.parse(word.now) + (performance.now() - at) * word.rate;
    return word.replay ? Math.min(now, Date.parse(word.replay.until)) : now;
  }
}
