// The A4 pass in the national form, with room for the issuer's red seal: always Chinese.
import { inChinese, loadChinese } from "/modules/texts.js";

const ZONE = { timeZone: "Asia/Shanghai", hourCycle: "h23" };
const DAY = new Intl.DateTimeFormat("zh-CN", {
  ...ZONE,
  year: "numeric",
  month: "long",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

export async function drawPaper(paper, pass, driver, code) {
  await loadChinese();
  const told = (key) => inChinese(`paper.${key}`);
  paper.replaceChildren(
    made("h1", told("title")),
    made("p", `${told("number")} ${pass.number}`, "number"),
    table(rows(pass, driver, told)),
    foot(pass, code, told),
    rules(told),
  );
  await Promise.all([...paper.querySelectorAll("img")].map((image) => image.decode()));
}

function rows(pass, driver, told) {
  const places = pass.places;
  const last = driver?.id_number ? `　${told("id")} ${driver.id_number.slice(-4)}` : "";
  return [
    [told("plate"), pass.plate, "big"],
    [told("trailer"), pass.trailer || told("none")],
    [told("driver"), pass.driver + last],
    [told("crew"), `${pass.crew_count} ${told("persons")}`],
    [told("goods"), pass.goods],
    [told("from"), places[0] ?? ""],
    [told("to"), places.length > 1 ? places.at(-1) : ""],
    [told("lane"), [pass.lane_name, places.slice(1, -1).join("、")].filter(Boolean).join("　")],
    [told("window"), `${day(pass.valid_from)} ${told("until")} ${day(pass.valid_until)}`],
    [told("issuer"), pass.issuer_name],
    [told("phone"), pass.issuer_phone],
    [told("replaces"), pass.replaces],
  ].filter(([name, value]) => value || name === told("driver"));
}

function table(lines) {
  const made_ = document.createElement("table");
  for (const [name, value, look] of lines) {
    const line = made_.insertRow();
    line.append(made("th", name), made("td", value, look));
  }
  return made_;
}

function foot(pass, code, told) {
  const whole = made("div", "", "foot");
  const seal = document.createElement("div");
  seal.append(made("div", told("seal"), "seal"), made("p", `${told("issued")} ${day(pass.now)}`));
  whole.append(picture(pass.qr, told("scan")), seal);
  if (pass.check_qr) {
    const check = picture(pass.check_qr, told("check"));
    check.append(made("p", code, "code"));
    whole.append(check);
  }
  return whole;
}

function picture(source, caption) {
  const figure = document.createElement("figure");
  const image = document.createElement("img");
  image.src = source;
  image.alt = caption;
  figure.append(image, made("figcaption", caption));
  return figure;
}

function rules(told) {
  const list = document.createElement("ol");
  for (const key of ["rule.one", "rule.equal", "rule.seal"]) list.append(made("li", told(key)));
  return list;
}

function made(name, value, look = "") {
  const element = document.createElement(name);
  element.textContent = value;
  element.className = look;
  return element;
}

const day = (time) => DAY.format(new Date(time));
