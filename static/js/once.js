// A form is sent once: a second press while the first is on its way would claim a second case, or ask the same again.
export function startOnce() {
  let sent = new WeakSet();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    // What htmx sends is its own to guard, and stays on the page.
    if (event.defaultPrevented || form.method !== "post") return;
    if (sent.has(form)) event.preventDefault();
    sent.add(form);
  });
  // A page that comes back from the browser's memory may be sent again.
  addEventListener("pageshow", () => { sent = new WeakSet(); });
}
