// axe on one page: what is serious fails.

import axe from "axe-core";

export async function seriousIn(page, where) {
  // What fades in has its colours only at the end, and more may begin to fade while others end: nothing moves.
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.evaluate(async () => {
    const ends = (animation) => animation.effect.getComputedTiming().iterations !== Infinity;
    const roots = () => [document, ...[...document.querySelectorAll("*")].map((element) => element.shadowRoot).filter(Boolean)];
    const running = () => roots().flatMap((root) => root.getAnimations()).filter(ends);
    for (let moving = running(); moving.length; moving = running()) await Promise.allSettled(moving.map((animation) => animation.finished));
  });
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  if (serious.length) {
    const lines = serious.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}\n      ${node.target.flat().join(" ")}\n      ${node.html.slice(0, 160)}`));
    throw new Error(`${where}:\n  ${lines.join("\n  ")}`);
  }
}
