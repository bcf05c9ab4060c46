// When to come back after a connection ended. Pure, so that it can be tested by itself.

/** What a close code asks for (server/live/protocol/close.rs). */
export type Verdict = "at-once" | "backoff" | "stop";

/** 4000 to 4099 at once, 4100 to 4199 with backoff, 4200 to 4299 never; everything else with backoff. */
export function verdict(code: number): Verdict {
  if (code >= 4000 && code < 4100) return "at-once";
  if (code >= 4200 && code < 4300) return "stop";
  return "backoff";
}

const FIRST_MS = 500;
const MOST_MS = 20_000;

/** The pause before a try: doubling, capped, half of it drawn by lot so that not all come at once. */
export function pause(tries: number, lot: number = Math.random()): number {
  const whole = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(tries, 10));
  return Math.round(whole / 2 + (whole / 2) * lot);
}

/** A UUIDv7 (RFC 9562): the id that a message or command keeps for good. Rising within one page. */
export function uuid7(now: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  last = now > last ? now : last + 1;
  for (let n = 0; n < 6; n++) bytes[n] = Math.floor(last / 2 ** (40 - 8 * n)) % 256;
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
let last = 0;

/** When a UUIDv7 was drawn. */
export function writtenAt(id: string): number {
  return Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
}
