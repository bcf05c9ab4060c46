// The visitor takes their leave to be remembered back, or never gave it.

import type { Chat } from "./chat.ts";
import { TOKEN } from "./store.ts";

/** What the device keeps goes; the secret goes on in this tab's memory. */
export function withdraw({ store }: Chat): void {
  const secret = store.get(TOKEN);
  store.clear();
  if (secret) store.set(TOKEN, secret);
}
