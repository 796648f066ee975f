// The review form. Keys are declared on its fields and read by keyboard.js; which reasons are offered is a matter of
// the stylesheet. Left for this module: a reason that does not go with the chosen verdict must not be sent along, the
// reason that the evidence suggests is chosen until another one is, a reason explained in the note leads to it, and the
// button says what it will do.
import { showEffect } from "./effect.js";

const form = document.querySelector("form.decide");

function reasons() {
  return [...form.querySelectorAll("input[name=reason]")];
}

function onVerdict(verdict) {
  for (const reason of reasons()) {
    const fits = reason.closest("[data-for]").dataset.for.split(" ").includes(verdict.dataset.place);
    if (!fits) reason.checked = false;
  }
  if (reasons().some((reason) => reason.checked)) return;
  const proposed = (reason) => reason.dataset.proposed?.split(" ").includes(verdict.dataset.place);
  const reason = reasons().find(proposed);
  if (reason) reason.checked = true;
}

function onReason(reason) {
  if ("explained" in reason.dataset) form.querySelector("[name=note]").focus();
}

if (form) {
  showEffect(form, { aloud: false });
  form.addEventListener("change", (event) => {
    if (event.target.name !== "verdict") return;
    onVerdict(event.target);
    showEffect(form);
  });
  form.addEventListener("click", (event) => {
    if (event.target.name === "reason") onReason(event.target);
  });
}

document.querySelector("[data-focus]")?.focus();
