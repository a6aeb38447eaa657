// The map of a plan on a canvas: streets, squares, shelters, new places. It is part of one page and asks for nothing.

const WORLD = 2 ** 20; // pixels around the equator at scale 1

const project = (lon, lat) => [(lon / 360 + 0.5) * WORLD, (0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI)) * WORLD];

/** `plan` and `streets` as the page holds them; `picked` is called with what lies under a click, or null. */
function makeMap(canvas, plan, streets, picked) {
  const context = canvas.getContext("2d");
  const ways = pathOf(streets);
  const squares = plan.squares.map((square) => ({ square, at: [...project(square.bounds[0], square.bounds[3]), ...project(square.bounds[2], square.bounds[1])] }));
  const shelters = plan.shelters.map((shelter) => ({ shelter, at: project(shelter.lon, shelter.lat) })).reverse();
  const places = plan.new.map((place, number) => ({ place, number, at: project(place.lon, place.lat) }));
  const home = homeOf(squares);
  let scale = 1, middle = [0, 0], look = null, chosen = null, waiting = 0;

  const size = () => [canvas.clientWidth, canvas.clientHeight];
  const here = ([x, y]) => [(x - middle[0]) * scale + size()[0] / 2, (y - middle[1]) * scale + size()[1] / 2];

  function goHome() {
    const [width, height] = size();
    const below = width < 600 ? document.querySelector(".legend").offsetHeight + 8 : 0; // what stands over the map's lower edge
    scale = Math.min((width - 40) / (home[2] - home[0]), (height - below - 30) / (home[3] - home[1]));
    middle = [(home[0] + home[2]) / 2, (home[1] + home[3]) / 2 + below / 2 / scale];
    redraw();
  }

  function zoom(factor, x = size()[0] / 2, y = size()[1] / 2) {
    const [width, height] = size();
    const before = [(x - width / 2) / scale, (y - height / 2) / scale];
    scale = Math.min(Math.max(scale * factor, 0.3), 400);
    middle = [middle[0] + before[0] - (x - width / 2) / scale, middle[1] + before[1] - (y - height / 2) / scale];
    redraw();
  }

  function move(x, y) {
    middle = [middle[0] - x / scale, middle[1] - y / scale];
    redraw();
  }

  function goTo(lon, lat) {
    middle = project(lon, lat);
    scale = Math.max(scale, 6);
    redraw();
  }

  function redraw() {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(draw);
  }

  function draw() {
    const ratio = devicePixelRatio || 1, [width, height] = size();
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = colour("--map-land");
    context.fillRect(0, 0, width, height);
    drawSquares(colour);
    context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * (width / 2 - middle[0] * scale), ratio * (height / 2 - middle[1] * scale));
    context.lineWidth = Math.min(Math.max(0.55, scale / 9), 2.4) / scale;
    context.strokeStyle = colour("--ink-soft");
    context.globalAlpha = Math.min(0.22 + scale / 20, 0.6);
    context.stroke(ways);
    context.globalAlpha = 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawShelters(colour);
    drawPlaces(colour);
    document.documentElement.dataset.map = "idle";
  }

  function drawSquares(colour) {
    const [width, height] = size();
    for (const { square, at } of squares) {
      const [left, top] = here(at), [right, bottom] = here(at.slice(2));
      if (right < 0 || bottom < 0 || left > width || top > height) continue;
      const depth = look.depth(square);
      context.globalAlpha = depth === null ? 0.3 : depth === 0 ? 0.5 : 1;
      context.fillStyle = depth === null ? colour("--stale-wash") : depth === 0 ? colour("--map-calm") : colour(`--depth-${depth}`);
      context.fillRect(left, top, right - left - 0.6, bottom - top - 0.6);
      context.globalAlpha = 1;
      if (chosen === square) outline(colour, left, top, right, bottom);
    }
  }

  function outline(colour, left, top, right, bottom) {
    context.lineWidth = 2.5;
    context.strokeStyle = colour("--map-select");
    context.strokeRect(left, top, right - left, bottom - top);
  }

  const radius = (shelter) => Math.min(Math.max(1.6, Math.sqrt(shelter.places ?? 30) / 7) * Math.min(Math.max(0.8, Math.sqrt(scale) / 2), 2.6), 22);

  function drawShelters(colour) {
    const [width, height] = size();
    for (const { shelter, at } of shelters) {
      const [x, y] = here(at);
      if (x < -20 || y < -20 || x > width + 20 || y > height + 20) continue;
      const over = look.over(shelter);
      context.beginPath();
      context.arc(x, y, radius(shelter), 0, 2 * Math.PI);
      context.fillStyle = over ? colour("--yellow") : colour("--accent");
      context.globalAlpha = 0.92;
      context.fill();
      context.globalAlpha = 1;
      context.lineWidth = chosen === shelter ? 3 : over ? 1.4 : 0.8;
      context.strokeStyle = chosen === shelter ? colour("--map-select") : over ? colour("--on-yellow") : colour("--map-halo");
      context.stroke();
    }
  }

  function drawPlaces(colour) {
    context.font = "650 12px " + getComputedStyle(document.body).fontFamily;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const { place, number, at } of [...places].reverse()) {
      const [x, y] = here(at);
      context.beginPath();
      context.arc(x, y, 12, 0, 2 * Math.PI);
      context.fillStyle = colour("--ink");
      context.fill();
      context.lineWidth = chosen === place ? 4 : 2;
      context.strokeStyle = chosen === place ? colour("--focus") : colour("--map-halo");
      context.stroke();
      context.fillStyle = colour("--paper");
      context.fillText(String(number + 1), x, y + 0.5);
    }
  }

  function under(x, y) {
    const near = (at, reach) => Math.hypot(here(at)[0] - x, here(at)[1] - y) <= reach;
    return places.find(({ at }) => near(at, 13))?.place ?? shelters.findLast(({ shelter, at }) => near(at, radius(shelter) + 3))?.shelter
      ?? squares.find(({ at }) => here(at)[0] <= x && here(at)[1] <= y && here(at.slice(2))[0] > x && here(at.slice(2))[1] > y)?.square ?? null;
  }

  follow(canvas, { zoom, move, pick(x, y) {
    chosen = under(x, y);
    picked(chosen);
    redraw();
  }, over: (x, y) => { canvas.style.cursor = under(x, y) ? "pointer" : "grab"; } });
  new ResizeObserver(() => redraw()).observe(canvas);
  return {
    goHome, goTo, zoom, move, redraw,
    show(next) {
      look = next;
      redraw();
    },
    choose(what) {
      chosen = what;
      redraw();
    },
  };
}

