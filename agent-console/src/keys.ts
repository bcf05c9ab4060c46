// Single letters, outside text fields only, and they can be switched off (WCAG 2.1.4).
const OFF = "deskbell.keys.off";

/** What the letters do. */
export interface Keys {
  reply(note: boolean): void;
  press(what: "take" | "close" | "reopen"): void;
}

/** Listens to the page's keys. */
export function listen(keys: Keys): void {
  const box = document.querySelector<HTMLInputElement>("#single-keys");
  if (box) {
    box.checked = localStorage.getItem(OFF) === null;
    box.onchange = () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1"));
    box.closest("label")?.removeAttribute("hidden");
  }
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target instanceof HTMLElement && event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]")) return;
    if (event.key === "Escape") return toList();
    if (localStorage.getItem(OFF) === null && act(event, keys)) event.preventDefault();
  });
}

function act(event: KeyboardEvent, keys: Keys): boolean {
  const key = event.key.toLowerCase();
  if (event.shiftKey && key !== "e") return false;
  switch (key) {
    case "j":
      return step(1);
    case "k":
      return step(-1);
    case "r":
    case "n":
      keys.reply(key === "n");
      return true;
    case "g":
      keys.press("take");
      return true;
    case "e":
      keys.press(event.shiftKey ? "reopen" : "close");
      return true;
    default:
      return false;
  }
}

/** The rows' links in the order in which they stand. */
function links(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(".turn:not([hidden]) .conv:not(.gone) .who")];
}

function step(by: number): boolean {
  const all = links();
  const from = all.findIndex((link) => link === document.activeElement);
  const open = all.findIndex((link) => link.getAttribute("aria-current") === "true");
  const at = from >= 0 ? from + by : open >= 0 ? open + by : by > 0 ? 0 : all.length - 1;
  const link = all[Math.max(0, Math.min(all.length - 1, at))];
  link?.focus();
  link?.scrollIntoView({ block: "nearest" });
  return link !== undefined;
}

function toList(): void {
  const all = links();
  (all.find((link) => link.getAttribute("aria-current") === "true") ?? all[0])?.focus();
}
