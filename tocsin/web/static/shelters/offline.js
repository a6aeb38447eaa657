// Keeps the page itself for when there is no network, so that it can be opened and lead to a shelter all the same.
//
// It keeps files of the page and the list of zones: nothing that says how things stand. State, stream, messages, maps of
// the state and everything else of the API never pass through here, so that no old word can pass for a present one: a
// page that was opened without a network hears no stream, and says so.
//
// The server puts `const KEPT = {version, files}` before this script (tocsin/web/offline.py): another version of any file
// is another script, and the whole set is fetched anew.

const CACHE = `tocsin-page-${KEPT.version}`;
const PAGE = "/";
const ZONES = "/api/v1/zones";
const PATIENCE_MS = 6000; // so long a page that is not answered is waited for
const files = new Set(KEPT.files);

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE)
    .then((cache) => cache.addAll([PAGE, ZONES, ...files].map((url) => new Request(url, { cache: "reload" }))))
    .then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter((name) => name.startsWith("tocsin-page-") && name !== CACHE).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname === PAGE) event.respondWith(firstAsked(request, PAGE, PATIENCE_MS));
  } else if (files.has(url.pathname) || (url.pathname === ZONES && !url.search)) {
    event.respondWith(firstAsked(request, url.pathname));
  }
});

/** What the server says; what is kept only where it says nothing. */
async function firstAsked(request, kept, patience_ms = null) {
  const late = patience_ms === null ? [] : [new Promise((_, fail) => setTimeout(fail, patience_ms, new Error("no answer")))];
  try {
    return await Promise.race([fetch(request), ...late]);
  } catch (error) {
    const found = await (await caches.open(CACHE)).match(kept);
    if (found) return found;
    throw error;
  }
}
