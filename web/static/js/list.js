// A list of files by keyboard: J and K walk the rows, Enter opens the one that is marked.
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
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const step = { j: 1, k: -1 }[event.key.toLowerCase()];
    if (!step) return;
    event.preventDefault();
    choose(at < 0 ? 0 : at + step);
  });
})();
