// Selecting cases of a list: rows by x, click or Shift and click; the page; or the whole list, which the server knows by
// its filters. Without this module the boxes and buttons of the form work as they are.
function boxesOf(form) {
  return [...document.querySelectorAll(`input[type=checkbox][name=case][form="${form.id}"]`)];
}

function words(form, ticked) {
  const all = form.querySelector("[data-selection-all]");
  return all.checked ? `All ${all.dataset.selectionNumber} of this list selected`.replace("  ", " ") : `${ticked} selected`;
}

function show(form) {
  const boxes = boxesOf(form);
  const all = form.querySelector("[data-selection-all]");
  const ticked = boxes.filter((box) => box.checked).length;
  const some = ticked > 0 || all.checked;
  form.toggleAttribute("data-some", some);
  form.querySelector("[data-selection-count]").textContent = words(form, ticked);
  const page = form.querySelector("[data-selection-page]");
  page.checked = boxes.length > 0 && ticked === boxes.length;
  page.indeterminate = ticked > 0 && ticked < boxes.length;
  for (const act of form.querySelectorAll("[data-selection-act]")) act.disabled = !some;
  form.querySelector("[data-selection-why]").hidden = some;
}

function tick(form, on) {
  for (const box of boxesOf(form)) box.checked = on;
}

function range(form, last, box) {
  const boxes = boxesOf(form);
  const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
  if (from < 0) return;
  for (const other of boxes.slice(from, to + 1)) other.checked = box.checked;
}

function start(form) {
  const all = form.querySelector("[data-selection-all]");
  const page = form.querySelector("[data-selection-page]");
  let last = null;
  for (const scripted of form.querySelectorAll("[data-selection-scripted]")) scripted.hidden = false;
  document.addEventListener("click", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.name !== "case" || box.form !== form) return;
    if (event.shiftKey && last) range(form, last, box);
    last = box;
    all.checked = false; // a whole list with exceptions is no list that the server could find again
    show(form);
  });
  page.addEventListener("change", () => { all.checked = false; tick(form, page.checked); show(form); });
  all.addEventListener("change", () => { tick(form, all.checked); show(form); });
  // A page that comes back from the browser's memory keeps its boxes, and they are counted again.
  addEventListener("pageshow", () => show(form));
  show(form);
}

const form = document.querySelector("form[data-selection]");
if (form) start(form);
