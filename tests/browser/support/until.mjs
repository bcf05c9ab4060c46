// Waiting without sleeping: look again whenever the page may have changed, until it is so.

import { isDeepStrictEqual } from "node:util";

import { PATIENCE_MS } from "./browser.mjs";

/** Asks `look` again and again until it gives what is `wanted`; on failure says what it gave last. */
export async function until(page, look, wanted, what) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    const right = typeof wanted === "function" ? wanted(found) : isDeepStrictEqual(found, wanted);
    if (right) return found;
    if (Date.now() > end) {
      const wish = typeof wanted === "function" ? "" : `\n  wanted: ${JSON.stringify(wanted)}`;
      throw new Error(`${what}: not within ${PATIENCE_MS} ms${wish}\n  found:  ${JSON.stringify(found)}`);
    }
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done))).catch(() => {});
  }
}

/** A message's state in words, with the time that may stand after it: "Read", "Sent|Delivered". */
export const stateOf = (words) => new RegExp(`^\\s*(${words})\\b`);

/** What moves or fades in the widget has come to its end. */
export function settled(page) {
  return page.evaluate(() => {
    const ends = (animation) => animation.effect.getComputedTiming().iterations !== Infinity;
    return Promise.allSettled(document.querySelector("deskbell-chat").shadowRoot.getAnimations().filter(ends).map((animation) => animation.finished));
  });
}
