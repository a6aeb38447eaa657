// The bar of time. At the head it drives the server's replay; behind the head the page alone looks back at
// what is recorded, and the server hears nothing of it. On a live server the same bar is the time machine.

import { makeDensity } from "./density.js";
import { h, svg } from "./dom.js";
import { intervalsWith, nothingRecorded, piecesOf, withRecord } from "./intervals.js";
import { day, language, moment, seconds, t, time, utc } from "./texts.js";

const RATES = [1, 10, 60, 300, 1200];
const PERIODS_H = [6, 24, 72, 168];
const HOUR_MS = 3600_000;
const STEP_MS = 60_000;
const AT_HEAD_MS = 90_000;

/** `changed()` is called when the moment shown moved, `closed()` when the time machine was closed by hand. */
export function makeReplay(root, clock, { changed, closed }) {
  let machine = null; // {from, until} of the time machine, on a live server
  let at = null; // the moment looked back at, ms; null at the head
  let playing = false;
  let rate = 60;
  let dragging = null; // what the slider says while it is held
  let intervals = nothingRecorded();
  let pieces = null; // of the intervals, made when they are looked at
  let fault = null;
  let last = performance.now();

  const parts = build();
  root.append(...parts.all);

  const span = () => (clock.replay ? { from: Date.parse(clock.replay.from), until: Date.parse(clock.replay.until) } : machine);
  const head = () => (machine && !clock.replay ? Math.min(machine.until, clock.now()) : clock.now());
  const lived = () => (pieces ??= piecesOf(intervals));
  const isOpen = () => clock.replay !== null || machine !== null;

  function build() {
    const play = h("button", { type: "button", class: "replay-play", id: "replay-play", onclick: toggle });
    const big = h("b", { class: "numbers" });
    const small = h("span", {});
    const speed = h("select", { id: "replay-speed", onchange: () => setRate(Number(speed.value)) });
    const period = h("select", { id: "replay-period", onchange: () => openMachine(Number(period.value)) });
    const shut = h("button", { type: "button", class: "quiet", onclick: closeMachine }, "×");
    const slider = h("input", { type: "range", id: "replay-seek", oninput: dragged, onchange: dropped });
    const density = makeDensity();
    const ticks = h("div", { class: "replay-ticks", "aria-hidden": "true" });
    const words = h("span", {});
    const toNow = h("button", { type: "button", id: "replay-now", onclick: backToNow });
    const back = h("div", { class: "replay-back", id: "replay-back", role: "status", hidden: true }, words, toNow);
    const problem = h("p", { class: "replay-fault", role: "alert", hidden: true });
    return { play, big, small, speed, period, shut, slider, density, ticks, words, toNow, back, problem, all: [
      back, play, h("p", { class: "replay-clock" }, big, small),
      h("div", { class: "replay-time" }, density.element, slider, ticks),
      h("div", { class: "replay-tools" }, period, h("label", { class: "replay-speed" }, speed), shut), problem] };
  }

  // What the hand does ---------------------------------------------------------------------------------------

  function toggle() {
    fault = null;
    if (at !== null) playing = !playing;
    else if (clock.replay) order({ rate: clock.rate === 0 ? rate : 0 });
    else lookBack(machine.from, true);
    show();
  }

  function setRate(chosen) {
    rate = chosen;
    if (at === null && clock.replay) order({ rate });
    show();
  }

  function dragged() {
    dragging = Number(parts.slider.value);
    if (dragging < head() - AT_HEAD_MS) lookBack(dragging, false);
    else if (at !== null) backToNow();
    show();
  }

  /** Behind the head nothing is left to do; ahead of it the server is asked to jump. */
  function dropped() {
    const target = dragging;
    dragging = null;
    if (target !== null && clock.replay && target > head()) order({ at: new Date(target).toISOString() });
    show();
  }

  function lookBack(time_ms, run) {
    at = time_ms;
    playing = run;
    changed();
  }

  function backToNow() {
    at = null;
    playing = false;
    changed();
    show();
  }

  async function order(body) {
    try {
      const answer = await fetch("/api/v1/replay", { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(String(answer.status));
      clock.hear(await answer.json());
      fault = null;
    } catch {
      fault = "replay.failed";
    }
    changed();
    show();
  }

  // What time does -------------------------------------------------------------------------------------------

  /** Called several times a second. */
  function tick() {
    const now = performance.now();
    if (at !== null && playing) {
      at += (now - last) * rate;
      if (at >= head()) backToNow();
      else changed();
    }
    last = now;
    if (isOpen()) showTime();
  }

  async function record() {
    const { from } = span();
    const answer = await fetch(`/api/v1/holds?from=${new Date(from).toISOString()}&until=${new Date(Math.max(head(), from + 1000)).toISOString()}`);
    if (!answer.ok) return;
    const { holds } = await answer.json();
    keep(withRecord(intervals, holds)); // what the stream told meanwhile is newer than the answer
    changed();
    show();
  }

  function keep(known) {
    intervals = known;
    pieces = null;
  }

  async function openMachine(hours = 24) {
    const now = clock.now();
    machine = { from: now - hours * HOUR_MS, until: now, hours };
    at = null;
    keep(nothingRecorded());
    show();
    await record();
  }

  function closeMachine() {
    machine = null;
    backToNow();
    closed();
  }

  // What is seen ---------------------------------------------------------------------------------------------

  function show() {
    root.hidden = !isOpen();
    document.documentElement.classList.toggle("with-replay", isOpen());
    if (!isOpen()) return;
    const { from, until } = span();
    root.setAttribute("aria-label", clock.replay ? t("replay.label") : t("replay.machine"));
    const running = at !== null ? playing : clock.replay !== null && clock.rate > 0;
    parts.play.setAttribute("aria-label", t(running ? "replay.pause" : "replay.play"));
    parts.play.dataset.running = String(running);
    parts.play.replaceChildren(icon(running));
    if (at === null && clock.replay && clock.rate > 0) rate = clock.rate;
    fillSpeeds();
    parts.period.hidden = parts.shut.hidden = clock.replay !== null;
    fillPeriods();
    Object.assign(parts.slider, { min: from, max: until, step: STEP_MS });
    parts.slider.setAttribute("aria-label", t("replay.seek"));
    parts.toNow.textContent = t("replay.now");
    parts.shut.setAttribute("aria-label", t("replay.close"));
    parts.problem.hidden = fault === null;
    if (fault) parts.problem.textContent = t(fault);
    showTicks(from, until);
    showTime();
  }

  function fillSpeeds() {
    const rates = [...new Set([...RATES, rate])].sort((one, other) => one - other);
    parts.speed.setAttribute("aria-label", t("replay.speed"));
    if (parts.speed.options.length !== rates.length) parts.speed.replaceChildren(...rates.map((one) => h("option", { value: one }, `${one}×`)));
    parts.speed.value = String(rate);
  }

  function fillPeriods() {
    const words = (hours) => (hours > 24 ? t("replay.days", { n: hours / 24 }) : t("replay.hours", { n: hours }));
    parts.period.setAttribute("aria-label", t("replay.period"));
    if (parts.period.dataset.lang === language()) return;
    parts.period.dataset.lang = language();
    parts.period.replaceChildren(...PERIODS_H.map((hours) => h("option", { value: hours }, words(hours))));
    parts.period.value = String(machine?.hours ?? 24);
  }

  function showTime() {
    const { from, until } = span();
    const shown = dragging ?? at ?? head();
    const step = clock.replay ? seconds : time;
    parts.big.textContent = step(shown).slice(0, 5);
    parts.small.textContent = `${t("replay.kyiv")}, ${day(shown)} · ${utc(shown)} UTC`;
    if (dragging === null) parts.slider.value = String(shown);
    parts.slider.setAttribute("aria-valuetext", t("replay.seek.value", { time: moment(shown, head()) }));
    parts.back.hidden = at === null;
    parts.words.textContent = t("replay.back", { time: moment(at ?? shown, head()) });
    parts.density.show(lived(), from, until, head());
  }

  function showTicks(from, until) {
    const most = Math.max(2, Math.floor(parts.ticks.clientWidth / 64));
    const step = [1, 2, 3, 4, 6, 12, 24, 48, 96, 168].find((hours) => (until - from) / (hours * HOUR_MS) <= most) * HOUR_MS;
    const key = `${from}/${until}/${step}/${language()}`;
    if (parts.ticks.dataset.key === key) return;
    parts.ticks.dataset.key = key;
    const marks = [];
    for (let tick_ms = Math.ceil(from / step) * step; tick_ms <= until; tick_ms += step) {
      const share = (tick_ms - from) / (until - from);
      if (share < 0.03 || share > 0.97) continue;
      const label = h("span", {}, step >= 24 * HOUR_MS ? day(tick_ms) : time(tick_ms));
      label.style.left = `${share * 100}%`;
      marks.push(label);
    }
    parts.ticks.replaceChildren(...marks);
  }

  return {
    show, tick, record, openMachine, isOpen,
    at: () => at,
    pieces: lived,
    hear: (entry) => { if (isOpen()) keep(intervalsWith(intervals, entry)); },
    forget: () => { keep(nothingRecorded()); at = null; },
  };
}

const icon = (running) => svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" },
  svg("path", { d: running ? "M5.5 4h3v12h-3zM11.5 4h3v12h-3z" : "M6.5 3.6v12.8L16.6 10z", fill: "currentColor" }));
