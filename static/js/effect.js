// What the chosen verdict will do stands in the form (data-effect); the button that saves it says the same, and so does
// a live region for those who do not see it change. A verdict against decisions that stand names them, and goes to a
// third person.
import { against } from "./standing.js";

const texts = (box, selector) => [...box.querySelectorAll(selector)].map((each) => each.textContent.trim());

function drawAgainst(box) {
  const grouping = box.dataset.grouping;
  const found = grouping ? against(grouping.split(",").map((group) => (group ? Number(group) : null))) : [];
  box.querySelector("[data-effect-against]").replaceChildren(
    ...found.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })),
  );
  return found.length > 0;
}

// What cannot be saved yet says why, beside the buttons.
function block(form, reason) {
  const line = form.querySelector("[data-effect-blocked]");
  line.textContent = reason;
  line.hidden = !reason;
  for (const button of form.querySelectorAll("[data-save-button], [data-stay-button]")) {
    button.disabled = Boolean(reason);
    if (reason) button.setAttribute("aria-describedby", line.id);
    else button.removeAttribute("aria-describedby");
  }
}

export function showEffect(form, { aloud = true } = {}) {
  const verdict = form.querySelector("input[name=verdict]:checked");
  const box = verdict && form.querySelector(`[data-effect="${CSS.escape(verdict.value)}"]`);
  const sentence = box?.querySelector("[data-effect-sentence]").textContent.trim() ?? "";
  const contradicts = Boolean(box && drawAgainst(box));
  // Where contradictions are adjudicated, it must stand beside all others: it is sent nowhere.
  const adjudicates = form.querySelector("[name=reverse]") !== null;
  const button = contradicts && !adjudicates ? "Send to adjudication" : sentence || "Save";
  form.querySelector("[data-effect-button]").textContent = button;
  const short = document.querySelector("[data-effect-short]");
  if (short) short.textContent = verdict ? sentence || verdict.dataset.keyLabel : "";
  const blocked = box?.dataset.blocked ?? "";
  block(form, blocked);
  if (!aloud || !box) return;
  const said = [sentence && `${sentence}.`, ...texts(box, "[data-effect-notes] li"), ...texts(box, "[data-effect-against] li"), blocked];
  form.querySelector("[data-effect-say]").textContent = said.filter(Boolean).join(" ");
}
