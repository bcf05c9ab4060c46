// The visitor's secret: 256 random bits, drawn once for all tabs of a device and site. It is
// worth one visitor's chat and nothing more, and it never travels in a URL.

import { TOKEN, type Store } from "./store.ts";

const SHAPE = /^[\w-]{43}$/;

export function drawToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

/** The device's token, or nothing where none is that looks like one. */
export function held(store: Store): string {
  const kept = store.get(TOKEN) ?? "";
  return SHAPE.test(kept) ? kept : "";
}

/** The device's token, drawn now if there is none; what another tab has written down goes first. */
export function token(store: Store): string {
  store.join();
  const kept = held(store);
  if (kept) return kept;
  const drawn = drawToken();
  store.set(TOKEN, drawn);
  return drawn;
}
