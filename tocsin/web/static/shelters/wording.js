// The way in words, as the server says it (tocsin/shelters/wording.py). The words themselves come with the bundle, signed.

/** The way by streets: [{ turn, street, kind, metres }]. What has one name and kind, and goes on without a turn, is one leg. */
export function legs({ streets, words }, way) {
  const found = [];
  let heading = null;
  way.pieces.forEach((piece, number) => {
    const metres = way.piece_m[number];
    if (metres < 0.05) return;
    const ahead = headingOf(way.line[number + 1], way.line[number + 2]);
    const street = streets.names[streets.name[piece]];
    const kind = words.kinds.find(({ trait }) => streets.traits[piece] & trait) ?? null;
    const turn = heading === null ? "start" : turnOf(heading, ahead);
    const last = found[found.length - 1];
    if (last && last.street === street && last.kind === kind && (street || turn === "on")) last.metres += metres;
    else found.push({ turn, street, kind, metres });
    heading = ahead;
  });
  return found;
}

/** The steps of the way in words, one for each leg and one for the door. */
export function steps(area, way, language) {
  const words = area.words[language] ?? area.words.en;
  const said = legs(area, way).map(({ turn, street, kind, metres }) => {
    const parts = [words.turns[turn], kind && kind[language], street && words.along.replace("{}", street), `${inMetres(metres)} ${words.metre}`].filter(Boolean);
    return parts.join(kind ? ", " : " ");
  });
  if (way.to_door_m >= 5 || !said.length) said.push(words.to_door.replace("{}", inMetres(way.to_door_m)));
  return said;
}

/** The whole way in one sentence. */
export function told(area, way, language) {
  const text = steps(area, way, language).join("; ");
  return `${text.charAt(0).toLocaleUpperCase(language)}${text.slice(1)}.`;
}

const headingOf = ([lon1, lat1], [lon2, lat2]) => Math.atan2((lon2 - lon1) * Math.cos((lat1 * Math.PI) / 180), lat2 - lat1);

function turnOf(before, after) {
  const degrees = ((((after - before) * 180) / Math.PI) % 360 + 360) % 360;
  if (degrees <= 40 || degrees >= 320) return "on";
  if (degrees < 160) return "right";
  return degrees > 200 ? "left" : "back";
}

/** To 5 m, and from 100 m on to 10; of two equally near the even multiple, as the server rounds. */
export function inMetres(metres) {
  const step = metres < 100 ? 5 : 10;
  const times = metres / step;
  const down = Math.floor(times);
  const near = times - down === 0.5 ? down + (down % 2) : Math.round(times);
  return Math.max(step, near * step);
}
