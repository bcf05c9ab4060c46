// Ids that the client draws itself: UUIDv7, rising within a tab, so that their order is the order of writing.

let last = 0;

/** 48 bits of milliseconds and 74 random bits. What comes within one millisecond borrows the next. */
export function uuid7(now: number = Date.now()): string {
  last = Math.max(now, last + 1);
  const time = last.toString(16).padStart(12, "0");
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const variant = (8 | (bytes[2]! & 3)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-${variant}${hex.slice(5, 8)}-${hex.slice(8)}`;
}
