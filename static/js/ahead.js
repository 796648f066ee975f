// Keeps the next case ready while this one is looked at, and gives it back when the person leaves. Its name goes along
// with the form that is saved; nothing else of the case is known here before it is shown.
import { secondsSinceActivity } from "./activity.js";
import { csrfToken, post } from "./http.js";

const AFTER = 300;
const AGAIN = 60_000;
const ACTIVE_WITHIN = 120;

let ready = "";
let timer = 0;
let leave = "";

function tell(ref, records) {
  ready = ref;
  for (const field of document.querySelectorAll("[data-ahead-ref]")) field.value = ref;
  const line = document.querySelector("[data-ahead]");
  if (!line) return;
  line.hidden = !ref;
  const size = records > 1 ? `, ${records} records` : "";
  line.querySelector("[data-ahead-said]").textContent = ref ? `Next is ready: ${ref}${size}` : "";
}

async function ask() {
  clearTimeout(timer);
  const line = document.querySelector("[data-ahead]");
  if (!line) return;
  leave = line.dataset.leave;
  timer = setTimeout(ask, AGAIN);
  if (document.hidden || secondsSinceActivity() > ACTIVE_WITHIN) { tell(""); return; } // its lease ends unless asked for
  const url = line.dataset.ahead;
  try {
    const response = await post(url, {}, { "X-Background": "true" });
    const answer = response.status === 200 ? await response.json() : { ref: "" };
    if (document.querySelector("[data-ahead]")?.dataset.ahead === url) tell(answer.ref, answer.records);
  } catch { tell(""); }
}

function soon() {
  ready = "";
  clearTimeout(timer);
  timer = setTimeout(ask, AFTER);
}

function giveBack() {
  if (!ready || !leave) return;
  const body = new FormData();
  body.set("csrfmiddlewaretoken", csrfToken());
  navigator.sendBeacon(leave, body);
  ready = "";
}

export function startAhead() {
  soon();
  document.addEventListener("htmx:afterSwap", soon);
  addEventListener("pagehide", giveBack);
  addEventListener("pageshow", (event) => { if (event.persisted) soon(); });
}
