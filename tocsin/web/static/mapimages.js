// The map's patterns and marks, drawn once for each theme: a status is never told by colour alone.

const RATIO = 2;
const TILE = 10;
const MARK = 22;

/** Add the images of this theme to the map, once: patterns "partial-dark", marks "mark-partial-dark". `c`: the tokens. */
export function addImages(map, c) {
  const plates = { partial: [c.halo, c.hatch], early_warning: [c.early, c.onEarly], yellow: [c.yellow, c.onYellow], red: [c.onRed, c.red], silent: [c.halo, c.stale] };
  for (const [name, draw] of Object.entries(patterns(c))) add(map, `${name}-${c.theme}`, TILE, (pen) => draw(pen, TILE));
  for (const [name, [plate, ink]] of Object.entries(plates)) add(map, `mark-${name}-${c.theme}`, MARK, (pen) => MARKS[name](pen, plate, ink));
}

function add(map, key, size, draw) {
  if (map.hasImage(key)) return;
  const canvas = Object.assign(document.createElement("canvas"), { width: size * RATIO, height: size * RATIO });
  const pen = canvas.getContext("2d");
  pen.scale(RATIO, RATIO);
  draw(pen);
  map.addImage(key, pen.getImageData(0, 0, canvas.width, canvas.height), { pixelRatio: RATIO });
}

function patterns(c) {
  return {
    partial(pen, size) {
      pen.strokeStyle = c.hatch;
      pen.lineWidth = 2.1;
      for (const shift of [-size, 0, size]) stroke(pen, [[shift - 2, size + 2], [shift + size + 2, -2]]);
    },
    yellow(pen, size) {
      pen.strokeStyle = c.onYellow;
      pen.globalAlpha = 0.4;
      pen.lineWidth = 1.5;
      stroke(pen, [[size / 2, 0], [size / 2, size]]);
    },
    silent(pen, size) {
      pen.fillStyle = c.veil;
      pen.fillRect(0, 0, size, size);
      pen.strokeStyle = c.stale;
      pen.lineWidth = 1.3;
      for (const shift of [-size, 0, size]) stroke(pen, [[shift - 2, -2], [shift + size + 2, size + 2]]);
    },
    early_warning(pen, size) {
      pen.fillStyle = c.onEarly;
      pen.globalAlpha = 0.75;
      for (const [x, y] of [[size / 4, size / 4], [(3 * size) / 4, (3 * size) / 4]]) {
        pen.beginPath();
        pen.arc(x, y, 1.5, 0, 7);
        pen.fill();
      }
    },
  };
}

const MARKS = {
  silent(pen, plate, ink) {
    disc(pen, 10.5, plate);
    pen.strokeStyle = ink;
    pen.fillStyle = ink;
    pen.lineWidth = 1.6;
    pen.setLineDash([3.2, 2.1]);
    pen.beginPath();
    pen.arc(11, 11, 8.6, 0, 7);
    pen.stroke();
    pen.setLineDash([]);
    pen.beginPath();
    pen.arc(11, 9, 2.4, Math.PI, 0.9);
    pen.lineTo(11, 12.6);
    pen.stroke();
    pen.fillRect(10.1, 14.2, 1.8, 1.8);
  },
  partial(pen, plate, ink) {
    disc(pen, 10, plate);
    pen.strokeStyle = ink;
    pen.fillStyle = ink;
    pen.lineWidth = 2;
    pen.beginPath();
    pen.arc(11, 11, 6.5, 0, 7);
    pen.stroke();
    pen.beginPath();
    pen.arc(11, 11, 6.5, -Math.PI / 2, Math.PI / 2);
    pen.fill();
  },
  early_warning(pen, plate, ink) {
    disc(pen, 10.5, plate);
    pen.fillStyle = ink;
    pen.strokeStyle = ink;
    pen.lineWidth = 1.7;
    pen.beginPath();
    pen.arc(11, 11, 2, 0, 7);
    pen.fill();
    for (const [from, until] of [[-0.8, 0.8], [Math.PI - 0.8, Math.PI + 0.8]]) {
      pen.beginPath();
      pen.arc(11, 11, 6, from, until);
      pen.stroke();
    }
  },
  yellow(pen, plate, ink) {
    pen.fillStyle = ink;
    shape(pen, [[11, 2], [21, 19.5], [1, 19.5]]);
    pen.fillStyle = plate;
    exclaim(pen, 8, 17);
  },
  red(pen, plate, ink) {
    pen.fillStyle = plate;
    shape(pen, [[7, 1.5], [15, 1.5], [20.5, 7], [20.5, 15], [15, 20.5], [7, 20.5], [1.5, 15], [1.5, 7]]);
    pen.fillStyle = ink;
    exclaim(pen, 5.5, 17);
  },
};

function exclaim(pen, top, bottom) {
  pen.fillRect(10, top, 2, (bottom - top) * 0.6);
  pen.beginPath();
  pen.arc(11, bottom - 1.2, 1.3, 0, 7);
  pen.fill();
}

function disc(pen, radius, color) {
  pen.fillStyle = color;
  pen.beginPath();
  pen.arc(11, 11, radius, 0, 7);
  pen.fill();
}

function shape(pen, points) {
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.closePath();
  pen.fill();
}

function stroke(pen, points) {
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.stroke();
}
