// The application page without a network: what was fetched last answers for the node.
const CACHE = "apply";
const PARTS = /^\/(apply$|modules\/|styles\/|texts\/|dist\/)/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const isPart = url.origin === self.location.origin && PARTS.test(url.pathname);
  if (event.request.method === "GET" && isPart) event.respondWith(newest(event.request));
});

async function newest(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}
