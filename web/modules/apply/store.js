// What the page knows: who is signed in, their applications, the register, how that came.
import { ask } from "/modules/client.js";
import { learnFirms } from "/modules/names.js";
import { remember } from "/modules/apply/offline.js";

export const store = { me: null, board: null, state: "loading", issuers: [], lanes: [], enterprises: [] };

export const isFirm = () => store.me.roles.includes("firm");

export const isOwn = (application) => isFirm() && store.me.organisation === application.organisation;

let isCurrent = false;

// Once a visit; an earlier visit's stands in where the node is away.
export async function readRegister() {
  if (isCurrent) return;
  store.lanes = (await ask("/v1/register?kind=lane&limit=1000")).entries;
  if (!isFirm()) store.enterprises = (await ask("/v1/enterprises?limit=1000")).enterprises;
  learnFirms(store.enterprises);
  store.issuers = (await ask("/v1/register?kind=issuer&limit=1000")).entries;
  remember({ me: store.me, lanes: store.lanes, issuers: store.issuers });
  isCurrent = true;
}
