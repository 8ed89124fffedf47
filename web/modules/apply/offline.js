// The page opens again where no network is: over HTTPS its parts are kept on the device.
const CACHE = "apply";
const ALWAYS = ["/apply", "/texts/zh.json", "/texts/en.json"];
const KEPT = "greenchannel.apply";

export async function keepPage() {
  if (!navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register("/apply/worker.js", { scope: "/apply" });
    const used = performance.getEntriesByType("resource").map((entry) => new URL(entry.name));
    const parts = used.filter((url) => url.origin === location.origin && !url.pathname.startsWith("/v1/"));
    const cache = await caches.open(CACHE);
    await cache.addAll([...new Set([...ALWAYS, ...parts.map((url) => url.pathname)])]);
    document.body.dataset.kept = "yes";
  } catch {
    // A browser that keeps nothing still has the page while it is open.
  }
}

// Who was signed in, the issuers and the lanes, as the node told them last.
export const remember = (known) => localStorage.setItem(KEPT, JSON.stringify(known));
export const forget = () => localStorage.removeItem(KEPT);
export const remembered = () => JSON.parse(localStorage.getItem(KEPT) ?? "{}");
