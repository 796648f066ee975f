// What the chosen verdict will do stands in the form (data-effect); the button that saves it says the same, and so does
// a live region for those who do not see it change. A verdict against decisions that stand names them, and goes to a
// third person.
import { against } from "./standing.js";

const texts = (box, selector) => [...box.querySelectorAll(selector)].map((each) => each.textContent.trim());

function drawAgainst(box) {
  const grouping = box.dataset.grouping;
  const found = grouping ? against(grouping.split(",").map(Number)) : [];
  box.querySelector("[data-effect-against]").replaceChildren(
    ...found.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })),
  );
  return found.length > 0;
}

export function showEffect(form, { aloud = true } = {}) {
  const verdict = form.querySelector("input[name=verdict]:checked");
  const box = verdict && form.querySelector(`[data-effect="${CSS.escape(verdict.value)}"]`);
  const sentence = box?.querySelector("[data-effect-sentence]").textContent.trim() ?? "";
  const contradicts = Boolean(box && drawAgainst(box));
  form.querySelector("[data-effect-button]").textContent = contradicts ? "Send to adjudication" : sentence || "Save";
  if (!aloud || !box) return;
  const said = [sentence && `${sentence}.`, ...texts(box, "[data-effect-notes] li"), ...texts(box, "[data-effect-against] li")];
  form.querySelector("[data-effect-say]").textContent = said.filter(Boolean).join(" ");
}
