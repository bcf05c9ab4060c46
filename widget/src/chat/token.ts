// The visitor's secret: 256 random bits, drawn once for all tabs of a device and site. It is
// worth one visitor's chat and nothing more, and it never travels in a URL.

import { withLock } from "./locks.ts";
import type { Store } from "./store.ts";

export const TOKEN = "token";
const SHAPE = /^[\w-]{43}$/;

export function drawToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

/** The device's token, drawn now if there is none that looks like one, and if it still is `wanted`. */
export function token(store: Store, wanted: () => boolean): Promise<string> {
  return withLock(store.prefix + TOKEN, () => {
    if (!wanted()) return "";
    const kept = store.get(TOKEN);
    if (kept && SHAPE.test(kept)) return kept;
    const drawn = drawToken();
    store.set(TOKEN, drawn);
    return drawn;
  });
}
