// A link or its QR code makes this phone a device of one checkpoint; a PIN reopens it.
import * as store from "/modules/checkpoint/store.js";

// What the link says, before it is taken out of the address.
export function invitation() {
  const [id, secret] = location.hash.slice(1).split(".");
  return id && secret ? { id, secret } : null;
}

// Returns a problem's code, or "" when this phone is enrolled.
export async function accept(link, pin, sync) {
  const path = `/v1/invitations/${encodeURIComponent(link.id)}/acceptances`;
  return enter(path, { secret: link.secret, pin }, sync);
}

export async function reopen(id, pin, sync) {
  return enter("/v1/session", { id, pin }, sync);
}

async function enter(path, body, sync) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Greenchannel": "1" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) return (await answer.json()).code;
  } catch {
    return "offline";
  }
  history.replaceState(null, "", location.pathname);
  navigator.storage?.persist?.();
  const device = await whoami(sync);
  return device && !(await store.get("device")) ? "phone-full" : "";
}

// Who this phone is and where, as the node knows it; null where the node is not reached.
export async function whoami(sync) {
  const me = await sync.ask("GET", "/v1/session");
  if (!me?.checkpoint) return null;
  const board = await sync.ask("GET", "/v1/checkpoint-board?limit=1000");
  const post = board?.checkpoints.find((each) => each.checkpoint === me.checkpoint);
  const register = await sync.ask("GET", "/v1/register?kind=lane&limit=1000");
  const before = await store.get("device");
  const device = {
    id: me.id,
    name: me.name,
    checkpoint: me.checkpoint,
    post: post?.name ?? before?.post ?? me.checkpoint,
    lane: post?.lane ?? before?.lane ?? "",
    laneNames: register ? Object.fromEntries(register.entries.map(({ code, name }) => [code, name])) : (before?.laneNames ?? {}),
    postNames: board ? Object.fromEntries(board.checkpoints.map(({ checkpoint, name }) => [checkpoint, name])) : (before?.postNames ?? {}),
    isDemo: me.is_demo,
  };
  await store.put("device", device);
  return device;
}
