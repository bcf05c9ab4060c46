// Single letters, outside text fields only, and they can be switched off (WCAG 2.1.4). The others work
// everywhere.
const OFF = "deskbell.keys.off";

/** Everything that keys, palette and buttons can do. */
export type Command =
  | "next" | "previous" | "next-mine" | "to-list" | "pane-1" | "pane-2" | "pane-3" | "pane-4" | "shut"
  | "take" | "pass" | "snooze" | "close" | "reopen" | "reply" | "note" | "send-close" | "undo"
  | "panel" | "compose" | "find" | "palette" | "help" | "alerts";

const LETTERS: Record<string, Command> = {
  j: "next", k: "previous", o: "next-mine", w: "shut", g: "take", t: "pass", z: "snooze", e: "close", E: "reopen",
  r: "reply", n: "note", u: "undo", i: "panel", c: "compose", "?": "help", "/": "find",
};

/** Listens to the page's keys; `run` says whether there was something to do. */
export function listen(run: (command: Command) => boolean): void {
  for (const box of document.querySelectorAll<HTMLInputElement>("[data-single-keys]")) {
    box.checked = localStorage.getItem(OFF) === null;
    box.onchange = () => {
      if (box.checked) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "1");
      for (const other of document.querySelectorAll<HTMLInputElement>("[data-single-keys]")) other.checked = box.checked;
    };
    box.closest("label")?.removeAttribute("hidden");
  }
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const command = meant(event);
    if (command && run(command)) event.preventDefault();
  });
}

/** What a key means here and now. */
function meant(event: KeyboardEvent): Command | undefined {
  const { key, altKey, shiftKey, target } = event;
  const mod = event.ctrlKey || event.metaKey;
  // A dialog has keys of its own.
  if (target instanceof Element && target.closest("dialog[open]")) return undefined;
  if (mod && !altKey && key.toLowerCase() === "k") return "palette";
  if (mod && shiftKey && key === "Enter") return "send-close";
  if (altKey && !mod && !shiftKey) return ({ Digit1: "pane-1", Digit2: "pane-2", Digit3: "pane-3", Digit4: "pane-4" } as const)[event.code as "Digit1"];
  const typing = target instanceof HTMLElement && target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
  if (typing || altKey) return undefined;
  if (mod) return key.toLowerCase() === "z" && !shiftKey ? "undo" : undefined;
  if (key === "Escape") return "to-list";
  return localStorage.getItem(OFF) === null ? LETTERS[key] : undefined;
}

/** The rows' links in the order in which they stand. */
export function links(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(".turn:not([hidden]) .conv:not(.gone, .closing) .who")];
}

/** Goes to the next or the previous row. */
export function step(by: number): boolean {
  const all = links();
  const from = all.findIndex((link) => link === document.activeElement);
  const open = all.findIndex((link) => link.getAttribute("aria-current") === "true");
  const at = from >= 0 ? from + by : open >= 0 ? open + by : by > 0 ? 0 : all.length - 1;
  const link = all[Math.max(0, Math.min(all.length - 1, at))];
  link?.focus();
  link?.scrollIntoView({ block: "nearest" });
  return link !== undefined;
}

/** The list gets the focus: at the open row, or the first. */
export function toList(): boolean {
  const all = links();
  const link = all.find((link) => link.getAttribute("aria-current") === "true") ?? all[0];
  (link ?? document.getElementById("list"))?.focus();
  return true;
}

/** The chat that waits for this agent, after the one that is open; `fits` leaves some out. */
export function nextMine(me: string, fits: (conversation: string) => boolean = () => true): string | undefined {
  const rows = links().map((link) => link.closest<HTMLElement>(".conv"));
  const mine = rows.filter((row) => row?.dataset["turn"] === "ours" && row.dataset["owner"] === me && fits(row.dataset["conversation"] ?? ""));
  const open = mine.findIndex((row) => row?.classList.contains("on"));
  return mine[(open + 1) % Math.max(1, mine.length)]?.dataset["conversation"];
}
