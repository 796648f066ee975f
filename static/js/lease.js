// Counts a claim down and renews it while the person is active, so that thinking about a case does not lose it.
import { secondsSinceActivity } from "./activity.js";
import { post } from "./http.js";

const RENEW_WITHIN = 180;
const ACTIVE_WITHIN = 120;
const RETRY_AFTER = 20;
const WARN_AT = 60;

const plural = (amount, unit) => `${amount} ${unit}${amount === 1 ? "" : "s"}`;
const both = (first, amount, unit) => (amount ? `${first} ${plural(amount, unit)}` : first);

function words(seconds, over = "now: it has ended") {
  if (seconds <= 0) return over;
  if (seconds < 90) return `in ${plural(Math.ceil(seconds), "second")}`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `in ${plural(minutes, "minute")}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `in ${both(plural(hours, "hour"), minutes % 60, "minute")}`;
  return `in ${both(plural(Math.floor(hours / 24), "day"), hours % 24, "hour")}`;
}

class Lease {
  constructor(element) {
    this.element = element;
    this.left = element.querySelector("[data-countdown-left]");
    this.voice = element.querySelector("[data-countdown-say]");
    this.expires = Date.parse(element.dataset.expires);
    this.triedAt = 0;
    this.warned = false;
  }

  tick() {
    const seconds = (this.expires - Date.now()) / 1000;
    this.left.textContent = words(seconds, this.element.dataset.over);
    this.element.classList.toggle("countdown--soon", seconds <= WARN_AT && seconds > 0);
    this.element.classList.toggle("countdown--over", seconds <= 0);
    if (seconds <= WARN_AT && !this.warned) {
      this.warned = true;
      this.voice.textContent = `${this.element.dataset.label} ${words(seconds, this.element.dataset.over)}`;
    }
    const due = seconds > 0 && seconds < RENEW_WITHIN && secondsSinceActivity() < ACTIVE_WITHIN;
    if (due && this.element.dataset.renew && Date.now() - this.triedAt > RETRY_AFTER * 1000) this.renew();
  }

  async renew() {
    this.triedAt = Date.now();
    try {
      const response = await post(this.element.dataset.renew);
      if (!response.ok) return;
      const answer = await response.json();
      this.expires = Date.parse(answer.expires_at || answer.expires);
      this.warned = false;
      this.voice.textContent = "";
    } catch { /* the network may come back: the next tick tries again */ }
  }
}

export function startLease() {
  let leases = [];
  const find = () => { leases = [...document.querySelectorAll("[data-expires]")].map((element) => new Lease(element)); };
  find();
  document.addEventListener("htmx:afterSettle", () => { find(); for (const lease of leases) lease.tick(); });
  if (leases.length) for (const lease of leases) lease.tick();
  setInterval(() => { for (const lease of leases) lease.tick(); }, 1000);
}
