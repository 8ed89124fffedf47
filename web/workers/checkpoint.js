// Keeps every part of the checkpoint app; the server puts VERSION and PARTS in front.
const CACHE = `checkpoint-${VERSION}`;

self.addEventListener("install", (event) => {
  const fresh = PARTS.map((path) => new Request(path, { cache: "no-cache" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOlder().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const isPart = url.origin === self.location.origin && PARTS.includes(url.pathname);
  if (event.request.method === "GET" && isPart) event.respondWith(kept(event.request, url.pathname));
});

async function kept(request, path) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}

async function forgetOlder() {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith("checkpoint-") && name !== CACHE);
  await Promise.all(older.map((name) => caches.delete(name)));
}
