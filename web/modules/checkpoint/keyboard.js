// The keyboard for plates: provinces first, then letters and digits, big enough for gloves.
import { text } from "/modules/texts.js";
import { LONGEST, isNewEnergy, isPlate, nextKeys, plain, spaced } from "/modules/plates.js";
import { ALPHABET, LENGTH as CODE_LENGTH, isShortCode } from "/modules/passes/short-code.js";
import { by, closePanel, key, made, openPanel } from "/modules/checkpoint/ui.js";

const SHOWN = 4;
const LEAST = 2;

// Asks for a plate; `rows` of the sheet are offered as they match what is typed.
export function askPlate(title, rows, done, chosen = null) {
  let typed = "";
  const boxes = made("div", { className: "boxes", role: "status" });
  const offers = made("div", { className: "offers" });
  const keys = made("div", { className: "keys" });
  const finish = key(text("cp.done"), () => end(typed), "choice admitted", { act: "plate-done" });

  function end(plate) {
    removeEventListener("keydown", press);
    closePanel();
    done(plate);
  }

  function type(sign) {
    typed = sign === "⌫" ? typed.slice(0, -1) : (typed + sign).slice(0, LONGEST);
    draw();
  }

  function press(event) {
    if (by("panel").hidden || !boxes.isConnected) return removeEventListener("keydown", press);
    const sign = event.key === "Backspace" ? "⌫" : plain(event.key);
    if (sign === "⌫" || nextKeys(typed).includes(sign)) type(sign);
    if (event.key === "Enter" && !finish.disabled && event.target.tagName !== "BUTTON") end(typed);
  }

  function draw() {
    drawBoxes(boxes, typed);
    offers.replaceChildren(...(chosen ? matching(rows, typed) : []).map((row) => key(spaced(row.plate), () => {
      end(row.plate);
    }, "", { plate: row.plate })));
    const signsNext = typed.length < LONGEST ? nextKeys(typed) : [];
    keys.replaceChildren(...signsNext.map((sign) => key(sign, () => type(sign), "", { sign })), key("⌫", () => type("⌫"), "back", { sign: "⌫" }));
    finish.disabled = typed.length < LONGEST - 1;
    finish.textContent = text(finish.disabled || isPlate(typed) ? "cp.done" : "cp.done_odd");
  }

  addEventListener("keydown", press);
  draw();
  openPanel(title, boxes, offers, keys, finish);
}

function matching(rows, typed) {
  if (typed.length < LEAST) return [];
  return rows.filter((row) => row.plate.includes(typed) || row.trailer?.includes(typed)).slice(0, SHOWN);
}

function drawBoxes(boxes, typed) {
  const signs = [...typed.padEnd(LONGEST, " ")];
  boxes.replaceChildren(...signs.map((sign, i) => made("b", { className: i === typed.length ? "next" : i === LONGEST - 1 ? "eighth" : "", textContent: sign })));
  boxes.ariaLabel = typed || text("cp.plate");
  boxes.classList.toggle("green", isNewEnergy(typed));
}


// The eight signs that stand on paper; the last one tells a slip from a wrong pass.
export function askCode(done) {
  let typed = "";
  const boxes = made("div", { className: "boxes", role: "status" });
  const problem = made("p", { className: "problem", role: "alert" });
  const type = (sign) => {
    typed = sign === "⌫" ? typed.slice(0, -1) : (typed + sign).slice(0, CODE_LENGTH);
    draw();
    if (typed.length === CODE_LENGTH && isShortCode(typed)) {
      removeEventListener("keydown", press);
      closePanel();
      done(typed);
    }
  };
  const keys = made("div", { className: "keys" }, ...[...ALPHABET, "⌫"].map((sign) => key(sign, () => type(sign), sign === "⌫" ? "back" : "", { sign })));

  function press(event) {
    if (!boxes.isConnected) return removeEventListener("keydown", press);
    const sign = event.key === "Backspace" ? "⌫" : event.key.toUpperCase();
    if (sign === "⌫" || ALPHABET.includes(sign)) type(sign);
    return undefined;
  }

  function draw() {
    boxes.replaceChildren(...[...typed.padEnd(CODE_LENGTH, " ")].map((sign, i) => made("b", { className: i === typed.length ? "next" : "", textContent: sign })));
    boxes.ariaLabel = typed || text("cp.code");
    problem.textContent = typed.length === CODE_LENGTH && !isShortCode(typed) ? text("cp.code_wrong") : "";
  }

  addEventListener("keydown", press);
  draw();
  openPanel(text("cp.code"), boxes, problem, keys);
}
