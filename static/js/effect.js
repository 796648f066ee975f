// What the chosen verdict will do stands in the form (data-effect); the button that saves it says the same, and so does
// a live region for those who do not see it change.
export function showEffect(form, { aloud = true } = {}) {
  const verdict = form.querySelector("input[name=verdict]:checked");
  const box = verdict && form.querySelector(`[data-effect="${CSS.escape(verdict.value)}"]`);
  const sentence = box?.querySelector("[data-effect-sentence]").textContent.trim() ?? "";
  form.querySelector("[data-effect-button]").textContent = sentence || "Save";
  if (!aloud || !box) return;
  const notes = [...box.querySelectorAll("[data-effect-notes] li")].map((note) => note.textContent.trim());
  form.querySelector("[data-effect-say]").textContent = [sentence && `${sentence}.`, ...notes].filter(Boolean).join(" ");
}
