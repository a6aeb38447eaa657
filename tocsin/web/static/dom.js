// Elements by name: h("button", {class: "x", onclick: f}, "text", child). Text is always text, never markup.

const SVG = "http://www.w3.org/2000/svg";

export const $ = (selector, within = document) => within.querySelector(selector);

export function h(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The drawn mark of a status: its shape alone tells it, in any colour. Kept in one sprite, icons/marks.svg. */
export function mark(status) {
  return svg("svg", { class: `mark mark-${status}`, viewBox: "0 0 20 20", "aria-hidden": "true" },
    svg("use", { href: `/static/icons/marks.svg#${status === "maybe" ? "partial" : status}` }));
}

/** Replace the children only where they differ in text or kind, so that focus and scroll stay. */
export function replaceKeeping(list, items) {
  const focused = document.activeElement?.dataset?.key;
  list.replaceChildren(...items);
  if (focused) list.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}
