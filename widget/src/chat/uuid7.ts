// Ids that the client draws itself: UUIDv7, rising within a tab, so that their order is the order of writing.

let last = 0;

/** 48 bits of milliseconds and 74 random bits. What comes within one millisecond borrows the next. */
export function uuid7(now: number = Date.now()): string {
  last = Math.max(now, last + 1);
  const time = last.toString(16).padStart(12, "0");
  const random = crypto.getRandomValues(new Uint16Array(5));
  const [a, b, ...rest] = Array.from(random, (part) => (part + 0x10000).toString(16).slice(1)) as [string, string, ...string[]];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${a.slice(1)}-${"89ab"[random[1]! & 3]}${b.slice(1)}-${rest.join("")}`;
}
