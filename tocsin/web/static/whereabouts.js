// In which zone a place lies, found on the device from the atlas's own shapes: where one is, is asked of nobody.
//
// Pure but for `shapesThere`. TopoJSON is read after its specification 1.0 (arcs as differences, ~i for arc i backwards).

const decodedOf = new WeakMap();

/** [{ property, system, shapes }]: as the server has them in /shapes.json. */
export async function shapesThere() {
  const answer = await fetch("/shapes.json");
  if (!answer.ok) throw new Error(`shapes: ${answer.status}`);
  return answer.json();
}

/** The id of the deepest zone that holds the place, or null. `zones`: as of the atlas; `levels`: from the root downward. */
export function zoneAt(files, zones, levels, lon, lat) {
  let found = null;
  for (const { property, system, shapes } of files) {
    const known = system === null ? null : new Map([...zones.values()].filter(({ codes }) => codes?.[system] !== undefined).map((zone) => [String(zone.codes[system]), zone.id]));
    for (const { key, rings } of features(shapes, property)) {
      const zone = zones.get(known === null ? key : known.get(key));
      if (!zone || (found && levels.indexOf(zone.level) <= levels.indexOf(found.level))) continue;
      if (isWithin(rings(), lon, lat)) found = zone;
    }
  }
  return found?.id ?? null;
}

/** An odd number of borders to the east: inside, holes and islands and all. */
function isWithin(rings, lon, lat) {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [[x1, y1], [x2, y2]] = [ring[i], ring[j]];
      if (y1 > lat !== y2 > lat && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) inside = !inside;
    }
  }
  return inside;
}

function* features(shapes, property) {
  const parts = ({ type, arcs, coordinates }) => (type === "MultiPolygon" ? (arcs ?? coordinates).flat() : type === "Polygon" ? (arcs ?? coordinates) : []);
  if (shapes.type === "FeatureCollection") {
    for (const { geometry, properties } of shapes.features) if (geometry) yield { key: String(properties[property]), rings: () => parts(geometry) };
    return;
  }
  const arcs = arcsOf(shapes);
  for (const top of Object.values(shapes.objects)) {
    for (const geometry of top.geometries ?? [top]) {
      yield { key: String(geometry.properties[property]), rings: () => parts(geometry).map((ring) => ring.flatMap((number) => (number < 0 ? arcs(~number).slice().reverse() : arcs(number)))) };
    }
  }
}

/** Arcs in degrees, each decoded when it is first looked at. */
function arcsOf(topology) {
  const { arcs, transform } = topology;
  if (!decodedOf.has(topology)) decodedOf.set(topology, new Map());
  const decoded = decodedOf.get(topology);
  return (number) => {
    if (!decoded.has(number)) {
      let [x, y] = [0, 0];
      decoded.set(number, !transform ? arcs[number] : arcs[number].map(([dx, dy]) => {
        [x, y] = [x + dx, y + dy];
        return [x * transform.scale[0] + transform.translate[0], y * transform.scale[1] + transform.translate[1]];
      }));
    }
    return decoded.get(number);
  };
}
