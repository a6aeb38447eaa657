// What is said of a shelter and of the way to it, in the page's words.

import { t } from "../texts.js";

/** Whole minutes, never fewer than it takes. */
export const minutesOf = (seconds) => Math.max(1, Math.ceil(seconds / 60));

/** Its name as its dataset has it, else its address, else what kind of shelter it is. */
export const nameOfShelter = ({ name, address, kind }) => name || address || t(`shelter.kind.${kind ?? "unknown"}`);

/** "60 places", "step-free", "pets allowed"; what nobody says is said to be unknown where it matters. */
export function facts(shelter, needsStepFree) {
  const said = (key, value) => (value === undefined || value === null ? null : t(`shelter.${key}.${value ? "yes" : "no"}`));
  const places = shelter.capacity;
  return [
    shelter.name && shelter.address && shelter.address !== shelter.name ? shelter.address : null,
    shelter.kind && shelter.kind !== "unknown" && shelter.name ? t(`shelter.kind.${shelter.kind}`) : null,
    places === undefined || places === null ? t("shelter.places.unknown") : t("shelter.places", { n: places }),
    said("step_free", shelter.step_free) ?? (needsStepFree ? t("shelter.step_free.unknown") : null),
    said("pets", shelter.pets),
    shelter.public === undefined || shelter.public === null ? t("shelter.public.unknown") : null,
    shelter.hours ? t("shelter.hours", { hours: shelter.hours }) : null,
    shelter.note || null,
  ].filter(Boolean);
}

/** The answer in one sentence, for a screen reader. */
export function inBrief(shelter, way, profile) {
  const places = shelter.capacity;
  return [nameOfShelter(shelter), t(profile === "wheelchair" ? "shelter.minutes.wheels" : "shelter.minutes", { n: minutesOf(way.seconds) }), places === undefined || places === null ? t("shelter.places.unknown") : t("shelter.places", { n: places }),
    shelter.step_free ? t("shelter.step_free.yes") : null].filter(Boolean).join(", ");
}

/** Time that is left, rounded down: nobody is told of a minute that is not there. */
export function leftOf(seconds) {
  return seconds < 60 ? t("shelter.left.seconds", { n: Math.floor(seconds) }) : t("shelter.left.minutes", { n: Math.floor(seconds / 60) });
}
