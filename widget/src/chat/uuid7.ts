// Ids that the client draws itself: UUIDv7, rising within a tab, so that their order is the order of writing.

let last = 0;
let counter = 0;

/** 48 bits of milliseconds, a 12-bit counter, 62 random bits. */
export function uuid7(now: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  step(now, bytes[6]! & 0x07);
  let rest = last;
  for (let i = 5; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = 0x70 | (counter >> 8);
  bytes[7] = counter & 0xff;
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** A clock that stands or goes back counts on; a full counter borrows the next millisecond. */
function step(now: number, seed: number): void {
  if (now > last) {
    last = now;
    counter = seed << 8;
  } else if (++counter > 0xfff) {
    last++;
    counter = 0;
  }
}
