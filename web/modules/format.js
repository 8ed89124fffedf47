// Numbers and times as the county reads them: 斤, 元, Asia/Shanghai, 24 hours.
import { text } from "/modules/texts.js";

const ZONE = { timeZone: "Asia/Shanghai", hourCycle: "h23" };
const CLOCK = new Intl.DateTimeFormat("zh-CN", {
  ...ZONE,
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
});
const NUMBER = new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 1 });

export const number = (value) => NUMBER.format(value);
export const clock = (time) => (time ? CLOCK.format(new Date(time)).replace(",", "") : "—");
export const jin = (kilograms) => number(kilograms * 2);
export const tenThousand = (yuan) => number(yuan / 10000);

export function span(minutes) {
  const whole = Math.round(minutes);
  const hours = Math.floor(whole / 60);
  const rest = whole % 60;
  return hours ? text("span.hours", { hours, minutes: rest }) : text("span.minutes", { minutes: rest });
}
