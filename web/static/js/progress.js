// A page about work under way ([data-berjalan]): it reads that part of itself again every three
// seconds, and all of itself once the work is done.
"use strict";

(() => {
  const again = setInterval(async () => {
    const here = document.querySelector("[data-berjalan]");
    if (!here) return;
    try {
      const answer = await fetch(location.href);
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const there = page.getElementById(here.id);
      if (!there) return;
      if (!there.hasAttribute("data-berjalan")) {
        clearInterval(again);
        location.reload();
        return;
      }
      const [now, then] = [here, there].map((part) => part.querySelector("[role=status]"));
      if (now.textContent !== then.textContent) now.textContent = then.textContent;
    } catch {
      // The server is away for a moment: the next look will tell.
    }
  }, 3000);
})();
