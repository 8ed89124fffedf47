// One way to ask the node: JSON both ways, a problem as an Error that knows its code.

const LOST_MS = 60_000;
const heard = { server: 0, local: 0 };

export async function ask(path, body, method = body === undefined ? "GET" : "POST") {
  const init = { method, headers: { Accept: "application/json" } };
  if (body !== undefined) {
    init.headers["Content-Type"] = "application/json";
    init.headers["X-Greenchannel"] = "1";
    init.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(path, init);
  } catch (error) {
    throw Object.assign(error, { code: "offline", status: 0 });
  }
  const told = await answer.json();
  if (told.now) Object.assign(heard, { server: Date.parse(told.now), local: performance.now() });
  if (answer.ok) return told;
  throw Object.assign(new Error(told.detail), { code: told.code, status: answer.status, problem: told });
}

// Never twice at once: where the node is slow, questions must not pile up behind it. One
// that has no answer after a minute is lost, and no longer waited for.
export function repeat(work, everyMs) {
  let since = -LOST_MS;
  return setInterval(async () => {
    if (performance.now() - since < LOST_MS) return;
    const mine = (since = performance.now());
    try {
      await work();
    } finally {
      if (since === mine) since = -LOST_MS;
    }
  }, everyMs);
}

// The node's time as last heard, gone on since: no page trusts the browser's clock.
// Only a page that was opened without a network has nothing else.
export const serverNow = () => (heard.server ? new Date(heard.server + performance.now() - heard.local) : new Date());

export const stateOf = (error) =>
  ({ 401: "signed_out", 403: "wrong_role" })[error.status] ?? (error.code === "offline" ? "offline" : "failed");
