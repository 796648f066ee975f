// When was the person last at work here? Shared by the session warning and the claim's lease.
let last = Date.now();

for (const kind of ["pointerdown", "keydown", "wheel", "touchstart", "input"]) {
  addEventListener(kind, () => { last = Date.now(); }, { passive: true, capture: true });
}

export function secondsSinceActivity() {
  return (Date.now() - last) / 1000;
}
