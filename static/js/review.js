import { startAhead } from "./ahead.js";
import { showEffect } from "./effect.js";
import { startUnfold } from "./unfold.js";

// The review form. Keys are declared on its fields and read by keyboard.js; which reasons are offered is a matter of
// the stylesheet. Left for this module: a reason that does not go with the chosen verdict must not be sent along, the
// reason that the evidence suggests is chosen until another one is, a reason explained in the note leads to it, and the
// button says what it will do. It works by delegation: the form is another one after each saving.
const reasonsOf = (form) => [...form.querySelectorAll("input[name=reason]")];

function onVerdict(form, verdict) {
  const reasons = reasonsOf(form);
  for (const reason of reasons) {
    const fits = reason.closest("[data-for]").dataset.for.split(" ").includes(verdict.dataset.place);
    if (!fits) reason.checked = false;
  }
  if (reasons.some((reason) => reason.checked)) return;
  const proposed = (reason) => reason.dataset.proposed?.split(" ").includes(verdict.dataset.place);
  const reason = reasons.find(proposed);
  if (reason) reason.checked = true;
}

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form.decide");
  if (!form || event.target.name !== "verdict") return;
  onVerdict(form, event.target);
  showEffect(form);
});

function showFirstEffect() {
  const form = document.querySelector("form.decide");
  if (form) showEffect(form, { aloud: false });
}

document.addEventListener("click", (event) => {
  const form = event.target.closest?.("form.decide");
  if (form && event.target.name === "reason" && "explained" in event.target.dataset) form.querySelector("[name=note]").focus();
});

// The field that was refused; else the sentence that says why; else the page that has just come.
function focusWhatMatters(swapped) {
  const form = document.querySelector("form[data-refused]");
  const fields = form ? [...form.elements].filter((field) => field.name === form.dataset.refused && !field.disabled) : [];
  const field = fields.find((one) => one.checked) || fields.find((one) => one.offsetParent !== null);
  for (const one of fields) one.setAttribute("aria-invalid", "true");
  const target = field || document.querySelector("[data-focus]") || (swapped ? document.getElementById("main") : null);
  target?.focus({ preventScroll: target.id === "main" });
}

// What comes names its styles and scripts. Those that are here already are taken out before they are in the page: to take
// a style out again would work out the look of everything once more.
const NAMED = /<(?:link rel="stylesheet" href|script type="module" src)="([^"]+)">(?:<\/script>)?/g;

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== "main" || typeof event.detail.serverResponse !== "string") return;
  const here = new Set([...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((one) => one.getAttribute("href") ?? one.getAttribute("src")));
  event.detail.serverResponse = event.detail.serverResponse.replace(NAMED, (tag, address) => (here.has(address) ? "" : tag));
});

// Styles of another kind of case stay once they have been needed, so that nothing is drawn without them.
function keepStyles() {
  for (const link of document.querySelectorAll("main link[rel=stylesheet]")) {
    if (document.head.querySelector(`link[href="${link.getAttribute("href")}"]`)) link.remove();
    else document.head.append(link);
  }
}

function announce() {
  const main = document.getElementById("main");
  const said = [...main.querySelectorAll(".flash__text")].map((words) => words.textContent.replace(/\s+/g, " ").trim());
  const heading = main.querySelector("h1")?.textContent.trim();
  const standing = main.querySelector(".walk strong")?.textContent.trim();
  const announcer = document.querySelector("[data-announcer]");
  if (announcer) announcer.textContent = [...said, [heading, standing].filter(Boolean).join(", ")].join(" ");
}

// A case with groups may come into a page that began with another kind of case.
function bringGroups() {
  if (document.querySelector("[data-groups]")) import("./groups.js");
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "main" && event.target?.id !== "main") return;
  keepStyles();
  watchAbove();
  bringGroups();
  announce();
  showFirstEffect();
  focusWhatMatters(true);
});

// The form beside the evidence is as high as the window leaves it, so that its button is in view. Where it begins depends
// on how many lines stand above it; observed after layout, so that nothing is laid out twice.
const above = new ResizeObserver(() => {
  const head = document.querySelector(".review > .page__head");
  const aside = document.querySelector(".review > .page__aside");
  aside?.style.setProperty("--aside-top", `${Math.ceil(head.getBoundingClientRect().bottom + scrollY)}px`);
});

function watchAbove() {
  above.disconnect();
  for (const one of document.querySelectorAll(".review > .page__head, #flashes")) above.observe(one);
}

watchAbove();
bringGroups();
startUnfold();
showFirstEffect();
focusWhatMatters(false);
startAhead();
