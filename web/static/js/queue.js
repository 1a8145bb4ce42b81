// The queue: a place in line and a screen of calls that keep themselves new, numbers called aloud,
// and how many wait. Without a script the pages read themselves again, or stand still.
// Marks in the HTML: data-hidup (seconds; a part with an id that is read again), data-panggilan
// (number of a call), data-ucap (how it is said), data-suara (the button that allows sound),
// data-kios (where a kiosk goes back to), data-antre-jumlah (where the count is asked for), data-antre-muat (where a
// counter is fetched from).
"use strict";

(() => {
  const changed = [];

  // 1 ── parts that are read again; a server that is away for a moment leaves what is known
  const renew = async (part) => {
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(part.id);
      if (!fresh || fresh.innerHTML === part.innerHTML) return;
      part.className = fresh.className;
      part.replaceChildren(...fresh.childNodes);
      document.title = page.title;
      changed.forEach((tell) => tell(part));
    } catch { /* tried again in a moment */ }
  };
  document.querySelectorAll("[data-hidup]").forEach((part) => {
    setInterval(() => renew(part), 1000 * Number(part.dataset.hidup));
  });

  // 2 ── a phone in a pocket trembles when it is called
  changed.push((part) => { if (part.matches(".sp-slip-called")) navigator.vibrate?.([300, 150, 300]); });

  // 3 ── calls said aloud; a browser lets a page speak only after somebody has pressed something
  const button = document.querySelector("[data-suara]");
  if (button && "speechSynthesis" in window) {
    const calls = () => [...document.querySelectorAll("[data-panggilan]")]
      .map((call) => ({ number: Number(call.dataset.panggilan), words: call.dataset.ucap }))
      .sort((one, other) => one.number - other.number);
    let said = Math.max(0, ...calls().map((call) => call.number));
    let allowed = false;
    const say = (words) => {
      const saying = new SpeechSynthesisUtterance(words);
      saying.lang = "id-ID";
      saying.rate = 0.9;
      const voice = speechSynthesis.getVoices().find((one) => one.lang.toLowerCase().startsWith("id"));
      if (voice) saying.voice = voice;
      speechSynthesis.speak(saying);
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      allowed = true;
      button.hidden = true;
      say(button.dataset.mulai);
    });
    changed.push(() => {
      for (const call of calls().filter((one) => one.number > said)) {
        said = call.number;
        if (allowed) say(call.words);
      }
    });
  }

  // 4 ── a kiosk prints, waits until the paper is taken, and begins again
  const kiosk = document.querySelector("[data-kios]");
  if (kiosk) {
    window.addEventListener("load", () => window.print());
    setTimeout(() => location.replace(kiosk.dataset.kios), 1000 * Number(kiosk.dataset.detik));
  }

  // 5 ── how many wait for the counter
  const keepCount = (count) => {
    setInterval(async () => {
      try {
        const answer = await fetch(count.dataset.antreJumlah, { headers: { "HX-Request": "true" } });
        if (!answer.ok) return;
        const { menunggu } = await answer.json();
        if (menunggu !== null) count.textContent = String(menunggu);
      } catch { /* asked again in a moment */ }
    }, 15000);
  };
  document.querySelectorAll("[data-antre-jumlah]").forEach(keepCount);

  // 6 ── the counter of one person on a page that is shown before it
  const place = document.querySelector("[data-antre-muat]");
  if (place) {
    fetch(place.dataset.antreMuat, { headers: { "HX-Request": "true" } }).then(async (answer) => {
      if (!answer.ok) return;
      const part = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("section");
      if (!part) return;
      part.querySelectorAll("script").forEach((script) => script.remove());
      place.replaceChildren(part);
      part.querySelectorAll("[data-antre-jumlah]").forEach(keepCount);
    }, () => {});
  }
})();
