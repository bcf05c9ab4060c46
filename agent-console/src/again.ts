// A part of a page that is asked for again until there is nothing to wait for any more: it says so itself,
// by having no address to ask.
import { replace } from "./html";
import { tellTimes } from "./time";

const EVERY_MS = 2_000;

/** Asks again while the page is looked at. */
export function askAgain(): void {
  setInterval(() => {
    if (document.hidden) return;
    for (const part of document.querySelectorAll<HTMLElement>("[data-again]")) void renew(part);
  }, EVERY_MS);
}

async function renew(part: HTMLElement): Promise<void> {
  const answer = await fetch(part.dataset["again"] ?? "", { headers: { Accept: "text/html" } }).catch(() => undefined);
  // Whoever is on one of its buttons is not to lose it.
  if (!answer?.ok || answer.redirected || part.contains(document.activeElement)) return;
  replace(await answer.text(), tellTimes);
}
