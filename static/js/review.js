// The review form. Keys are declared on its fields and read by keyboard.js; which reasons are offered is a matter of
// the stylesheet. Left for this module: a reason that does not go with the verdict any more must not be sent along,
// and after a verdict the next key belongs to its reason.
const form = document.querySelector("form.decide");

function reasons() {
  return [...form.querySelectorAll("input[name=reason]")];
}

function onVerdict(verdict) {
  for (const reason of reasons()) {
    const fits = reason.closest("[data-for]").dataset.for.split(" ").includes(verdict.value);
    if (!fits) reason.checked = false;
  }
}

function onReason(reason) {
  if (reason.value === "other") form.querySelector("[name=note]").focus();
}

if (form) {
  form.addEventListener("change", (event) => {
    if (event.target.name === "verdict") onVerdict(event.target);
  });
  form.addEventListener("click", (event) => {
    if (event.target.name === "reason") onReason(event.target);
  });
}

document.querySelector("[data-focus]")?.focus();
