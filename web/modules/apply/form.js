// The form: fields by group, what is wrong beside each, crew as a list that grows.
import { isHeavy } from "/modules/apply/rules.js";
import { made, button, by } from "/modules/dom.js";
import { text, word } from "/modules/texts.js";

const COLOURS = ["blue", "yellow", "green", "white", "black"];
const TYPES = ["厢式货车", "冷藏车", "仓栅货车", "平板货车", "半挂牵引车", "轻型货车"];
const GOODS = ["fresh", "food", "medical", "living", "farming", "energy", "industrial", "other"];
const PERSON = [["name", "text"], ["phone", "tel"], ["id_number", "text"]];
const OF_PEOPLE = ["driver", "crew"];
const GROUPS = [
  ["vehicle", [
    ["plate", "text", { autocapitalize: "characters" }],
    ["plate_kind", "choice", { of: COLOURS, group: "plate_kind" }],
    ["vehicle_type", "text", { list: TYPES }],
    ["trailer", "text"],
    ["owner_kind", "choice", { of: ["organisation", "person"], group: "owner_kind" }],
    ["owner", "text"],
    ["gross_mass_kg", "number"],
    ["rated_load_kg", "number"],
    ["load_kg", "number"],
    ["seats", "number"],
    ["inspection_valid_until", "date"],
    ["road_transport_permit", "text"],
  ]],
  ["driver", [...PERSON.map(([name, type]) => [`driver.${name}`, type]), ["driver.licence_class", "text", { list: ["A2", "B2", "C1", "C6"] }]]],
  ["crew", []],
  ["trip", [
    ["goods_category", "choice", { of: GOODS, group: "goods" }],
    ["goods", "text"],
    ["lane", "select"],
    ["valid_from", "datetime-local"],
    ["valid_until", "datetime-local"],
    ["has_return", "check"],
    ["return_from", "datetime-local"],
    ["return_until", "datetime-local"],
  ]],
];

export class Form {
  // `changed(name)` hears every change; `fields` is written as people type.
  constructor(root, fields, { lanes, changed }) {
    Object.assign(this, { root, fields, lanes, changed, touched: new Set() });
    this.draw();
  }

  draw() {
    const isSealed = (name) => this.fields.is_sealed && OF_PEOPLE.includes(name);
    const shown = GROUPS.filter(([name]) => !isSealed(name) || name === "driver");
    this.root.replaceChildren(...shown.map(([name, list]) => (isSealed(name) ? this.sealed() : this.group(name, list))));
    this.refresh();
  }

  // The people of the application before, taken over as they are: sealed, shown to nobody.
  sealed() {
    const box = made("fieldset", "group");
    const others = button("apply.other_persons", () => {
      Object.assign(this.fields, { is_sealed: false, is_owner_sealed: false });
      this.draw();
      this.changed("crew");
    });
    box.dataset.group = "sealed";
    box.append(made("legend", "", text("apply.group.same_persons")), made("p", "", text("apply.same_persons", { count: this.fields.crew_count })), others);
    return box;
  }

  group(name, list) {
    const box = made("fieldset", "group");
    box.dataset.group = name;
    box.append(made("legend", "", text(`apply.group.${name}`)));
    const grid = made("div", "grid");
    grid.append(...list.map(([field, type, more]) => this.field(field, type, more)));
    box.append(grid);
    if (name === "crew") this.drawCrew(box, grid);
    return box;
  }

  field(name, type, more = {}) {
    const box = made("div", `field of-${type}`);
    box.dataset.field = name;
    const id = `f-${name.replaceAll(".", "-")}`;
    const label = made(type === "choice" ? "span" : "label", "label", text(labelOf(name)));
    if (type === "choice") label.id = `${id}-label`;
    else label.htmlFor = id;
    const input = type === "choice" ? this.choice(name, id, more) : this.input(name, id, type, more);
    const problem = made("p", "wrong", "", { id: `${id}-wrong` });
    if (type === "check") box.append(input, label, problem);
    else box.append(label, input, problem);
    return box;
  }

  input(name, id, type, more) {
    const isSelect = type === "select";
    const input = made(isSelect ? "select" : "input", "", "", { id, name, autocomplete: "off" });
    if (!isSelect) input.type = { number: "text", check: "checkbox" }[type] ?? type;
    if (type === "number") input.inputMode = "decimal";
    if (more.autocapitalize) input.autocapitalize = more.autocapitalize;
    if (more.list) this.suggest(input, id, more.list);
    if (isSelect) {
      input.append(made("option", "", text("apply.choose"), { value: "" }), ...this.lanes.map((lane) => made("option", "", laneName(lane), { value: lane.code })));
    }
    input.setAttribute("aria-describedby", `${id}-wrong`);
    const value = read(this.fields, name);
    if (type === "check") input.checked = Boolean(value);
    else input.value = value ?? "";
    input.addEventListener("input", () => this.set(name, type === "check" ? input.checked : input.value.trim()));
    input.addEventListener("blur", () => this.touch(name));
    return input;
  }

