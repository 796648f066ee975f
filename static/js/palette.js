// The search over every page: a field above a list of options (a combobox). The server finds; the page adds what can be
// done on it. The text is sent with POST and stays out of addresses: it may be a patient's number.
import { openDialog } from "./dialogs.js";
import { post } from "./http.js";
import { acts } from "./keyboard.js";

const PAUSE = 150; // after the last key, before it is asked
const SLOW = 300; // before waiting shows
const BROKEN = "The search did not answer. Press Enter to try again.";

let dialog;
let field;
let answer;
let timer = 0;
let asking = null; // what is being asked, to be given up for the next
let shown = null; // the text and the group that the list answers
let group = "";
let then = null; // what to do when the answer comes: Enter was pressed before

const part = (name) => dialog.querySelector(`[data-palette-${name}]`);
const options = () => [...answer.querySelectorAll("[role=option]")];
const selected = () => answer.querySelector("[aria-selected=true]");
const wanted = () => JSON.stringify([field.value, group]);

function say(problem) {
  part("problem").hidden = !problem;
  part("problem").textContent = problem;
  if (problem) part("said").textContent = problem;
}

function select(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (!option) { field.removeAttribute("aria-activedescendant"); return; }
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = options();
  if (!all.length) return;
  select(all[(all.indexOf(selected()) + step + all.length) % all.length]);
}

// As the server matches commands: each typed word begins a word of the label.
function matches(label, text) {
  const words = (what) => what.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  const named = words(label);
  return words(text).every((word) => named.some((name) => name.startsWith(word)));
}

function act({ label, keys, run }) {
  const option = document.createElement("button");
  option.type = "button";
  option.className = "hit hit--act";
  option.tabIndex = -1;
  option.setAttribute("role", "option");
  const title = document.createElement("span");
  title.className = "hit__text";
  title.textContent = label;
  const aside = document.createElement("span");
  aside.className = "hit__aside";
  for (const key of keys.split(" ")) {
    const cap = document.createElement("kbd");
    cap.className = "kbd kbd--hint";
    cap.textContent = key;
    aside.append(cap);
  }
  option.append(title, aside);
  option.addEventListener("click", () => { dialog.close(); run(); });
  return option;
}

function addActs(list) {
  const typed = field.value.trim();
  const asked = typed.startsWith(">");
  const text = asked ? typed.slice(1) : typed;
  if ((group && group !== "commands") || (!asked && (!/[\p{L}\p{N}]/u.test(text) || /^[@#]/.test(text)))) return;
  const others = new Set([...list.querySelectorAll(".hit__title")].map((title) => title.textContent.trim()));
  const found = acts().filter(({ label }) => matches(label, text) && !others.has(label));
  if (!found.length) return;
  const section = document.createElement("div");
  section.className = "hits__group";
  section.setAttribute("role", "group");
  section.setAttribute("aria-labelledby", "palette-group-here");
  const head = document.createElement("div");
  head.className = "hits__head";
  head.setAttribute("role", "presentation");
  const name = document.createElement("span");
  name.id = "palette-group-here";
  name.textContent = "On this page";
  head.append(name);
  section.append(head, ...found.map(act));
  if (asked) list.prepend(section);
  else list.append(section);
  answer.querySelector("[data-nothing]")?.remove();
}

function show(html, key) {
  answer.innerHTML = html;
  const root = answer.querySelector("[data-answer]");
  addActs(answer.querySelector("#palette-list"));
  options().forEach((option, place) => { option.id = `palette-option-${place}`; });
  shown = key;
  select(options()[0]);
  answer.scrollTop = 0;
  say("");
  part("scope").textContent = root?.dataset.scope || "everything";
  part("said").textContent = options().length ? root?.dataset.said || `${options().length} found.` : root?.dataset.said || "";
}

function wait(on) {
  part("slow").hidden = !on;
  answer.setAttribute("aria-busy", String(on));
}

async function refusalOf(response) {
  const body = await response.text();
  try { return JSON.parse(body).detail; } catch { /* not JSON: a page or a fragment */ }
  return new DOMParser().parseFromString(body, "text/html").querySelector(".flash__text")?.textContent.trim();
}

async function ask() {
  clearTimeout(timer);
  asking?.abort();
  const mine = asking = new AbortController();
  const key = wanted();
  const slow = setTimeout(() => wait(true), SLOW);
  try {
    const form = part("field").form;
    const response = await post(form.action, { text: field.value, group }, { "HX-Request": "true" }, mine.signal);
    if (mine.signal.aborted) return;
    if (!response.ok) { then = null; say((await refusalOf(response)) || BROKEN); return; }
    const html = await response.text();
    if (mine.signal.aborted) return;
    show(html, key);
    then?.();
    then = null;
  } catch (error) {
    if (error.name === "AbortError") return;
    then = null;
    say(BROKEN);
  } finally {
    clearTimeout(slow);
    if (asking === mine) { asking = null; wait(false); }
  }
}

function open(beside) {
  const option = selected();
  if (!option) return;
  if (beside && option.href) window.open(option.href, "_blank", "noopener");
  else option.click();
}

// What was typed last may not be answered yet: Enter is for that, and not for what an earlier text found.
function enter(beside) {
  if (shown === wanted()) { open(beside); return; }
  then = () => open(beside);
  ask();
}

function narrow(code) {
  group = code;
  ask();
}

function nextTab(step) {
  const tabs = [...answer.querySelectorAll(".hits__tab")];
  if (tabs.length < 2) return false;
  if (group && tabs.length === 2 && step > 0) { narrow(""); return true; } // only its own tab is left: all of them again
  const at = tabs.findIndex((tab) => tab.getAttribute("aria-current"));
  narrow(tabs[(at + step + tabs.length) % tabs.length].value);
  return true;
}

function onKey(event) {
  if (event.isComposing) return;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps && !event.altKey) move(steps[event.key]);
  else if (event.key === "Enter") enter(event.ctrlKey || event.metaKey);
  else if (event.key === "Tab" && !event.altKey && !event.ctrlKey) { if (!nextTab(event.shiftKey ? -1 : 1)) return; }
  else return;
  event.preventDefault();
}

function start() {
  if (dialog.open) return;
  openDialog(dialog);
  field.select();
  if (shown !== wanted()) ask();
}

function onShortcut(event) {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  if (document.querySelector("dialog[open]") && !dialog.open) return;
  event.preventDefault();
  if (dialog.open) dialog.close();
  else start();
}

export function startPalette() {
  dialog = document.querySelector("[data-palette]");
  if (!dialog) return;
  field = part("field");
  answer = part("answer");
  addEventListener("keydown", onShortcut);
  addEventListener("click", (event) => {
    const opener = event.target instanceof Element && event.target.closest("[data-open-palette]");
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    start();
  });
  field.addEventListener("keydown", onKey);
  field.addEventListener("input", () => {
    then = null;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  field.form.addEventListener("submit", (event) => { event.preventDefault(); });
  answer.addEventListener("click", (event) => {
    const tab = event.target.closest(".hits__tab");
    if (!tab) return;
    event.preventDefault();
    narrow(tab.value);
    field.focus();
  });
  answer.addEventListener("pointermove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && option !== selected()) select(option);
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => { // the page may have changed by the time it is opened again
    clearTimeout(timer);
    asking?.abort();
    [group, shown, then] = ["", null, null];
  });
}
