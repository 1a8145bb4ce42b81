// Sending files: the size is told before anything leaves, photographs are made smaller on the phone,
// and the way of a large file is shown. Every form works without it.
// Marks in the HTML: form[data-kirim] with data-terbesar (bytes) and the words data-kata-besar,
// data-kata-siap, data-kata-kirim, data-kata-periksa, data-kata-putus; in it [data-jalan] (hidden),
// with a progress and a [role=status]. The answer to Accept: application/json is {"next": address}
// or, with status 422, {"faults": {field: [sentence]}}.
"use strict";

(() => {
  const SMALL = 500_000; // a photograph of less is sent as it is
  const WANTED = 2_000_000;
  const LONGEST = 3_000; // pixels: a page of A4 at 250 dots per inch

  // Drawn anew, a photograph also loses what the camera noted: where it was taken, and with what.
  const smaller = async (file) => {
    if (!/^image\//.test(file.type) || file.type === "image/png" && file.size <= WANTED || file.size <= SMALL) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      for (const quality of [0.85, 0.7, 0.5]) {
        const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
        if (made && made.size <= WANTED && made.size < file.size) {
          return new File([made], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
        }
      }
    } catch {
      // A kind of picture that this browser cannot draw: the server judges it.
    }
    return file;
  };

  const inputs = (form) => [...form.querySelectorAll("input[type=file]")];
  const fieldOf = (form, name) => form.querySelector(`[name="${CSS.escape(name)}"]`);

  const clear = (form) => {
    form.querySelectorAll(".sp-pesan-galat[data-js]").forEach((words) => words.remove());
    inputs(form).forEach((input) => {
      input.classList.remove("is-invalid");
      input.removeAttribute("aria-invalid");
      input.closest(".sp-isian")?.classList.remove("sp-galat");
    });
  };

  const tell = (form, name, sentence) => {
    const field = fieldOf(form, name) ?? inputs(form)[0];
    const words = document.createElement("p");
    words.className = "sp-pesan-galat";
    words.dataset.js = "";
    words.setAttribute("role", "alert");
    words.textContent = sentence;
    field.classList.add("is-invalid");
    field.setAttribute("aria-invalid", "true");
    field.closest(".sp-isian")?.classList.add("sp-galat");
    field.before(words);
    field.focus();
  };

  const tooLarge = (form, input) => [...input.files].some((file) =>
    file.size > Number(form.dataset.terbesar) && !/^image\//.test(file.type));

  const show = (form, words, share) => {
    const way = form.querySelector("[data-jalan]");
    if (!way) return;
    way.hidden = words === "";
    const status = way.querySelector("[role=status]");
    if (status.textContent !== words) status.textContent = words;
    const bar = way.querySelector("progress");
    if (share === undefined) bar.removeAttribute("value"); else bar.value = share;
  };

  const busy = (form, on) => {
    form.querySelectorAll("button").forEach((button) => {
      if (on) button.setAttribute("aria-busy", "true"); else button.removeAttribute("aria-busy");
    });
    if (on) form.dataset.mengirim = "1"; else delete form.dataset.mengirim;
  };

  const send = async (form, submitter) => {
    const words = form.dataset;
    busy(form, true);
    show(form, words.kataSiap);
    const data = new FormData(form, submitter);
    for (const input of inputs(form).filter((one) => one.name && one.files.length)) {
      data.delete(input.name);
      for (const file of input.files) {
        const sent = await smaller(file);
        data.append(input.name, sent, sent.name);
      }
    }
    const request = new XMLHttpRequest();
    // Without one of its own a button says the address of the page.
    request.open("POST", submitter?.hasAttribute("formaction") ? submitter.formAction : form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) show(form, words.kataKirim, event.loaded / event.total);
    });
    request.upload.addEventListener("load", () => show(form, words.kataPeriksa));
    const failed = (sentence, name = "") => { show(form, ""); busy(form, false); tell(form, name, sentence); };
    request.addEventListener("error", () => failed(words.kataPutus));
    request.addEventListener("timeout", () => failed(words.kataPutus));
    request.addEventListener("load", () => {
      const answer = request.response;
      if (request.status === 413) return failed(words.kataBesar);
      if (answer?.next) {
        const there = new URL(answer.next, location.href);
        const samePage = there.pathname + there.search === location.pathname + location.search;
        // A mark alone loads nothing, and what was said waits for a page that is loaded.
        if (samePage) { history.replaceState(null, "", there.href); location.reload(); }
        else location.assign(there.href);
        return undefined;
      }
      const faults = Object.entries(answer?.faults ?? {});
      if (!faults.length) return failed(words.kataPutus);
      show(form, "");
      busy(form, false);
      faults.reverse().forEach(([name, sentences]) => sentences.forEach((sentence) => tell(form, name, sentence)));
      return undefined;
    });
    request.send(data);
  };

  document.querySelectorAll("form[data-kirim]").forEach((form) => {
    form.addEventListener("change", (event) => {
      if (event.target.type !== "file") return;
      clear(form);
      if (tooLarge(form, event.target)) tell(form, event.target.name, form.dataset.kataBesar);
    });
    form.addEventListener("submit", (event) => {
      if (!inputs(form).some((input) => input.files.length)) return; // the server says what is missing
      event.preventDefault();
      if (form.dataset.mengirim) return;
      clear(form);
      const large = inputs(form).find((input) => tooLarge(form, input));
      if (large) tell(form, large.name, form.dataset.kataBesar);
      else send(form, event.submitter);
    });
  });
})();
