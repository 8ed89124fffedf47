// Who is named: sealed until somebody deliberately looks, and the look is recorded.
import { button, made } from "/modules/dom.js";
import { part } from "/modules/redraw.js";
import { saying, text } from "/modules/texts.js";

export function peopleOf(one, request, acts) {
  const count = (request.driver ? 1 : 0) + (request.crew?.length ?? 0) + (request.owner_person ? 1 : 0);
  const persons = acts.people.get(one.pass_id);
  return count ? [part("people", [count, persons], () => people(count, persons, acts))] : [];
}

function people(count, persons, acts) {
  const box = made("section", "people");
  if (!persons) {
    box.append(made("p", "small", text("desk.sealed", { count })), button("desk.reveal", acts.reveal));
    return box;
  }
  const list = made("ul");
  list.append(...persons.map((person) => {
    const said = person.state === "readable" ? [person.name, person.id_number, person.phone] : [text(`desk.person.${person.state}`)];
    return made("li", "", saying(text(`desk.part.${person.part}`), said.filter(Boolean).join(" · ")));
  }));
  box.append(list, made("p", "small", text("desk.revealed")));
  return box;
}
