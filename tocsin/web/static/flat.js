// The flat map: the server's SVG, for browsers that draw no WebGL. The same contract as map.js.

import { $, h, svg } from "./dom.js";
import { language, nameOf, t } from "./texts.js";
import { statusWord } from "./words.js";

const STATUSES = ["clear", "partial", "early_warning", "yellow", "red"];

export async function makeFlatMap(pane, atlas, { open }) {
  const answer = await fetch("/map.svg");
  if (!answer.ok) throw new Error(`map.svg: ${answer.status}`);
  const drawn = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
  drawn.setAttribute("class", "flat");
  drawn.removeAttribute("width");
  drawn.removeAttribute("height");
  const whole = drawn.getAttribute("viewBox");
  const note = h("p", { class: "flat-note" });
  pane.replaceChildren(document.importNode(drawn, true), note);
  const picture = $("svg", pane);
  const paths = new Map([...picture.querySelectorAll("[data-zone]")].map((path) => [path.dataset.zone, path]));
  for (const veil of picture.querySelectorAll(".veil")) veil.remove(); // the server's, of the moment it was drawn
  const veils = new Map();
  picture.addEventListener("click", ({ target }) => choose(target));
  picture.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose(event.target);
  });
  let view = null;

  function choose(target) {
    const path = target.closest("[data-zone]");
    if (path) open(path.dataset.zone);
  }

  function show(next) {
    view = next;
    picture.setAttribute("aria-label", t("map.label"));
    note.textContent = t("map.flat");
    for (const [id, path] of paths) {
      const zone = atlas.zones.get(id);
      const said = view.statuses.get(id);
      if (!zone || !said) continue;
      const isOblast = zone.level === "oblast";
      const own = !isOblast && said.over.some((hold) => hold.zone === id);
      for (const status of STATUSES) path.classList.toggle(`s-${status}`, (isOblast || own) && said.status === status);
      path.classList.toggle("own", own);
      path.classList.toggle("selected", view.opened === id);
      veil(id, path, said.veiled && (isOblast || own || !view.statuses.get(zone.parent)?.veiled));
      const words = `${nameOf(zone)}: ${statusWord(said, view)}`;
      $("title", path).textContent = words;
      if (!isOblast) continue;
      path.setAttribute("tabindex", "0");
      path.setAttribute("role", "button");
      path.setAttribute("aria-label", words);
    }
    drawAir(view.air);
    document.documentElement.dataset.map = "flat";
  }

  function veil(id, path, isVeiled) {
    if (isVeiled === veils.has(id)) return;
    if (isVeiled) {
      const over = svg("path", { class: "veil", d: path.getAttribute("d"), fill: "url(#flat-silent)" });
      veils.set(id, over);
      path.parentNode.insertBefore(over, $(".watermark", picture));
    } else {
      veils.get(id).remove();
      veils.delete(id);
    }
  }

  /** Threats, as officers see them; the server has said where they lie in this drawing. */
  function drawAir(threats) {
    $(".air", picture)?.remove();
    if (!threats.length) return;
    picture.append(svg("g", { class: "air" }, ...threats.map(({ id, name, stale, flat }) =>
      svg("a", { href: `/threats?lang=${language()}#threat-${id}`, "aria-label": name },
        flat.cone && svg("path", { class: "cone", d: flat.cone }),
        svg("circle", { class: stale ? "area stale" : "area", cx: flat.x, cy: flat.y, r: flat.r }, svg("title", {}, name)),
        svg("circle", { class: stale ? "spot stale" : "spot", cx: flat.x, cy: flat.y, r: 3 })))));
  }

  function zoom(factor) {
    const [x, y, width, height] = picture.getAttribute("viewBox").split(" ").map(Number);
    picture.setAttribute("viewBox", [x + (width * (1 - factor)) / 2, y + (height * (1 - factor)) / 2, width * factor, height * factor].join(" "));
  }

  return { show, restyle: () => view && show(view), zoomIn: () => zoom(0.7), zoomOut: () => zoom(1 / 0.7), home: () => picture.setAttribute("viewBox", whole) };
}
