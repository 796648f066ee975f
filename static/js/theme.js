// Display settings take effect at once; the form that holds them also works without this.
import { post } from "./http.js";

export function startTheme() {
  const form = document.querySelector("[data-preferences]");
  if (!form) return;
  form.querySelector("button[type=submit]").hidden = true;
  form.addEventListener("change", (event) => {
    const field = event.target;
    if (["theme", "density", "keys"].includes(field.name)) document.documentElement.dataset[field.name] = field.value;
    post(form.action, Object.fromEntries(new FormData(form)));
  });
}
