// When to come back: at once, after a jittered pause, or never. The ranges of close codes say it.

export const FIRST_MS = 500;
export const CAP_MS = 30_000;

export type Verdict = "now" | "later" | "never";

export function verdict(code: number): Verdict {
  if (code >= 4200 && code < 4300) return "never";
  return code >= 4000 && code < 4100 ? "now" : "later";
}

/** Full jitter: anywhere between nothing and the doubled, capped pause, so that a crowd spreads out. */
export function pause(attempt: number, random: number = Math.random()): number {
  return Math.round(random * Math.min(CAP_MS, FIRST_MS * 2 ** Math.min(attempt, 16)));
}
