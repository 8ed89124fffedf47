// The application page: a draft on this device from first contact on, checked while typed.
import { copyOf, fresh, goneOn } from "/modules/apply/begin.js";
import * as drafts from "/modules/apply/drafts.js";
import { drawEditor, drawFoot, open, openId, tell, wire } from "/modules/apply/editor.js";
import { say } from "/modules/apply/notice.js";
import { drawOwn } from "/modules/apply/own.js";
import { keepPage, remembered } from "/modules/apply/offline.js";
import { keepOnly } from "/modules/apply/owner.js";
import { isFirm, readRegister, store } from "/modules/apply/store.js";
import { openSupply } from "/modules/apply/supply.js";
import { ask, repeat, stateOf } from "/modules/client.js";
import { button, by, made } from "/modules/dom.js";
import { SIGNED_IN, drawLinks } from "/modules/nav.js";
import { explain } from "/modules/problems.js";
import { drawState } from "/modules/state.js";
import { loadChinese, loadTexts, switchLanguage, text } from "/modules/texts.js";

const EVERY_MS = 5000;

async function refresh() {
  try {
    if (!store.me) await greet(await ask("/v1/session"));
    await readRegister();
    const whose = isFirm() ? "" : `?drafted_by=${encodeURIComponent(store.me.id)}`;
    store.board = await ask(`/v1/applications${whose}`);
    store.state = "live";
    await tell();
  } catch (error) {
    store.state = stateOf(error);
    if (store.state === "offline" && !store.me) await recall();
  }
  draw();
}

async function greet(me) {
  store.me = me;
  drawLinks(me);
  if (!me) return;
  await keepOnly(me.id);
  await drawKept();
}

// Out of reach, the page goes on as who was signed in here last.
async function recall() {
  const { me = null, lanes = [], issuers = [] } = remembered();
  Object.assign(store, { lanes, issuers });
  await greet(me);
}

function draw() {
  const { state, issuers } = store;
  drawState(state, "apply.notice");
  by("new").disabled = !issuers.length;
  const names = Object.fromEntries(issuers.map((one) => [one.code, one.name]));
  if (state !== "signed_out" && state !== "wrong_role") drawOwn(by("list"), store, names, acts);
  drawFoot();
}

const acts = {
  goOn: async (one) => open(await goneOn(one)),
  renew: (one) => copy(one, false, { renews: one.pass_id }),
  swap: (one) => copy(one, true, { replaces: one.pass_id }),
  again: (one) => copy(one, false, {}),
  supply: (one) => openSupply(one, refresh),
};

async function copy(one, isSwap, links) {
  try {
    await open(await copyOf(one, isSwap, links));
  } catch (error) {
    say(explain(error));
  }
}

// Drafts that an earlier visit left on this device.
async function drawKept() {
  const found = (await drafts.all()).filter((one) => one.pass_id !== openId());
  by("kept").replaceChildren(...found.map((one) => {
    const row = made("p", "place");
    row.append(made("b", "", one.fields.plate || text("apply.no_plate")), made("span", "small", text("apply.on_device")));
    const actions = made("span", "actions");
    actions.append(button("apply.go_on", () => open(one)), button("apply.forget", async () => {
      await drafts.remove(one.pass_id);
      drawKept();
    }, "quiet"));
    row.append(actions);
    return row;
  }));
}

async function start() {
  await loadTexts();
  await loadChinese();
  switchLanguage(() => {
    draw();
    drawLinks(store.me);
    drawKept();
    drawEditor();
  });
  by("new").addEventListener("click", () => open(fresh()));
  wire(async (isHandedIn) => {
    drawKept();
    if (isHandedIn) await refresh();
  });
  addEventListener("storage", ({ key }) => key === SIGNED_IN && location.reload());
  addEventListener("online", refresh);
  addEventListener("offline", () => {
    store.state = "offline";
    draw();
  });
  draw();
  await refresh();
  if (store.state === "signed_out") return;
  repeat(refresh, EVERY_MS);
  if (store.state === "live") await keepPage();
}

start();
