// Whether equal rows are shown: remembered for this person and kind of case, in this browser. Nothing of a case is kept.
const key = () => `concord.unfold.${document.body.dataset.person ?? ""}.${document.getElementById("main")?.dataset.kind ?? ""}`;

function read() {
  try { return localStorage.getItem(key()) === "yes"; } catch { return false; }
}

function write(shown) {
  try {
    if (shown) localStorage.setItem(key(), "yes");
    else localStorage.removeItem(key());
  } catch { /* private windows may refuse: then rows are folded again in the next case */ }
}

function show() {
  const shown = read();
  for (const box of document.querySelectorAll("[data-unfold]")) box.checked = shown;
}

export function startUnfold() {
  show();
  document.addEventListener("change", (event) => { if (event.target.matches("[data-unfold]")) write(event.target.checked); });
  document.addEventListener("htmx:afterSwap", show);
}
