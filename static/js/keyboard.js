// Keys. Elements declare their own: data-key="1" or data-key="g q", named by data-key-label (or their own text).
// Single-key shortcuts are inactive during typing and in dialogs, and can be switched off (WCAG 2.1.4).
const PAUSE = 1200;
const STORE = "concord.keys";
const LAST = ["This page", "Lists", "Forms", "Go to", "Everywhere"];
const BUILT_IN = [
  ["Lists", "j", "Next row"],
  ["Lists", "k", "Previous row"],
  ["Lists", "o", "Open the row (Enter too)"],
  ["Lists", "x", "Select the row"],
  ["Everywhere", "Ctrl+K", "Search and commands, while typing too"],
  ["Everywhere", "Esc", "Leave a field or close what is open"],
  ["Forms", "Ctrl+Enter", "Save"],
];

let pressed = [];
let timer = 0;

export function keysAreOn() {
  return document.documentElement.dataset.keys !== "off" && read() !== "off";
}

function read() {
  try { return localStorage.getItem(STORE); } catch { return null; }
}

function write(value) {
  try { localStorage.setItem(STORE, value); } catch { /* private windows may refuse: the switch then lasts as long as the page */ }
}

function isTyping(target) {
  if (!(target instanceof Element)) return false;
  if (target.closest("textarea, select, [contenteditable=true]")) return true;
  return target.matches("input:not([type=radio], [type=checkbox], [type=button], [type=submit], [type=reset])");
}

function isShown(element) {
  return element.checkVisibility ? element.checkVisibility({ visibilityProperty: true }) : element.offsetParent !== null;
}

function declared() {
  return [...document.querySelectorAll("[data-key]")].filter((element) => !element.closest("dialog:not([open])"));
}

function activate(element) {
  if (element.disabled || element.getAttribute("aria-disabled") === "true") return;
  if (isTyping(element)) { element.focus(); return; }
  if (element.matches("input")) element.focus();
  element.click();
}

function rowsOf(list) {
  return [...list.querySelectorAll("[data-item], :scope > tbody > tr, :scope > tr, :scope > li")].filter(isShown);
}

function handleOf(row) {
  return row.querySelector("[data-open]") || row.querySelector("a[href], button:not([disabled])") || row;
}

function currentList() {
  return document.activeElement?.closest("[data-list]") || document.querySelector("[data-list]");
}

function currentRow(list) {
  return rowsOf(list).find((row) => row.hasAttribute("data-cursor"));
}

function move(step) {
  const list = currentList();
  if (!list) return false;
  const rows = rowsOf(list);
  if (!rows.length) return false;
  const at = rows.indexOf(currentRow(list));
  const row = rows[Math.max(0, Math.min(rows.length - 1, at === -1 ? (step > 0 ? 0 : rows.length - 1) : at + step))];
  const handle = handleOf(row);
  if (handle === row) row.tabIndex = -1;
  handle.focus();
  mark(row);
  row.scrollIntoView({ block: "nearest" });
  return true;
}

function mark(row) {
  const list = row.closest("[data-list]");
  for (const other of rowsOf(list)) other.toggleAttribute("data-cursor", other === row);
}

function onList(verb) {
  const list = currentList();
  const row = list && currentRow(list);
  if (!row) return false;
  const target = verb === "open" ? handleOf(row) : row.querySelector("input[type=checkbox]");
  if (!target) return false;
  target.click();
  return true;
}

const VERBS = { j: () => move(1), k: () => move(-1), o: () => onList("open"), x: () => onList("select") };

// Enter presses what has the focus; a page may give it a meaning of its own only where nothing has.
function pressesFocus(event) {
  return event.key === "Enter" && !event.target.matches("body, main");
}

function onSequence(event) {
  if (pressesFocus(event)) return;
  clearTimeout(timer);
  pressed.push(event.key);
  const typed = pressed.join(" ");
  const candidates = declared().filter(isShown);
  const named = candidates.filter((element) => element.dataset.key === typed);
  const exact = named.find((element) => element.closest("main")) || named[0]; // a page's own key comes before the frame's
  if (exact) { pressed = []; event.preventDefault(); activate(exact); return; }
  if (candidates.some((element) => element.dataset.key.startsWith(`${typed} `))) {
    timer = setTimeout(() => { pressed = []; }, PAUSE);
    event.preventDefault();
    return;
  }
  pressed = [];
  if (VERBS[event.key]?.()) event.preventDefault();
}

