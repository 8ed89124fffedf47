// A device that several people use: what one of them typed is not shown to the next, and
// does not stay. Scans of a checkpoint's phone do: nobody else has them.
import * as drafts from "/modules/apply/drafts.js";
import { forget, remembered } from "/modules/apply/offline.js";

export async function keepOnly(whose) {
  const last = remembered().me?.id;
  if (last !== whose) forget();
  await drafts.keepOf(whose, last);
}
