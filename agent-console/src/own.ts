// The agent's own state and load in the rail, the same on all their screens: the server says them.
import type { Own } from "../../widget/src/generated/protocol";
import type { Desk } from "./desk";
import { uuid7 } from "./retry";
import { say } from "./say";
import { notice } from "./status";

/** The rail's menu. */
export class OwnState {
  readonly #menu = document.getElementById("me") as HTMLDetailsElement | null;
  #last: Own | undefined;
  #countdown: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly desk: Desk) {
    document.addEventListener("submit", (event) => this.#choose(event));
    document.addEventListener("click", (event) => {
      if (this.#menu?.open && event.target instanceof Node && !this.#menu.contains(event.target)) this.#menu.open = false;
    });
    this.#menu?.addEventListener("keydown", (event) => this.#key(event));
  }

  /** What the server says. */
  hears(own: Own): void {
    const before = this.#last;
    this.#last = own;
    const menu = this.#menu;
    if (!menu) return;
    menu.dataset["state"] = own.state;
    const load = say("own-load", { load: own.load, capacity: own.capacity });
    const words = `${stateWords(own.state)}, ${load}`;
    menu.querySelector("[data-own-words]")?.replaceChildren(`${document.body.dataset["agentName"] ?? ""}: ${words}`);
    menu.querySelector("[data-own-load]")?.replaceChildren(words);
    menu.querySelector("summary")?.setAttribute("title", words);
    const ring = menu.querySelector(".load-now");
    ring?.setAttribute("pathLength", String(Math.max(1, own.capacity)));
    ring?.setAttribute("stroke-dasharray", `${Math.min(own.load, own.capacity)} ${Math.max(1, own.capacity)}`);
    ring?.closest("svg")?.toggleAttribute("hidden", own.capacity === 0);
    for (const button of menu.querySelectorAll<HTMLButtonElement>(".own-state")) button.setAttribute("aria-pressed", String(button.value === own.state));
    this.#goesOn(own);
    // Their time was over: the chats went back into the line by themselves.
    if (before?.gone_at !== undefined && before.load > 0 && own.state === "away" && own.load === 0 && Date.now() >= Date.parse(before.gone_at) - 1_000) notice(say("own-handed"));
  }

  /** Counts down to when chats are handed on. */
  #goesOn(own: Own): void {
    clearInterval(this.#countdown);
    const line = this.#menu?.querySelector<HTMLElement>("[data-own-gone]");
    if (!line) return;
    line.hidden = own.gone_at === undefined;
    if (own.gone_at === undefined) return;
    const at = Date.parse(own.gone_at);
    const tell = (): void => {
      const seconds = Math.max(0, Math.round((at - Date.now()) / 1_000));
      line.textContent = say("own-away-in", { time: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` });
    };
    tell();
    this.#countdown = setInterval(tell, 1_000);
  }

  #choose(event: SubmitEvent): void {
    const button = event.submitter;
    if (!(button instanceof HTMLButtonElement) || !button.classList.contains("own-state")) return;
    event.preventDefault();
    this.desk.post({ type: "state", id: uuid7(), state: button.value });
    this.#shut();
  }

  #key(event: KeyboardEvent): void {
    if (!this.#menu?.open) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      return this.#shut();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const items = [...this.#menu.querySelectorAll<HTMLElement>(".own-state")];
    const at = items.indexOf(document.activeElement as HTMLElement) + (event.key === "ArrowDown" ? 1 : -1);
    items[(at + items.length) % items.length]?.focus();
    event.preventDefault();
  }

  #shut(): void {
    if (!this.#menu) return;
    this.#menu.open = false;
    this.#menu.querySelector("summary")?.focus();
  }
}

function stateWords(state: string): string {
  if (state === "online") return say("own-online");
  if (state === "draining") return say("own-draining");
  return state === "away" ? say("own-away") : say("own-offline");
}

/** The number at the inbox in the rail. */
export function railUnread(count: number): void {
  const badge = document.querySelector<HTMLElement>("[data-unread].badge");
  if (!badge) return;
  badge.hidden = count === 0;
  badge.textContent = count > 99 ? "99+" : String(count);
  const link = badge.closest("a");
  const { title = "" } = link ?? {};
  link?.setAttribute("aria-label", count === 0 ? title : `${title}, ${say("unread-rail", { count: badge.textContent })}`);
}