function saveForm(event) {
  const inForm = document.activeElement?.closest("form[data-save]");
  const all = document.querySelectorAll('form[data-save]:not([data-save="own"])'); // an "own" one only from inside of it
  const form = inForm || (all.length === 1 ? all[0] : null);
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("[data-save-button]");
  if (button) button.click(); else form.requestSubmit(); // pressed, so that what sends the form knows which button it was
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { saveForm(event); return; }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && isTyping(event.target)) { event.target.blur(); return; }
  if (["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
  if (event.repeat && !["j", "k"].includes(event.key)) return;
  if (!keysAreOn() || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  onSequence(event);
}

function labelOf(element) {
  const said = element.dataset.keyLabel || element.getAttribute("aria-label");
  if (said) return said;
  const words = (element.labels?.[0] || element).cloneNode(true);
  for (const cap of words.querySelectorAll("kbd, .visually-hidden")) cap.remove();
  return words.textContent.replace(/\s+/g, " ").trim();
}

// What can be done on this page by a key, for the list of commands: each label once, with what does it.
export function acts() {
  const found = new Map();
  for (const element of declared()) {
    const frame = element.dataset.keyGroup === "Go to" || element.closest("[data-open-palette], dialog");
    if (frame || element.disabled || element.getAttribute("aria-disabled") === "true" || !isShown(element)) continue;
    const label = labelOf(element);
    if (label && !found.has(label)) found.set(label, { label, keys: element.dataset.key, run: () => activate(element) });
  }
  return [...found.values()];
}

// Where a key stands in the list. A verdict has a part of its own, with its reasons and all that it alone asks for; some
// keys mean another reason with another verdict.
function groupsOf(element) {
  const verdictAt = (place) => element.closest("form")?.querySelector(`[data-place="${CSS.escape(place)}"]`);
  const verdicts = "place" in element.dataset
    ? [element]
    : (element.closest("[data-for]")?.dataset.for.split(" ") ?? []).map(verdictAt).filter(Boolean);
  if (verdicts.length) return { names: verdicts.map(labelOf), ofVerdict: true };
  return { names: [element.dataset.keyGroup || "This page"], ofVerdict: false };
}

function helpRows() {
  const groups = new Map();
  const verdicts = new Set();
  const add = (group, keys, label) => {
    if (!groups.has(group)) groups.set(group, new Map());
    if (!groups.get(group).has(keys)) groups.get(group).set(keys, label);
  };
  for (const element of declared()) {
    const { names, ofVerdict } = groupsOf(element);
    for (const name of names) {
      if (ofVerdict) verdicts.add(name);
      add(name, element.dataset.key, labelOf(element));
    }
  }
  for (const note of document.querySelectorAll("[data-key-note]")) add(note.dataset.keyGroup, note.dataset.keyNote, note.dataset.keyLabel);
  const hasList = document.querySelector("[data-list]") !== null;
  const hasForm = document.querySelector("form[data-save]") !== null;
  for (const [group, keys, label] of BUILT_IN) {
    if ((group === "Lists" && !hasList) || (group === "Forms" && !hasForm)) continue;
    add(group, keys, label);
  }
  // What this page is for comes first, what every page has comes last.
  const rank = (name) => (verdicts.has(name) ? -2 : LAST.indexOf(name));
  return [...groups].sort(([one], [two]) => rank(one) - rank(two));
}

function fillHelp(list) {
  list.replaceChildren();
  for (const [group, keys] of helpRows()) {
    const head = document.createElement("h3");
    head.className = "keys__group";
    head.textContent = group;
    const rows = document.createElement("dl");
    rows.className = "keys__rows";
    list.append(head, rows);
    for (const [key, label] of keys) {
      const row = document.createElement("div");
      row.className = "keys__row";
      const name = document.createElement("dt");
      name.textContent = label;
      const value = document.createElement("dd");
      for (const part of /^[A-Z]$/.test(key) ? ["Shift", key] : key.split(/[ +]/)) {
        const cap = document.createElement("kbd");
        cap.className = "kbd";
        cap.textContent = part;
        value.append(cap, " ");
      }
      row.append(name, value);
      rows.append(row);
    }
  }
}

export function startKeyboard() {
  addEventListener("keydown", onKey);
  addEventListener("focusin", (event) => {
    const list = event.target instanceof Element && event.target.closest("[data-list]");
    const row = list && rowsOf(list).find((candidate) => candidate.contains(event.target));
    if (row) mark(row);
  });
  const help = document.querySelector("[data-keyboard-help]");
  if (!help) return;
  help.addEventListener("concord:open", () => fillHelp(help.querySelector("[data-keys-list]")));
  const box = help.querySelector("[data-keys-switch]");
  if (read() === "off") document.documentElement.dataset.keys = "off";
  box.checked = keysAreOn();
  box.addEventListener("change", () => {
    write(box.checked ? "on" : "off");
    document.documentElement.dataset.keys = box.checked ? "on" : "off";
  });
  document.querySelector("[data-preferences]")?.addEventListener("change", (event) => {
    if (event.target.name === "keys") { write(event.target.value); box.checked = event.target.value === "on"; }
  });
}
