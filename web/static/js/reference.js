// A list that opens while one types: regions, business fields. Without it the field is plain text.
// Marks in the HTML: data-rujukan (around a field: where the list is found), data-lengkapi (id of a
// field to which the names of the chosen region are added).
"use strict";

(() => {
  const PAUSE = 180;
  const LEAST = 2;
  let open = null; // {input, list, chosen}
  let waiting = null;
  let asked = 0;

  const place = (input) => input.closest("[data-rujukan]");
  const prepare = (input) => {
    if (input.role === "combobox" || input.getAttribute("role") === "combobox") return;
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${input.id}-daftar` })) {
      input.setAttribute(name, value);
    }
  };
  const close = () => {
    clearTimeout(waiting);
    asked += 1;
    if (!open) return;
    open.input.setAttribute("aria-expanded", "false");
    open.input.removeAttribute("aria-activedescendant");
    open.list.remove();
    open = null;
  };
  const point = (index) => {
    const choices = [...open.list.children];
    open.chosen = (index + choices.length) % choices.length;
    choices.forEach((choice, at) => choice.setAttribute("aria-selected", String(at === open.chosen)));
    choices[open.chosen].scrollIntoView({ block: "nearest" });
    open.input.setAttribute("aria-activedescendant", choices[open.chosen].id);
  };
  const choose = (choice) => {
    const { input } = open;
    const around = place(input);
    const { nilai, judul, rincian } = choice.dataset;
    if (around.dataset.lengkapi) {
      const names = [judul, rincian].filter(Boolean).join(", ");
      input.value = `${nilai} ${names}`;
      const address = document.getElementById(around.dataset.lengkapi);
      if (address && !address.value.includes(judul)) {
        address.value = [address.value.trim(), names].filter(Boolean).join(", ");
      }
    } else {
      // Several codes stand with commas between: the last one is the one that was looked for.
      const before = input.value.split(",").slice(0, -1).join(",").trim();
      input.value = before ? `${before}, ${nilai}` : nilai;
    }
    close();
    input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const show = (input, choices) => {
    close();
    if (!choices.length || document.activeElement !== input) return;
    const list = document.createElement("ul");
    list.id = `${input.id}-daftar`;
    list.className = "sp-rujukan-daftar";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", document.querySelector(`label[for="${CSS.escape(input.id)}"]`)?.textContent ?? "");
    choices.forEach((one, at) => {
      const choice = document.createElement("li");
      const title = document.createElement("b");
      const detail = document.createElement("span");
      title.textContent = one.judul;
      detail.textContent = one.rincian;
      choice.append(title, detail);
      choice.id = `${list.id}-${at}`;
      choice.setAttribute("role", "option");
      choice.setAttribute("aria-selected", "false");
      Object.assign(choice.dataset, one);
      list.append(choice);
    });
    place(input).append(list);
    // Where there is no room below the field, it opens above it.
    const column = input.closest(".sp-loket > *, body").getBoundingClientRect();
    const below = Math.min(innerHeight, column.bottom) - input.getBoundingClientRect().bottom;
    list.classList.toggle("sp-rujukan-atas", below < list.offsetHeight && input.getBoundingClientRect().top > list.offsetHeight);
    input.setAttribute("aria-expanded", "true");
    open = { input, list, chosen: -1 };
  };
  const ask = async (input) => {
    const mine = ++asked;
    const last = (place(input).dataset.lengkapi ? input.value : input.value.split(",").at(-1)).trim();
    if (last.length < LEAST) { close(); return; }
    try {
      const answer = await fetch(`${place(input).dataset.rujukan}?cari=${encodeURIComponent(last)}`);
      if (!answer.ok || mine !== asked) return;
      const choices = await answer.json();
      if (mine === asked) show(input, choices);
    } catch { /* Without an answer the field stays what it is: plain text. */ }
  };

  document.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-rujukan] input")) prepare(event.target);
    if (open && event.target !== open.input) close();
  });
  document.addEventListener("input", (event) => {
    if (!event.isTrusted || !event.target.matches("[data-rujukan] input")) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => ask(event.target), PAUSE);
  });
  // Before the page's own keys: here Enter chooses and Escape closes the list, not the form.
  document.addEventListener("keydown", (event) => {
    if (!open || event.target !== open.input || event.ctrlKey || event.altKey || event.metaKey) return;
    const pressed = {
      ArrowDown: () => point(open.chosen + 1),
      ArrowUp: () => point(open.chosen < 0 ? -1 : open.chosen - 1),
      Escape: close,
      Enter: open.chosen >= 0 ? () => choose(open.list.children[open.chosen]) : null,
    }[event.key];
    if (event.key === "Enter" && open.chosen < 0) close();
    if (!pressed) return;
    event.preventDefault();
    event.stopPropagation();
    pressed();
  }, true);
  document.addEventListener("mousedown", (event) => {
    const choice = event.target.closest(".sp-rujukan-daftar [role=option]");
    if (!choice) return;
    event.preventDefault();
    choose(choice);
  });
})();
