// Dialogs opened by buttons, and menus that close when one looks elsewhere.
export function openDialog(dialog) {
  dialog.dispatchEvent(new CustomEvent("concord:open"));
  if (!dialog.open) dialog.showModal();
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
}

export function startDialogs() {
  addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.openDialog);
      if (dialog) openDialog(dialog);
    }
    event.target.closest("[data-close-dialog]")?.closest("dialog")?.close();
    closeMenus(event.target.closest("details[data-menu]"));
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details[data-menu][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
    event.preventDefault();
  });
  document.querySelector("[data-focus-first]")?.focus();
}
