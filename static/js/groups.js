// Puts records into groups: by the numbers in the heads of the sheet, by Shift and a letter, by digits and arrows.
// All records together and all apart are verdicts of their own: the chosen verdict follows the groups, and the other way
// round. What moves where is worked out in partition.js; without this module the numbers work as plain fields.
import { showEffect } from "./effect.js";
import * as partition from "./partition.js";

const UNSURE = "unsure"; // as the form sends it (triage/merges/groups.py)
const NARROW = 5; // from so many records on a column shows only the numbers that lead somewhere

const sheet = () => document.querySelector(".sheet");
const chipsOf = (place) => document.querySelector(`[data-chips="${place}"]`);
const radios = (place) => [...chipsOf(place).querySelectorAll("input")];

let fields = null; // of the case that is shown: another one after each saving
let form = null;
let groups = [];
let opened = null;
let grouping = false;
let marked = false; // the groups are marks only: the chosen verdict puts the work off
let restored = false; // the groups came with the page, or from a draft

function verdictOf(code) {
  return form.querySelector(`input[name=verdict][value="${CSS.escape(code)}"]`);
}

function byGroups() {
  return form.querySelector(`input[name=verdict][data-place="${fields.closest("[data-for]").dataset.for}"]`);
}

function order() {
  const places = groups.map((_, place) => place);
  const rank = (place) => groups[place] ?? Infinity; // records of which one is unsure come last
  return grouping ? places.sort((one, two) => (rank(one) === rank(two) ? one - two : rank(one) - rank(two))) : places;
}

function isLinked(place) {
  return grouping && Boolean(groups[place]) && !partition.isAlone(groups, place);
}

function arrange() {
  const places = order();
  for (const row of sheet().querySelectorAll("tr:has(> [data-record])")) {
    const cells = new Map([...row.querySelectorAll(":scope > [data-record]")].map((cell) => [+cell.dataset.record, cell]));
    const after = row.lastElementChild;
    const moves = places.some((place, at) => [...cells.values()][at] !== cells.get(place));
    places.forEach((place, at) => {
      const cell = cells.get(place);
      if (moves) row.insertBefore(cell, after);
      cell.classList.toggle("in-group", isLinked(place));
      cell.classList.toggle("sheet__edge", grouping && (!at || groups[places[at - 1]] !== groups[place]));
    });
  }
}

function bracket(group) {
  const head = document.createElement("td");
  head.setAttribute("role", "cell");
  head.colSpan = group.length;
  const linked = group.length > 1;
  const everyone = group.length === groups.length;
  const linkedWords = marked ? "marked as one" : "will be linked";
  const words = linked ? `${everyone ? "all" : partition.listed(group)} ${linkedWords}` : group[0] === opened ? `${partition.listed(group)} with …` : "apart";
  head.className = `bracket bracket--${linked && !marked ? "link" : "apart"}`;
  // The letters stand below it: in narrow columns it need not name them.
  head.textContent = `${groups[group[0]]} · ${linked && groups.length >= NARROW ? (marked ? "marked" : "linked") : words}`;
  head.title = `${groups[group[0]]} · ${words}`;
  return head;
}

function unsureBracket(places) {
  const head = document.createElement("td");
  head.setAttribute("role", "cell");
  head.colSpan = places.length;
  head.className = "bracket bracket--unsure";
  head.textContent = "unsure";
  return head;
}

function drawBrackets() {
  const row = document.querySelector("[data-brackets]");
  row.hint ??= row.children[1];
  const open = partition.unsure(groups);
  const found = grouping ? [...partition.members(groups).map(bracket), ...(open.length ? [unsureBracket(open)] : [])] : [row.hint];
  row.replaceChildren(row.firstElementChild, ...found, row.lastElementChild);
}

function drawChips() {
  groups.forEach((own, place) => {
    chipsOf(place).querySelector("[data-next-group]").hidden = false;
    for (const radio of radios(place)) {
      const number = radio.value === UNSURE ? null : +radio.value;
      radio.checked = grouping && number === own;
      const holds = number !== null && (groups.filter((group) => group === number).length > 1 || groups[opened] === number);
      radio.closest(".chip").hidden = groups.length >= NARROW && number !== null && number !== own && !holds;
    }
  });
}

function draw() {
  const held = document.activeElement?.closest("[data-chips]")?.dataset.chips;
  const button = document.activeElement?.matches("[data-next-group]");
  drawChips();
  arrange();
  drawBrackets();
  if (held === undefined) return;
  if (button) chipsOf(held).querySelector("[data-next-group]").focus();
  else focusOn(+held);
}

function focusOn(place) {
  const found = radios(place).filter((radio) => !radio.closest("[hidden]"));
  (found.find((radio) => radio.checked) ?? found[0]).focus();
}

