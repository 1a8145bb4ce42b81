// The report of a visit: photographs leave as soon as they are chosen, rows come without a reload.
// The form works without it. Marks in the HTML: data-foto, data-unggah, data-baris, button "tambah".
"use strict";

(() => {
  const photos = document.querySelector("[data-foto]");
  const upload = document.querySelector("[data-unggah]");
  photos?.addEventListener("change", () => { if (photos.files.length) upload.click(); });

  const MOST = 30;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=tambah]");
    if (!button) return;
    const kind = button.value.replace("rows_", "");
    const rows = document.querySelectorAll(`[data-baris="${kind}"]`);
    const last = rows[rows.length - 1];
    if (!last || rows.length >= MOST) return;
    event.preventDefault();
    const from = rows.length;
    const to = from + 1;
    const row = last.cloneNode(true);
    row.querySelectorAll(".sp-pesan-galat").forEach((message) => message.remove());
    row.querySelectorAll(".sp-galat").forEach((field) => field.classList.remove("sp-galat"));
    for (const part of row.querySelectorAll("*")) {
      for (const name of ["id", "for", "name"]) {
        const value = part.getAttribute(name);
        if (value) part.setAttribute(name, value.replace(`_${from}`, `_${to}`));
      }
      part.classList.remove("is-invalid");
      part.removeAttribute("aria-invalid");
      part.removeAttribute("aria-describedby");
      if (part.closest("label.form-label, legend.form-label")) {
        for (const words of part.childNodes) {
          if (words.nodeType === 3) words.data = words.data.replace(new RegExp(`(^|\\D)${from}(?=\\D|$)`), `$1${to}`);
        }
      }
      if (part.matches("input[type=radio]")) part.checked = false;
      else if (part.matches("input, textarea")) part.value = "";
    }
    last.after(row);
    document.querySelector(`input[name="${button.value}"]`).value = String(to);
    row.querySelector("input:not([type=hidden])").focus();
  });
})();
