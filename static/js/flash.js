// Messages can be closed; those that come with a fragment are announced in the same place.
function arm(scope) {
  for (const button of scope.querySelectorAll("[data-dismiss][hidden]")) button.hidden = false;
}

export function say(text, tone = "info") {
  const list = document.getElementById("flashes");
  if (!list) return;
  if ([...list.querySelectorAll(".flash__text")].some((words) => words.textContent === text)) return;
  const item = document.createElement("li");
  item.className = `flash flash--${tone}`;
  const words = document.createElement("span");
  words.className = "flash__text";
  words.textContent = text;
  const close = document.createElement("button");
  close.className = "flash__close";
  close.type = "button";
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", "Close this message");
  close.textContent = "\u00d7";
  item.append(words, close);
  list.append(item);
}

export function startFlash() {
  arm(document);
  addEventListener("click", (event) => {
    if (event.target instanceof Element) event.target.closest("[data-dismiss]")?.closest("li")?.remove();
  });
  document.addEventListener("htmx:load", (event) => arm(event.detail.elt));
  document.addEventListener("htmx:sendError", () => say("Concord could not be reached. Nothing was saved. Try again.", "error"));
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    say(status >= 500 ? `A part of this page could not be loaded (${status}).` : `The request was refused (${status}).`, "error");
  });
  addEventListener("concord:say", (event) => say(event.detail.text, event.detail.tone));
}
