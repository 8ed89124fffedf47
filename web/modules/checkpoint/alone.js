// One page of a phone is on duty: two would decide on the same truck, each in its own way.
const DUTY = "greenchannel-duty";
const PATIENCE_MS = 1000;

// Settled once this page is the one; `waiting(take)` is called where another still is, and
// `take()` makes an end of that. A page that is reloaded lets go within the patience.
export async function alone(waiting) {
  if (!navigator.locks) return;
  const later = setTimeout(() => waiting(() => hold({ steal: true }, begin)), PATIENCE_MS);
  let begin;
  const isOurs = new Promise((resolve) => (begin = resolve));
  hold({}, begin);
  await isOurs;
  clearTimeout(later);
}

function hold(how, begin) {
  const forEver = () => {
    begin();
    return new Promise(() => {});
  };
  navigator.locks.request(DUTY, how, forEver).catch(() => location.reload());
}
