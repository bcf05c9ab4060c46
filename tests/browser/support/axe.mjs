// axe on one page: what is serious fails.

import axe from "axe-core";

export async function seriousIn(page, where) {
  // What fades in has its colours only at the end; what breathes for ever has no end.
  await page.evaluate(() => {
    const ends = (animation) => animation.effect.getComputedTiming().iterations !== Infinity;
    const roots = [document, ...[...document.querySelectorAll("*")].map((element) => element.shadowRoot).filter(Boolean)];
    return Promise.allSettled(roots.flatMap((root) => root.getAnimations()).filter(ends).map((animation) => animation.finished));
  });
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  if (serious.length) {
    const lines = serious.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}\n      ${node.target.flat().join(" ")}\n      ${node.html.slice(0, 160)}`));
    throw new Error(`${where}:\n  ${lines.join("\n  ")}`);
  }
}