/** Streets are written as whole numbers: of the first point hundred-thousandths of a degree, of the others what they differ by. */
function pathOf(streets) {
  const path = new Path2D();
  for (const line of streets) {
    let lon = 0, lat = 0;
    for (let i = 0; i < line.length; i += 2) {
      lon += line[i];
      lat += line[i + 1];
      const [x, y] = project(lon / 1e5, lat / 1e5);
      if (i) path.lineTo(x, y);
      else path.moveTo(x, y);
    }
  }
  return path;
}

const homeOf = (squares) => squares.reduce(([a, b, c, d], { at }) => [Math.min(a, at[0]), Math.min(b, at[1]), Math.max(c, at[2]), Math.max(d, at[3])], [Infinity, Infinity, -Infinity, -Infinity]);

/** Mouse, fingers and keys. */
function follow(canvas, { zoom, move, pick, over }) {
  const fingers = new Map();
  let travelled = 0;
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, [event.offsetX, event.offsetY]);
    if (fingers.size === 1) travelled = 0;
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId), at = [event.offsetX, event.offsetY];
    if (!before) return over(...at);
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    fingers.set(event.pointerId, at);
    travelled += Math.hypot(at[0] - before[0], at[1] - before[1]);
    if (other) zoom(apart(at, other) / Math.max(apart(before, other), 1), (at[0] + other[0]) / 2, (at[1] + other[1]) / 2);
    else if (travelled > 4) move(at[0] - before[0], at[1] - before[1]);
    return undefined;
  });
  for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, (event) => {
    if (kind === "pointerup" && fingers.size === 1 && travelled <= 4) pick(event.offsetX, event.offsetY);
    fingers.delete(event.pointerId);
  });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(2 ** (-event.deltaY / 300), event.offsetX, event.offsetY);
  }, { passive: false });
  const keys = { ArrowLeft: () => move(60, 0), ArrowRight: () => move(-60, 0), ArrowUp: () => move(0, 60), ArrowDown: () => move(0, -60), "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5) };
  canvas.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    keys[event.key]();
  });
}

const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
