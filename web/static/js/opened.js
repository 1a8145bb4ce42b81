// The page of a file says every minute while it is looked at that it is open, and when it is left,
// so that colleagues see it. A page without a script says nothing, and nothing breaks.
"use strict";

(() => {
  const place = document.querySelector("[data-terbuka]");
  if (!place) return;
  const say = (left) => {
    const form = new FormData();
    form.set("csrf_token", place.dataset.token);
    if (left) form.set("keluar", "1");
    // A beacon is sent though the page goes away.
    navigator.sendBeacon(place.dataset.terbuka, form);
  };
  // A desk that was left alone has nothing open, and must not keep its session alive.
  const LEFT_ALONE = 10 * 60_000;
  let touched = Date.now();
  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel"]) {
    document.addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
  }
  const beat = () => {
    if (document.visibilityState === "visible" && Date.now() - touched < LEFT_ALONE) say(false);
  };
  beat();
  setInterval(beat, 60_000);
  document.addEventListener("visibilitychange", beat);
  window.addEventListener("pagehide", () => say(true));
  window.addEventListener("pageshow", (event) => { if (event.persisted) beat(); });
})();
