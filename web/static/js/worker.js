// The service worker: the network always comes first. Without it the static files that were kept
// are shown, and for a page the one that says so. No page with anybody's data is ever kept.
// KEPT {version, page, files} is written before this text by the server.
"use strict";

const STORE = "satupintu-" + KEPT.version;

self.addEventListener("install", (event) => {
  // What is sent goes straight to the server: a draft sent while a page is left would be lost here.
  event.addRoutes?.({ condition: { requestMethod: "POST" }, source: "network" });
  event.waitUntil((async () => {
    const store = await caches.open(STORE);
    await store.addAll([...KEPT.files, KEPT.page]);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("satupintu-") && name !== STORE) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

const kept = async (address) => (await (await caches.open(STORE)).match(address)) ?? Response.error();

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => kept(KEPT.page)));
  } else if (KEPT.files.includes(url.pathname + url.search)) {
    event.respondWith(fetch(request).catch(() => kept(request.url)));
  }
});
