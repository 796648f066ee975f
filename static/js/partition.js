// Groups of records, as plain values: which records stand together, how a press moves one of them, and what that does in
// words. A grouping is a list of numbers, one a record; equal numbers are one person; groups are numbered by their first
// record. null stands for a record of which one is unsure: it is in no group. The server says the same sentences
// (triage/merges/effects.py).
const NUMBERS = ["", "", "both", "three", "four", "five", "six", "seven", "eight"];
const plural = (amount, unit) => `${amount} ${unit}${amount === 1 ? "" : "s"}`;

export const LETTERS = "ABCDEFGH";

export function numbered(groups) {
  const names = new Map();
  return groups.map((group) => group && (names.get(group) ?? names.set(group, names.size + 1).get(group)));
}

export const apart = (size) => Array.from({ length: size }, (_, place) => place + 1);
export const together = (size) => Array(size).fill(1);

export function members(groups) {
  const found = [];
  groups.forEach((group, place) => { if (group) (found[group - 1] ??= []).push(place); });
  return found;
}

export const unsure = (groups) => groups.flatMap((group, place) => (group ? [] : [place]));

export const isAlone = (groups, place) => Boolean(groups[place]) && groups.filter((group) => group === groups[place]).length === 1;
export const allTogether = (groups) => groups.every((group) => group === 1);
export const allApart = (groups) => groups.every((group, place) => group === place + 1);

function moved(groups, place, group) {
  return numbered(groups.map((each, at) => (at === place ? group : each)));
}

const OWN = -1; // a number that no other record has
export const alone = (groups, place) => moved(groups, place, OWN);
export const undecided = (groups, place) => moved(groups, place, null);

// The record joins the group that shows this number; a number that no group shows leaves it alone.
export const joined = (groups, place, number) => moved(groups, place, groups.includes(number) ? number : OWN);

// The next group for a record: first the one that was opened last (`opened`), then every group of several, then alone.
// With no group to join, the record begins one, which the next record joins.
export function next(groups, place, opened) {
  const targets = members(groups)
    .filter((group) => !group.includes(place) && (group.length > 1 || group[0] === opened))
    .sort((one, two) => (two[0] === opened) - (one[0] === opened))
    .map((group) => groups[group[0]]);
  if (isAlone(groups, place)) {
    if (!targets.length) return { groups, opened: opened === place ? null : place };
    return { groups: moved(groups, place, targets[0]), opened: null };
  }
  const later = targets.find((target) => target > groups[place]);
  return later ? { groups: moved(groups, place, later), opened: null } : { groups: alone(groups, place), opened: place };
}

export const listed = (places) => {
  const names = places.map((place) => LETTERS[place]);
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0];
};

export function sentence(groups) {
  const size = groups.length;
  if (allTogether(groups)) return size === 2 ? "Link A and B" : `Link all ${NUMBERS[size]} records`;
  if (allApart(groups)) return size === 2 ? "Keep A and B apart" : `Keep all ${NUMBERS[size]} apart`;
  const found = members(groups);
  const single = found.filter((group) => group.length === 1).flat();
  const said = found.filter((group) => group.length > 1).map((group) => `link ${listed(group)}`);
  const open = unsure(groups);
  if (single.length > 1 || (single.length && said.length)) said.push(`keep ${listed(single)} apart`);
  if (open.length) said.push(`${listed(open)} unsure`);
  const whole = said.join("; ");
  return whole[0].toUpperCase() + whole.slice(1);
}

export function notes(groups) {
  const pairs = (size) => (size * (size - 1)) / 2;
  const linked = members(groups).reduce((sum, group) => sum + pairs(group.length), 0);
  const open = unsure(groups);
  const rest = pairs(groups.length - open.length) - linked;
  const found = [];
  if (linked) found.push(`${plural(linked, "pair")} linked by the pipeline.`);
  if (rest) found.push(`${plural(rest, "pair")} remembered as different people.`);
  return found;
}

// Why groups cannot be saved yet: a decision says of each record where it belongs.
export function blocked(groups) {
  const open = unsure(groups);
  if (!open.length) return "";
  const it = open.length === 1 ? "it" : "each";
  return `${listed(open)} ${open.length === 1 ? "is" : "are"} unsure: ask, defer or escalate, or put ${it} in a group.`;
}
