// Why a pass or a list was not accepted: one stable code, the same as in Python.
export class Refused extends Error {
  constructor(code, detail = "") {
    super(detail ? `${code}: ${detail}` : code);
    this.code = code;
  }
}

export function refuse(code, detail) {
  throw new Refused(code, detail);
}