  suggest(input, id, values) {
    const list = made("datalist", "", "", { id: `${id}-list` });
    list.append(...values.map((value) => made("option", "", "", { value })));
    input.setAttribute("list", list.id);
    this.root.append(list);
    queueMicrotask(() => input.after(list));
  }

  choice(name, id, { of, group }) {
    const box = made("div", "choices");
    box.setAttribute("role", "radiogroup");
    box.setAttribute("aria-labelledby", `${id}-label`);
    box.append(...of.map((value) => {
      const label = made("label", "pill");
      label.dataset.value = value;
      const input = made("input", "", "", { type: "radio", name, value, checked: read(this.fields, name) === value });
      input.addEventListener("change", () => this.set(name, value));
      label.append(input, made("span", "", word(group, value)));
      return label;
    }));
    return box;
  }

  drawCrew(box, grid) {
    const draw = () => {
      grid.replaceChildren(...this.fields.crew.flatMap((_, i) => [
        ...PERSON.map(([name, type]) => this.field(`crew.${i}.${name}`, type)),
        this.removal(i, draw),
      ]));
    };
    const add = button("apply.add_person", () => {
      this.fields.crew.push({ name: "", phone: "", id_number: "" });
      draw();
      this.changed("crew");
    });
    box.append(add);
    draw();
  }

  removal(i, draw) {
    const gone = button("apply.remove_person", () => {
      this.fields.crew.splice(i, 1);
      draw();
      this.changed("crew");
    }, "quiet");
    gone.classList.add("removal");
    return gone;
  }

  set(name, value) {
    write(this.fields, name, value);
    if (name === "owner_kind") this.fields.is_owner_sealed = false;
    this.refresh();
    this.changed(name);
  }

  touch(name) {
    this.touched.add(name);
    this.changed(null);
  }

  touchAll() {
    for (const box of document.querySelectorAll("[data-field]")) this.touched.add(box.dataset.field);
  }

  // Shows and hides what depends on other fields.
  refresh() {
    this.root.querySelector("[data-field=road_transport_permit]").hidden = !isHeavy(this.fields.gross_mass_kg);
    this.root.querySelector("[data-field=owner]").hidden = Boolean(this.fields.is_owner_sealed);
    for (const name of ["return_from", "return_until"]) {
      this.root.querySelector(`[data-field=${name}]`).hidden = !this.fields.has_return;
    }
  }

  // What is wrong stands beside its field once somebody has been there.
  show(problems) {
    for (const box of document.querySelectorAll("[data-field]")) {
      const name = box.dataset.field;
      const found = problems.find((problem) => problem.field === name && this.touched.has(name));
      box.classList.toggle("is-wrong", Boolean(found));
      box.querySelector(".wrong").textContent = found ? text(`rule.${found.code}`, found.values) : "";
      box.querySelector("input, select")?.setAttribute("aria-invalid", Boolean(found));
    }
  }

  focus(name) {
    by(`f-${name.replaceAll(".", "-")}`)?.focus();
  }

  focusFirstWrong() {
    document.querySelector(".is-wrong input, .is-wrong select")?.focus();
  }

  fill(name, value) {
    write(this.fields, name, value);
    const input = by(`f-${name.replaceAll(".", "-")}`);
    if (input) input.value = value;
    for (const radio of this.root.querySelectorAll(`input[type=radio][name="${name}"]`)) radio.checked = radio.value === value;
  }
}

const labelOf = (name) => `field.${name.replace(/^(crew\.\d+|driver)\./, "person.")}`;
const laneName = (lane) => (lane.status === "open" ? lane.name : `${lane.name} · ${text(`places.lane.${lane.status}`)}`);

function read(fields, name) {
  const [, number, key] = name.match(/^crew\.(\d+)\.(.+)$/) ?? [];
  return key ? fields.crew[number]?.[key] : fields[name];
}

function write(fields, name, value) {
  const [, number, key] = name.match(/^crew\.(\d+)\.(.+)$/) ?? [];
  if (key) fields.crew[number][key] = value;
  else fields[name] = value;
}
