// Buttons that copy an address, and say so. They stay hidden where the browser cannot copy.
async function copy(button) {
  const url = new URL(button.dataset.copy || location.pathname + location.search, location.origin);
  const words = button.querySelector("[data-copy-text]");
  const before = words.textContent;
  try {
    await navigator.clipboard.writeText(url.href);
    words.textContent = "Copied";
  } catch {
    words.textContent = "Copying was refused";
  }
  words.setAttribute("role", "status");
  setTimeout(() => { words.textContent = before; }, 2000);
}

export function startCopy() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-copy]");
    if (button) copy(button);
  });
}
