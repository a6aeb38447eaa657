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

/**
 * Have these children, made anew, and touch only what is another: a press that has begun ends on the button on which it
 * began, however often the page is told something meanwhile, and focus stays. What listens says by its attributes upon
 * what (`data-key`, `data-zone`): of two that have the same ones, the one that is there stays.
 */
export function settle(root, nodes) {
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  become(root, nodes);
  const isLost = focused && document.activeElement?.dataset.key !== focused;
  if (isLost) root.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function become(root, nodes) {
  const there = [...root.childNodes];
  put(root, nodes.map((node) => {
    const at = there.findIndex((one) => one === node || isOfOneKind(one, node));
    const [old] = at < 0 ? [] : there.splice(at, 1);
    return old && hasBecome(old, node) ? old : node;
  }));
}

const isOfOneKind = (one, other) => one.nodeName === other.nodeName && one.className?.toString() === other.className?.toString() && one.dataset?.key === other.dataset?.key;

/** Whether what is there says the same as what was made anew, or was had to say it. With `data-whole` it keeps itself. */
function hasBecome(old, node) {
  if (old === node) return true;
  if (node.dataset?.whole !== undefined || !old.cloneNode(false).isEqualNode(node.cloneNode(false))) {
    if (node.nodeType !== Node.TEXT_NODE) return false;
    old.data = node.data;
    return true;
  }
  if (!old.isEqualNode(node)) become(old, [...node.childNodes]);
  return true;
}

/** Have just these children, in this order; those that are there and stay are not touched. */
export function put(root, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...root.childNodes]) if (!wanted.has(child)) child.remove();
  let at = root.firstChild;
  for (const node of nodes) {
    if (node === at) at = at.nextSibling;
    else root.insertBefore(node, at);
  }
}
