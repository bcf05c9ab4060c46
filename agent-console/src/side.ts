// The side panel: what the reader folded stays folded, times and languages are the reader's, and what was
// before is fetched anew when a note was added.
import { elements, replace } from "./html";
import { drawHere } from "./here";
import { lang, tellTimes } from "./time";

const FOLDED = "deskbell.folded";
const languages = new Intl.DisplayNames([lang], { type: "language", fallback: "none" });

function folded(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(FOLDED) ?? "[]");
    return Array.isArray(stored) ? stored.map(String) : [];
  } catch {
    return [];
  }
}

/** Makes a fragment of a pane fit for reading: times, folds, languages, who is here. */
export function dress(root: HTMLElement): void {
  tellTimes(root);
  const shut = folded();
  for (const part of root.querySelectorAll<HTMLDetailsElement>("details[data-fold]")) part.open = !shut.includes(part.dataset["fold"] ?? "");
  for (const place of root.querySelectorAll<HTMLElement>("[data-language]")) place.textContent = languageOf(place.dataset["language"] ?? "");
  tellZones(root);
  drawHere(root);
}

function languageOf(tag: string): string {
  try {
    return languages.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** What the clock says where the visitor is. */
function tellZones(root: ParentNode): void {
  for (const place of root.querySelectorAll<HTMLElement>("[data-zone]")) {
    const zone = place.dataset["zone"] ?? "";
    try {
      const time = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(new Date());
      place.textContent = `${time}, ${zone.split("/").at(-1)?.replaceAll("_", " ") ?? zone}`;
    } catch {
      // A zone that this browser does not know stays as it was told.
    }
  }
}

/** Keeps folds and clocks. */
export function keepSide(): void {
  document.addEventListener(
    "toggle",
    ({ target }) => {
      if (!(target instanceof HTMLDetailsElement) || !target.isConnected) return;
      const name = target.dataset["fold"];
      if (name === undefined) return;
      const rest = folded().filter((other) => other !== name);
      const shut = target.open ? rest : [...rest, name];
      if (shut.length > 0) localStorage.setItem(FOLDED, JSON.stringify(shut));
      else localStorage.removeItem(FOLDED);
    },
    true,
  );
  setInterval(() => !document.hidden && tellZones(document), 20_000);
}

/** Notes and earlier chats as they are now. */
export async function refreshPast(conversation: string): Promise<void> {
  try {
    const response = await fetch(`/console/conversations/${conversation}/past`, { headers: { Accept: "text/html" } });
    if (response.ok && !response.redirected) replace(await response.text(), dress);
  } catch {
    // It comes with the next page.
  }
}

/** The elements that the server answers with; nothing where it does not. */
export async function part(address: string): Promise<HTMLElement[]> {
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" } });
    return response.ok && !response.redirected ? elements(await response.text()) : [];
  } catch {
    return [];
  }
}
