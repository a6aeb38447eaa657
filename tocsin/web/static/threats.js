// The page of threats, kept up to date: it counts down by the server's clock, and takes the page anew every few seconds.
// Without this script the page says the same, as of when it was made.

const EVERY_MS = 5_000;
const GONE_MS = 25_000;

const $ = (selector) => document.querySelector(selector);
const minute = (ms) => Math.floor(ms / 60_000);

let main = $("#threats");
let heard = Date.now();
const now = () => Date.parse(main.dataset.now) + (Date.now() - heard) * Number(main.dataset.rate); // by the server's clock
let proposed = Number(main.dataset.proposed ?? 0);
const forms = JSON.parse($("#said").dataset.new ?? "[]");
const shapes = new Map(); // how "7 min" is written here, learnt from the page

function learn() {
  const one = [...main.querySelectorAll("time.left")].find((time) => /\d/.test(time.textContent));
  if (one) shapes.set("in", one.textContent.replace(/\d+/, "{n}"));
  const here = [...main.querySelectorAll("time.left")].find((time) => !/\d/.test(time.textContent));
  if (here) shapes.set("here", here.textContent);
}

function count() {
  const at = now();
  for (const time of main.querySelectorAll("time.left")) {
    const left = minute(Date.parse(time.dateTime) - at);
    const shape = left < 1 ? shapes.get("here") : shapes.get("in");
    if (shape) time.textContent = shape.replace("{n}", left);
    time.dataset.step = left < 5 ? "now" : left < 10 ? "soon" : "later";
  }
  const gone = Date.now() - heard > GONE_MS;
  main.querySelector(".gone").hidden = !gone;
  main.querySelector(".as-of").hidden = gone;
}

/** While somebody chooses, nothing moves under their hand; what they order is checked against what they saw. */
function chooses() {
  const active = document.activeElement;
  if (active?.closest?.("#threats form")) return true;
  return [...main.querySelectorAll("input[type=checkbox]")].some((box) => box.checked !== box.defaultChecked);
}

async function refresh() {
  try {
    const answer = await fetch(location.pathname + location.search.replace(/&?done=\w+/, ""), { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector("#threats");
    if (!next) return;
    const came = Date.now();
    announce(Number(next.dataset.proposed ?? 0));
    const busy = chooses();
    $("#waits").hidden = !busy;
    if (busy) {
      main.dataset.now = next.dataset.now;
      main.dataset.rate = next.dataset.rate;
      heard = came;
      return;
    }
    const open = new Set([...main.querySelectorAll("details[open]")].map(named));
    const focus = document.activeElement?.closest?.("#threats [href], #threats summary");
    const key = focus && (focus.getAttribute("href") ?? named(focus.parentElement));
    main.replaceWith(document.adoptNode(next));
    main = next;
    heard = came;
    mark();
    for (const details of main.querySelectorAll("details")) details.open ||= open.has(named(details));
    if (key) [...main.querySelectorAll("[href], summary")].find((one) => (one.getAttribute("href") ?? named(one.parentElement)) === key)?.focus();
    learn();
    count();
  } catch {
    // Nothing was heard: the page says so by itself once it has been too long.
  }
}

const named = (details) => details.closest("[id]:not(#threats)")?.id ?? details.className;

/** Said to a screen reader, and nothing more than the number: the page says which. */
function announce(now) {
  if (now > proposed) $("#said").textContent = forms[Math.min(now - proposed, forms.length - 1)] ?? "";
  proposed = now;
}

/** The first page draws the threats for an officer; that one is signed in it learns from here. */
function mark() {
  try {
    if ("proposed" in main.dataset) sessionStorage.setItem("tocsin-officer", "1");
    else sessionStorage.removeItem("tocsin-officer");
  } catch {
    // Where nothing can be kept, the threats are on this page alone.
  }
}

mark();
learn();
count();
setInterval(count, 1_000);
setInterval(refresh, EVERY_MS);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
