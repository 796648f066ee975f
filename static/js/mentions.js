// A list of people while “@” is typed in a field marked data-mentions. Its names are fetched once, from the address that
// the form names (data-people). Without it the username is typed; the console refuses a name that it does not know.
const SHOWN = 8;
const known = new Map(); // address → people
let open = null; // { field, list, people, at, start }

async function peopleOf(form) {
  const url = form.dataset.people;
  if (!known.has(url)) {
    known.set(url, fetch(url, { credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.text() : ""))
      .then((html) => [...new DOMParser().parseFromString(html, "text/html").querySelectorAll("option")]
        .map((option) => ({ username: option.value, name: option.textContent })))
      .catch(() => { known.delete(url); return []; }));
  }
  return known.get(url);
}

function typed(field) {
  if (field.selectionStart !== field.selectionEnd) return null;
  const found = /(?:^|[^\w@.+-])@([\w@.+-]*)$/.exec(field.value.slice(0, field.selectionStart));
  return found ? found[1] : null;
}

function close() {
  if (!open) return;
  open.list.remove();
  open.field.removeAttribute("aria-activedescendant");
  open.field.removeAttribute("aria-controls");
  open = null;
}

function mark(at) {
  open.at = (at + open.people.length) % open.people.length;
  [...open.list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === open.at)));
  const item = open.list.children[open.at];
  open.field.setAttribute("aria-activedescendant", item.id);
  item.scrollIntoView({ block: "nearest" });
}

function choose(at) {
  const { field, people, start } = open;
  const name = people[at].username;
  field.setRangeText(`${name} `, start, field.selectionStart, "end");
  close();
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true })); // so that the draft keeps it
}

function draw(field, people, length) {
  close();
  const list = document.createElement("ul");
  list.className = "mentions";
  list.id = "mentions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People to mention");
  people.forEach((one, place) => {
    const item = document.createElement("li");
    item.id = `mention-${place}`;
    item.setAttribute("role", "option");
    item.append(one.name, " ");
    const small = document.createElement("span");
    small.className = "soft";
    small.textContent = `@${one.username}`;
    item.append(small);
    item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(place); });
    list.append(item);
  });
  field.after(list);
  field.setAttribute("aria-controls", "mentions");
  open = { field, list, people, at: 0, start: field.selectionStart - length };
  mark(0);
}

async function onInput(event) {
  const field = event.target;
  if (!(field instanceof HTMLTextAreaElement) || !("mentions" in field.dataset)) return;
  const word = typed(field);
  if (word === null) { close(); return; }
  const people = await peopleOf(field.form);
  if (typed(field) !== word || document.activeElement !== field) return; // typed on while the names came
  const wanted = word.toLowerCase();
  const fits = ({ username, name }) => username.toLowerCase().startsWith(wanted)
    || name.toLowerCase().split(/\s+/).some((part) => part.startsWith(wanted));
  const found = people.filter(fits).slice(0, SHOWN);
  if (found.length) draw(field, found, word.length); else close();
}

function onKey(event) {
  if (!open || event.target !== open.field) return;
  const acts = {
    ArrowDown: () => mark(open.at + 1),
    ArrowUp: () => mark(open.at - 1),
    Enter: () => choose(open.at),
    Tab: () => choose(open.at),
    Escape: close,
  };
  if (!acts[event.key] || event.ctrlKey || event.metaKey || event.isComposing) return;
  event.preventDefault();
  event.stopPropagation();
  acts[event.key]();
}

function onFocus(event) {
  const field = event.target;
  if (!(field instanceof HTMLTextAreaElement) || !("mentions" in field.dataset)) return;
  field.setAttribute("aria-autocomplete", "list");
}

document.addEventListener("input", onInput);
document.addEventListener("keydown", onKey, { capture: true });
document.addEventListener("focusin", onFocus);
document.addEventListener("focusout", (event) => { if (open && event.target === open.field) close(); });
