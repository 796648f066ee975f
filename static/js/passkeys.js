// Says in words that a passkey was refused or cancelled; without this the person would see nothing at all.
import { say } from "./flash.js";

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const cancelled = event.detail?.exception?.name === "NotAllowedError";
  say(cancelled ? "The passkey was not used: it was cancelled or took too long. Try again, or use another way." : "The passkey did not work here. Try again, or use another way.", "error");
});
