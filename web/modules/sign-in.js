// The invitation's secret stands in the fragment: no server and no log ever sees it.
import { by } from "/modules/dom.js";
import { keepOnly } from "/modules/apply/owner.js";
import { SIGNED_IN, home } from "/modules/nav.js";
import { explain } from "/modules/problems.js";
import { loadTexts, switchLanguage, text } from "/modules/texts.js";

const [invited, secret] = location.hash.slice(1).split(".");
const access = invited || localStorage.getItem(SIGNED_IN);

function say(code) {
  by("problem").hidden = false;
  by("problem").textContent = explain({ code }, "sign_in.problem");
}

function hint() {
  by("hint").textContent = text(secret ? "hint.invited" : access ? "hint.again" : "hint.none");
}

async function enter(event) {
  event.preventDefault();
  const pin = by("pin").value || null;
  const path = secret ? `/v1/invitations/${encodeURIComponent(invited)}/acceptances` : "/v1/session";
  const body = secret ? { secret, pin } : { id: access, pin };
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Greenchannel": "1" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) return say((await answer.json()).code);
    const { id } = await answer.json();
    await keepOnly(id).catch(() => {});
    localStorage.setItem(SIGNED_IN, id);
    const me = await (await fetch("/v1/session")).json();
    location.replace(home(me.roles ?? []));
  } catch {
    say("offline");
  }
}

by("form").addEventListener("submit", enter);
await loadTexts();
switchLanguage(hint);
hint();
by("enter").disabled = false;
