// Find as you type: what was found stands in place of the list, until the field is empty again.
import { elements } from "./html";
import { say } from "./say";

const FIND_MS = 120;

/** The search field of one list. */
export class Search {
  readonly #field: HTMLInputElement | null;
  readonly #hits: HTMLElement | null;
  readonly #rows: HTMLElement | null;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(list: HTMLElement) {
    this.#field = list.querySelector("#search");
    this.#hits = list.querySelector("#hits");
    this.#rows = list.querySelector("#rows");
    if (!this.#field) return;
    this.#field.hidden = false;
    this.#field.addEventListener("input", () => this.#typed());
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    this.#hits?.addEventListener("keydown", (event) => this.#move(event));
  }

  #typed(): void {
    clearTimeout(this.#timer);
    const text = this.#field?.value.trim() ?? "";
    if (text.length < 2) return this.#show(false);
    this.#timer = setTimeout(() => void this.#find(text), FIND_MS);
  }

  async #find(text: string): Promise<void> {
    const asked = ++this.#asked;
    const answer = await fetch(`/console/find?q=${encodeURIComponent(text)}`).catch(() => undefined);
    if (asked !== this.#asked || !this.#hits) return;
    if (!answer?.ok) return this.#hits.replaceChildren(line(say("chat-offline")));
    const list = elements(await answer.text())[0];
    if (list?.childElementCount) this.#hits.replaceChildren(list);
    else this.#hits.replaceChildren(line(say("search-none", { text })));
    this.#show(true);
  }

  #show(on: boolean): void {
    if (!on) this.#asked += 1;
    if (this.#hits) this.#hits.hidden = !on;
    if (this.#rows) this.#rows.hidden = on;
  }

  #links(): HTMLElement[] {
    return [...(this.#hits?.querySelectorAll<HTMLElement>("a") ?? [])];
  }

  #key(event: KeyboardEvent): void {
    if (event.key === "Escape" && this.#field) {
      this.#field.value = "";
      this.#show(false);
      this.#field.blur();
      document.getElementById("list")?.focus();
    } else if (event.key === "ArrowDown") this.#links()[0]?.focus();
    else if (event.key === "Enter" && !event.isComposing) this.#links()[0]?.click();
    else return;
    event.preventDefault();
  }

  #move(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const links = this.#links();
    const at = links.indexOf(document.activeElement as HTMLElement) + by;
    if (at < 0) this.#field?.focus();
    else links[Math.min(at, links.length - 1)]?.focus();
  }
}

function line(text: string): HTMLElement {
  const line = document.createElement("p");
  line.className = "hits-none";
  line.setAttribute("role", "status");
  line.textContent = text;
  return line;
}
