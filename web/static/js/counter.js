// The counter: saves what is typed, shows the form anew when a choice changes it, and lets Enter
// go on to the next field. The form works without it. Marks in the HTML: data-terima (the form),
// data-simpan (where its draft is kept), data-muat (fields that change the form), data-bagian (parts
// that are shown anew), data-draf (where saving is told), data-temuan (what Enter leads to).
"use strict";

(() => {
  // After every other script has had its say about the focus.
  const first = (where) => document.addEventListener("DOMContentLoaded", where);
  // What was looked for, or what comes next, is one Enter away.
  first(() => document.querySelector("[data-temuan]")?.focus());

  const form = document.querySelector("[data-terima]");
  // Where no form is open the search is always at hand: what is typed or scanned goes into it.
  if (!form) {
    const search = document.querySelector("[data-cari]");
    const hasKey = (key) => [...document.querySelectorAll("[data-tekan]")]
      .some((button) => button.dataset.tekan.toLowerCase() === key.toLowerCase() && button.checkVisibility());
    document.addEventListener("keydown", (event) => {
      if (!search || event.key.length !== 1 || " /?".includes(event.key)) return;
      if (event.ctrlKey || event.altKey || event.metaKey || hasKey(event.key)) return;
      if (event.target.closest("input, textarea, select") || document.querySelector("dialog[open]")) return;
      search.value = "";
      search.focus();
    }, true);
    return;
  }
  const told = document.querySelector("[data-draf]");
  const typed = () => new URLSearchParams(new FormData(form));
  const PAUSE = 700;
  let waiting = null;
  let leaving = false;
  let turn = 0;

  const firstFault = form.querySelector("[aria-invalid=true], fieldset[aria-describedby$=-galat]");
  const firstField = form.querySelector("[data-bagian=pemohon] input");
  const into = (field) => (field?.matches("fieldset") ? field.querySelector("input:checked") : field)?.focus();
  first(() => into(firstFault
    ?? [...form.querySelectorAll("[data-bagian=pemohon] [aria-required=true]")].find((field) => !field.value)
    ?? firstField));

  // 1 ── the draft: at every pause, and when the page is left
  const tell = (words, failed) => {
    told.textContent = words;
    told.classList.toggle("sp-loket-gagal", failed);
  };
  const save = async () => {
    waiting = null;
    try {
      const answer = await fetch(form.dataset.simpan, {
        method: "POST", body: typed(), headers: { "HX-Request": "true" }, keepalive: true });
      if (!answer.ok) throw new Error(String(answer.status));
      const { pukul } = await answer.json();
      if (pukul) tell(`${form.dataset.tersimpan} ${pukul}`, false);
      else tell(form.dataset.beralih, true);
    } catch { tell(form.dataset.gagal, true); }
  };
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(save, PAUSE); };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  window.addEventListener("pagehide", () => {
    if (waiting && !leaving) navigator.sendBeacon(form.dataset.simpan, typed());
  });
  form.addEventListener("submit", () => { leaving = true; clearTimeout(waiting); waiting = null; });
  window.addEventListener("pageshow", () => { leaving = false; });

  // 2 ── a choice that changes papers and fields: the parts come anew, what is typed stays
  const put = (name, value, checked = true) => {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "checkbox") field.checked = checked;
      else if (field.type !== "radio") field.value = value;
      else if (field.value === value) {
        field.checked = true;
        field.closest("[data-periksa] > li").className = `sp-${value}`;
      }
    }
  };
  const refresh = async () => {
    const mine = ++turn;
    const sent = new Map(typed());
    sent.set("tindakan", "muat");
    let page;
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new URLSearchParams([...sent]), headers: { "HX-Request": "true" } });
      if (!answer.ok || mine !== turn) return;
      if (new URL(answer.url).pathname !== new URL(form.action).pathname) { location.assign(answer.url); return; }
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch { tell(form.dataset.gagal, true); return; }
    if (mine !== turn) return;
    // What was typed while the answer was on its way is newer than the answer.
    const newer = [...typed()].filter(([name, value]) => sent.get(name) !== value);
    const ticked = [...form.querySelectorAll("input[type=checkbox]")];
    const focused = document.activeElement;
    const at = focused?.id;
    for (const part of page.querySelectorAll("[data-bagian]")) {
      document.getElementById(part.id)?.replaceWith(part);
    }
    for (const [name, value] of newer) put(name, value);
    for (const box of ticked) put(box.name, box.value, box.checked);
    if (at && !focused.isConnected) {
      const again = document.getElementById(at);
      again?.focus();
      if (again?.matches("input[type=text], textarea") && again.value) again.setSelectionRange(again.value.length, again.value.length);
    }
    count();
  };
  form.addEventListener("change", (event) => {
    if (event.target.closest("[data-muat]") || event.target.name === "field_business_name") refresh();
  });

  // 3 ── the checklist: how many are there; a faulty paper asks what is wrong
  const count = () => {
    const there = form.querySelectorAll("[data-periksa] input[value=ada]:checked").length;
    form.querySelectorAll("[data-ada]").forEach((place) => { place.textContent = there; });
  };
  form.addEventListener("change", (event) => {
    if (!event.target.closest("[data-periksa]") || event.target.type !== "radio") return;
    count();
    // By its digit (a change made by the script): the words are what comes next.
    if (event.target.value === "kurang" && !event.isTrusted) {
      event.target.closest("li").querySelector(".sp-periksa-catatan input").focus();
    }
  });

  // 4 ── Enter goes on, as on paper; it never files a form
  const stops = () => [...form.querySelectorAll("input:not([type=hidden]):not([tabindex='-1']), select, textarea")]
    .filter((field) => field.checkVisibility() && (field.type !== "radio" || field.checked));
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.shiftKey || !event.target.matches("input, select, textarea")) return;
    event.preventDefault();
    const row = event.target.closest("[data-periksa] > li");
    if (row && event.target.type !== "radio") { row.querySelector("input[type=radio]:checked").focus(); return; }
    const all = stops();
    const here = all.indexOf(event.target);
    all[here + 1]?.focus();
  });
})();
