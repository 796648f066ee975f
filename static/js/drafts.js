// Notes being written survive a reload, a refusal and a signed-out session: fields marked data-draft-field in a
// form[data-draft] are kept in this tab (sessionStorage), for this person only, until the form has been accepted. What is
// marked data-draft-lasts too outlives an answer that only puts the work off (data-draft-settles marks one that does not).
const PREFIX = "concord.draft.";

const person = () => document.body.dataset.person || "";
const keyOf = (form) => `${PREFIX}${person()}.${form.dataset.draft}`;

function load(key) {
  try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; }
}

function store(key, draft) {
  try { sessionStorage.setItem(key, JSON.stringify(draft)); } catch { /* a full or refused store: the page still holds the text */ }
}

export function forgetDrafts(keep = () => false) {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX) && !keep(key)) sessionStorage.removeItem(key);
  }
}

function fieldsOf(form) {
  return [...form.elements].filter((field) => "draftField" in field.dataset);
}

const isChoice = (field) => field.type === "radio" || field.type === "checkbox";

function keep(form, sent = false) {
  const filled = fieldsOf(form).filter((field) => (isChoice(field) ? field.checked : field.value));
  const fields = Object.fromEntries(filled.map((field) => [field.name, field.value]));
  if (Object.keys(fields).length) store(keyOf(form), { fields, sent });
  else sessionStorage.removeItem(keyOf(form));
}

function restore(form) {
  const draft = load(keyOf(form));
  if (!draft) return;
  let restored = false;
  let chosen = false;
  for (const field of fieldsOf(form)) {
    const kept = draft.fields[field.name];
    if (!kept) continue;
    if (isChoice(field)) { field.checked = field.value === kept; chosen = true; }
    else if (!field.value) { field.value = kept; restored = true; }
  }
  const sign = form.querySelector("[data-draft-sign]");
  if (restored && sign) sign.hidden = false;
  if (chosen) form.dispatchEvent(new Event("concord:restored", { bubbles: true })); // what is drawn from choices follows
}

// The form was accepted: all of it is done with, unless it only put the work off.
function accepted(form) {
  const settled = form.querySelector("[data-draft-settles]:checked");
  const lasting = settled ? [] : fieldsOf(form).filter((field) => "draftLasts" in field.dataset && field.checked);
  if (lasting.length) store(keyOf(form), { fields: Object.fromEntries(lasting.map((field) => [field.name, field.value])), sent: false });
  else sessionStorage.removeItem(keyOf(form));
}

// Pages that name a form of another page say whether it holds a draft.
function mark(place) {
  for (const sign of place.querySelectorAll?.("[data-draft-mark]") ?? []) {
    sign.hidden = load(`${PREFIX}${person()}.${sign.dataset.draftMark}`) === null;
  }
}

export function startDrafts() {
  if (!person()) return;
  forgetDrafts((key) => key.startsWith(`${PREFIX}${person()}.`));
  for (const form of document.querySelectorAll("form[data-draft]")) restore(form);
  // A draft that was sent and led to a signed-in page without its form has been accepted; with its form, refused.
  const here = new Set([...document.querySelectorAll("form[data-draft]")].map(keyOf));
  forgetDrafts((key) => here.has(key) || !load(key)?.sent);
  for (const key of here) {
    const draft = load(key);
    if (draft?.sent) store(key, { ...draft, sent: false });
  }
  addEventListener("input", (event) => {
    const form = event.target instanceof Element && event.target.form?.closest("form[data-draft]");
    if (form) keep(form);
  });
  addEventListener("submit", (event) => {
    if (event.target.matches("form[data-draft]")) keep(event.target, true);
    if (event.target.matches("form[data-sign-out]")) forgetDrafts();
  }, { capture: true });
  // The form may be gone from the page by the time its answer has been put in place.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const form = event.detail.requestConfig?.elt?.closest?.("form[data-draft]");
    if (form && event.detail.xhr.status < 400) accepted(form);
  });
  document.addEventListener("htmx:load", (event) => {
    for (const form of event.detail.elt.querySelectorAll?.("form[data-draft]") ?? []) restore(form);
    mark(event.detail.elt);
  });
}
