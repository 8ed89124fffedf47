// First contact: the county's six hours run from here, whether or not the node was reached.
import { draftBody } from "/modules/apply/body.js";
import { say } from "/modules/apply/notice.js";
import { isPlate } from "/modules/apply/rules.js";
import { store } from "/modules/apply/store.js";
import { ask } from "/modules/client.js";
import { explain } from "/modules/problems.js";

// By application: its first contact, told and not yet answered.
const underway = new Map();

// Who asks while it is on its way waits for the same answer.
export function register(draft) {
  if (!isPlate(draft.fields.plate) || !draft.fields.organisation) return Promise.resolve();
  if (!underway.has(draft.pass_id)) {
    underway.set(draft.pass_id, tell(draft).finally(() => underway.delete(draft.pass_id)));
  }
  return underway.get(draft.pass_id);
}

async function tell(draft) {
  try {
    await ask("/v1/passes", draftBody(draft, store.me));
    draft.is_drafted = true;
  } catch (error) {
    if (error.code === "pass-exists") draft.is_drafted = true;
    else if (error.code !== "offline") say(explain(error));
  }
}
