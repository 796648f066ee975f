// Warns two minutes before the session ends, extends it in one press, and renews it quietly while the person is at work.
// Times are shared between tabs, so that work in one tab keeps the others signed in.
import { secondsSinceActivity } from "./activity.js";
import { openDialog } from "./dialogs.js";
import { post } from "./http.js";

const STORE = "concord.seen";
const QUIETLY_EVERY = 60;

function shared() {
  try { return Number(localStorage.getItem(STORE)) || 0; } catch { return 0; }
}

function share(time) {
  try { localStorage.setItem(STORE, String(time)); } catch { /* tabs then count each for itself */ }
}

class Session {
  constructor(dialog) {
    this.dialog = dialog;
    this.idle = Number(dialog.dataset.idle) * 1000;
    this.warn = Number(dialog.dataset.warn) * 1000;
    this.ends = Date.now() + Number(dialog.dataset.limit) * 1000;
    this.left = dialog.querySelector("[data-session-left]");
    this.contact = 0;
    this.trying = false;
    this.gone = false;
    this.touched();
  }

  touched() {
    this.contact = Date.now();
    share(this.contact);
  }

  deadline() {
    return Math.min(Math.max(this.contact, shared()) + this.idle, this.ends);
  }

  async extend() {
    if (this.trying || !this.dialog.dataset.extend) return;
    this.trying = true;
    try {
      const response = await post(this.dialog.dataset.extend);
      if (response.ok) { this.touched(); if (this.dialog.open) this.dialog.close(); } else if (response.type === "opaqueredirect" || [401, 403].includes(response.status)) this.leave();
    } catch { /* offline: the countdown goes on and the button can be pressed again */ }
    this.trying = false;
  }

  leave() {
    if (this.gone || !this.dialog.dataset.signIn) return;
    this.gone = true;
    // Patient data must not stay on an unattended screen.
    location.replace(`${this.dialog.dataset.signIn}?next=${encodeURIComponent(location.pathname + location.search)}`);
  }

  tick() {
    const left = this.deadline() - Date.now();
    if (left <= 0) { this.leave(); return; }
    if (left > this.warn) {
      if (this.dialog.open) this.dialog.close();
      const quiet = (Date.now() - this.contact) / 1000;
      if (quiet > QUIETLY_EVERY && secondsSinceActivity() < QUIETLY_EVERY) this.extend();
      return;
    }
    const seconds = Math.ceil(left / 1000);
    this.left.textContent = seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`;
    if (!this.dialog.open) openDialog(this.dialog);
  }
}

export function startSession() {
  const dialog = document.querySelector("[data-session]");
  if (!dialog) return;
  const session = new Session(dialog);
  dialog.querySelector("[data-session-extend]").addEventListener("click", () => session.extend());
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); session.extend(); });
  document.addEventListener("htmx:afterRequest", (event) => {
    const background = event.detail.requestConfig?.headers?.["X-Background"];
    if (event.detail.successful && !background) session.touched();
  });
  setInterval(() => session.tick(), 1000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) session.tick(); });
}
