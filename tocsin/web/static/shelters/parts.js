// A panel in parts, each built anew only when what it shows is another: what is being read, typed or chosen stays as it is,
// and a new place costs no more than what it changes.

import { put } from "../dom.js";

/** `show(parts)`: [name, what it shows, build] of each, in order. `build()` gives an element, several, or null. */
export function makeParts(root) {
  let known = new Map(); // name -> { key, nodes }

  return function show(parts) {
    const next = new Map(parts.map(([name, shows, build]) => {
      const key = JSON.stringify(shows);
      const before = known.get(name);
      return [name, before?.key === key ? before : { key, nodes: [build()].flat(Infinity).filter(Boolean) }];
    }));
    const isSame = known.size === next.size && [...known.values()].every((one, i) => one === [...next.values()][i]);
    known = next;
    if (isSame) return;
    const focused = root.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    put(root, [...next.values()].flatMap(({ nodes }) => nodes));
    if (focused && !(root.contains(document.activeElement) && document.activeElement.dataset.key === focused)) root.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  };
}
