// A list of files by keyboard: J and K walk the rows, Enter opens the one that is marked, Space
// chooses it for work on many at once.
"use strict";

(() => {
  const table = document.querySelector("[data-daftar]");
  if (!table) return;
  const rows = [...table.querySelectorAll("[data-baris]")];
  let at = -1;
  const choose = (to) => {
    if (!rows.length) return;
    rows[at]?.classList.remove("sp-terpilih");
    at = Math.max(0, Math.min(rows.length - 1, to));
    rows[at].classList.add("sp-terpilih");
    rows[at].querySelector("a").focus();
    rows[at].scrollIntoView({ block: "nearest" });
  };
  table.addEventListener("focusin", (event) => {
    const here = rows.indexOf(event.target.closest("[data-baris]"));
    if (here < 0 || here === at) return;
    rows[at]?.classList.remove("sp-terpilih");
    at = here;
    rows[at].classList.add("sp-terpilih");
  });

  // The boxes: how many are ticked, all of the page at once, and Space on the row with the focus.
  const boxes = [...table.querySelectorAll("input[name=pilih]")];
  const all = table.querySelector("[data-pilih-semua]");
  const link = document.querySelector("[data-pilih-semua-tautan]");
  const told = document.querySelector("[data-terpilih]");
  const count = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    told.textContent = told.dataset.terpilih.replace("#", ticked);
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
    link.textContent = all.checked ? link.dataset.lepas : link.dataset.pilih;
  };
  const tick = (checked) => { boxes.forEach((box) => { box.checked = checked; }); count(); };
  if (boxes.length) {
    all.hidden = false;
    // Without a script the link asks for the page with every box ticked.
    link.addEventListener("click", (event) => { event.preventDefault(); tick(!all.checked); });
    all.addEventListener("change", () => tick(all.checked));
    boxes.forEach((box) => box.addEventListener("change", count));
    // Back from the history: the browser has ticked what was ticked.
    window.addEventListener("pageshow", count);
    count();
  }

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    if (event.key === " ") {
      // A box or a button takes its own Space.
      const box = rows.includes(event.target.closest("[data-baris]")) && !event.target.closest("input, button")
        && rows[at].querySelector("input[name=pilih]");
      if (!box) return;
      event.preventDefault();
      box.checked = !box.checked;
      count();
      return;
    }
    const step = { j: 1, k: -1 }[event.key.toLowerCase()];
    if (!step) return;
    event.preventDefault();
    choose(at < 0 ? 0 : at + step);
  });
})();
