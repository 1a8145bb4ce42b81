// What a screen does faster with a script; every page works without it.
// Marks in the HTML: data-tekan="B" (key of a button), data-cari ("/" leads here), data-dialog="id",
// data-tutup, data-menu (details that close), data-cetak, data-roti, data-fokus, data-periksa,
// data-awal (a form whose first empty field takes the focus).
"use strict";

(() => {
  const inField = (target) => target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");

  // A refused form: the summary takes the focus, its links lead into the field itself.
  const told = document.querySelector("[data-fokus]");
  told?.focus();
  // An address with a # would take the focus away again.
  if (told && location.hash) window.addEventListener("load", () => setTimeout(() => told.focus()));

  // A form that is all there is to do: the first needed field that is empty, else the first needed
  // one; what may stay empty leaves the keys to the page. Not where a keyboard would rise over it.
  const fillable = "input:not([type=hidden], [type=file]), select, textarea";
  const fields = [...document.querySelectorAll("[data-awal]")]
    .flatMap((form) => [...form.querySelectorAll(fillable)].filter((field) => field.checkVisibility()));
  if (!told && !location.hash && matchMedia("(pointer: fine)").matches) {
    (fields.find((field) => field.type === "radio" ? !document.querySelector(`[name="${field.name}"]:checked`) : !field.value && field.ariaRequired) ?? fields.find((field) => field.ariaRequired))?.focus();
  }

  // Where tabs do not fit beside one another, the one that is open is in sight.
  document.querySelectorAll(".sp-tab-baris [aria-current]").forEach((tab) => {
    const row = tab.parentElement;
    row.scrollLeft = tab.offsetLeft + tab.offsetWidth - row.offsetLeft - row.clientWidth;
  });

  // A form that is being sent cannot be sent twice by a second press.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "get") return;
    if (form.dataset.terkirim) { event.preventDefault(); return; }
    form.dataset.terkirim = "1";
    event.submitter?.setAttribute("aria-busy", "true");
  });
  // Back from the history: the page is as it was, and may be sent again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-terkirim]").forEach((form) => {
      delete form.dataset.terkirim;
      form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
    });
  });

  // Questions before what cannot be undone: a dialog here instead of a page of its own.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog?.showModal) { event.preventDefault(); dialog.showModal(); return; }
    if (event.target.closest("[data-tutup]")) event.target.closest("dialog")?.close();
    if (event.target.closest("[data-cetak]")) window.print();
    if (event.target.closest("[data-roti] button")) event.target.closest("[data-roti]").remove();
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // The counter's checklist: a digit marks the paper of that row present, Shift and the digit faulty.
  // Asked for at each press: a part of the page may have been shown anew since.
  const checklist = () => document.querySelector("[data-periksa]");
  document.addEventListener("change", (event) => {
    const row = event.target.type === "radio" && event.target.closest("[data-periksa] > li");
    if (!row) return;
    row.classList.remove("sp-ada", "sp-kurang", "sp-tidak_ada", "sp-tidak_perlu", "sp-belum");
    row.classList.add("sp-" + event.target.value);
  });
  const mark = (digit, state) => {
    const row = checklist()?.children[digit - 1];
    const input = row?.querySelector(`input[value="${state}"]`);
    if (!input) return false;
    input.checked = true;
    input.focus();
    input.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  };

  // Rows past the ninth have no digit: A marks the one with the focus, else the first that is open,
  // and goes on to the next.
  const markLate = (state) => {
    const rows = [...(checklist()?.children ?? [])];
    const late = rows.slice(9);
    const open = () => late.find((row) => row.querySelector('input[value="belum"]')?.checked);
    const focused = document.activeElement?.closest("[data-periksa] > li");
    const row = late.includes(focused) ? focused : open();
    if (!row || !mark(rows.indexOf(row) + 1, state)) return false;
    if (state === "ada") open()?.querySelector("input:checked").focus();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    const open = document.querySelector("details[data-menu][open]");
    if (event.key === "Escape" && open) { open.open = false; open.querySelector("summary").focus(); return; }
    if (event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    const wanted = event.ctrlKey ? "Ctrl " + event.key : event.key;
    if (wanted.length === 1 && inField(event.target)) return;
    if (wanted === "/") {
      const search = document.querySelector("[data-cari]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
      return;
    }
    const keys = document.getElementById("pintasan");
    if (wanted === "?" && keys) {
      const rows = keys.querySelector("[data-pintasan]");
      rows.querySelectorAll("[data-tombol]").forEach((row) => row.remove());
      document.querySelectorAll("[data-tekan]").forEach((pressed) => {
        if (!pressed.checkVisibility()) return;
        const key = document.createElement("dt");
        const words = document.createElement("dd");
        key.append(...[...pressed.querySelectorAll("kbd")].map((name) => name.cloneNode(true)));
        words.textContent = [...pressed.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join(" ").trim();
        key.dataset.tombol = words.dataset.tombol = "";
        rows.append(key, words);
      });
      keys.showModal();
      return;
    }
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
    if (digit && !event.ctrlKey && !inField(event.target) && mark(Number(digit[1]), event.shiftKey ? "kurang" : "ada")) {
      event.preventDefault();
      return;
    }
    if (event.code === "KeyA" && !event.ctrlKey && !inField(event.target) && markLate(event.shiftKey ? "kurang" : "ada")) {
      event.preventDefault();
      return;
    }
    const button = [...document.querySelectorAll("[data-tekan]")].find(
      (candidate) => candidate.dataset.tekan.toLowerCase() === wanted.toLowerCase() && candidate.checkVisibility());
    if (button) { event.preventDefault(); button.click(); }
  });
})();