function say() {
  const box = form.querySelector(`[data-effect="${CSS.escape(byGroups().value)}"]`);
  box.dataset.grouping = groups.join(",");
  box.dataset.blocked = partition.blocked(groups);
  box.querySelector("[data-effect-sentence]").textContent = partition.sentence(groups);
  box.querySelector("[data-effect-notes]").replaceChildren(
    ...partition.notes(groups).map((note) => Object.assign(document.createElement("li"), { textContent: note })),
  );
}

// The verdict that the groups amount to. Groups that were only opened are still to be completed.
function verdictFor() {
  if (partition.allTogether(groups)) return verdictOf(fields.dataset.together);
  if (partition.allApart(groups) && opened === null) return verdictOf(fields.dataset.apart);
  return byGroups();
}

function take(changed, first = null) {
  groups = changed;
  opened = first;
  grouping = true;
  marked = false;
  say();
  draw();
  fields.querySelector("select").dispatchEvent(new Event("input", { bubbles: true })); // a draft is kept (drafts.js)
  const verdict = verdictFor();
  if (!verdict.checked) {
    verdict.checked = true;
    verdict.dispatchEvent(new Event("change", { bubbles: true }));
  } else showEffect(form);
}

function put(place, number) {
  const begins = number === groups[place] && partition.isAlone(groups, place);
  take(partition.joined(groups, place, number), begins ? place : null);
}

function doubt(place) {
  take(partition.undecided(groups, place));
}

function goOn(place) {
  const found = partition.next(groups, place, opened);
  take(found.groups, found.opened);
}

function onVerdict(verdict) {
  const size = groups.length;
  if (verdict.value === fields.dataset.together) groups = partition.together(size);
  else if (verdict.value === fields.dataset.apart) groups = partition.apart(size);
  else if (verdict !== byGroups()) { grouping = marked = partition.unsure(groups).length > 0; draw(); return; }
  else if (partition.allTogether(groups)) groups = partition.apart(size);
  if (verdict !== byGroups()) opened = null;
  grouping = true;
  marked = false;
  say();
  draw();
  showEffect(form);
}

function beside(place, step) {
  const places = order();
  return places[(places.indexOf(place) + step + places.length) % places.length];
}

function onKey(event) {
  const chips = event.target instanceof Element && event.target.closest("[data-chips]");
  if (!chips || event.ctrlKey || event.metaKey || event.altKey) return;
  const place = +chips.dataset.chips;
  const steps = { ArrowLeft: -1, ArrowRight: 1 };
  if (event.key in steps) focusOn(beside(place, steps[event.key]));
  else if (/^[1-8]$/.test(event.key) && +event.key <= groups.length) put(place, +event.key);
  else if (event.key === "u") doubt(place);
  else if (event.key === "Escape") byGroups().focus();
  else return;
  event.preventDefault();
}

function begin() {
  const typed = [...document.querySelectorAll("[data-chips]")].map((_, place) => radios(place).find((radio) => radio.checked)?.value ?? "");
  restored = typed.every(Boolean);
  groups = restored ? partition.numbered(typed.map((value) => (value === UNSURE ? null : +value))) : partition.apart(typed.length);
}

function start() {
  fields = document.querySelector("[data-groups]");
  if (!fields || !document.querySelector("[data-chips]")) { fields = null; return; }
  form = fields.closest("form");
  [opened, grouping, marked] = [null, false, false];
  begin();
  const verdict = form.querySelector("input[name=verdict]:checked");
  if (verdict) onVerdict(verdict);
  else if (restored && verdictFor() === byGroups()) take(groups);
  else draw();
}

document.addEventListener("change", (event) => {
  if (!fields) return;
  const chips = event.target.closest("[data-chips]");
  if (chips && event.target.value === UNSURE) doubt(+chips.dataset.chips);
  else if (chips) put(+chips.dataset.chips, +event.target.value);
  else if (event.target.name === "verdict" && form.contains(event.target)) onVerdict(event.target);
});
document.addEventListener("click", (event) => {
  if (!fields) return;
  const button = event.target.closest("[data-next-group]");
  if (button) goOn(+button.dataset.nextGroup);
  // By its key the verdict leads to the first record; by mouse or arrow the focus stays where it is.
  else if (event.target === byGroups() && !event.isTrusted) focusOn(order()[0]);
});
document.addEventListener("keydown", (event) => { if (fields) onKey(event); });
document.addEventListener("concord:restored", (event) => { if (event.target.querySelector("[data-groups]")) start(); });
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id === "main" || event.target?.id === "main") start();
});
document.addEventListener("htmx:afterSettle", (event) => { if (fields && event.detail.target.matches("#comparison")) draw(); });

start();
