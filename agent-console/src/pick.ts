// What is offered while somebody types: canned replies behind a `/`, colleagues behind an `@` in a note.
// Arrows choose, Enter or Tab takes, Escape leaves what was typed.
import { clone } from "./html";
import { say } from "./say";

const FRESH_MS = 60_000;
const MOST = 8;
const CANNED = /(?:^|\s)(\/[\p{L}\p{N}_-]{0,33})$/u;
const MENTION = /(?:^|\s)(@[\p{L}\p{N}._-]*(?: [\p{L}\p{N}._-]*)?)$/u;

interface Reply {
  id: string;
  shortcut: string;
  title: string;
  scope: string;
  queue: string | null;
  text: string;
  open: string[];
}

interface Colleague {
  id: string;
  name: string;
  initials: string;
  tint: number;
  sees: boolean;
}

interface Offer {
  element: HTMLElement;
  text: string;
  /** What the agent still has to fill in. */
  open: readonly string[];
}

/** The list of one composer. */
export class Pick {
  #list: HTMLElement | undefined;
  #offers: Offer[] = [];
  #at = 0;
  #from = 0;
  #asked = 0;
  readonly #cache = new Map<string, { at: number; body: unknown }>();

  /** `inserted` is told which placeholders have no value. */
  constructor(private readonly text: HTMLTextAreaElement, private readonly conversation: string, private readonly isNote: () => boolean, private readonly inserted: (open: readonly string[]) => void) {
    text.addEventListener("input", () => void this.#look());
    text.addEventListener("keydown", (event) => this.#key(event));
    text.addEventListener("blur", () => setTimeout(() => this.close(), 150));
  }

  /** Types the sign by which the list opens. */
  begin(sign: "/" | "@"): void {
    const { selectionEnd, value } = this.text;
    const before = value[selectionEnd - 1];
    this.text.focus();
    this.text.setRangeText(before === undefined || /\s/.test(before) ? sign : ` ${sign}`, selectionEnd, selectionEnd, "end");
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  close(): void {
    this.#asked += 1;
    this.#list?.remove();
    this.#list = undefined;
    this.#offers = [];
    this.text.removeAttribute("aria-activedescendant");
    this.text.removeAttribute("aria-controls");
  }

  async #look(): Promise<void> {
    const before = this.text.value.slice(0, this.text.selectionEnd);
    const typed = (CANNED.exec(before) ?? (this.isNote() ? MENTION.exec(before) : null))?.[1];
    if (typed === undefined) return this.close();
    const asked = ++this.#asked;
    const offers = typed.startsWith("/") ? await this.#replies(typed.slice(1)) : await this.#colleagues(typed.slice(1));
    if (asked !== this.#asked) return;
    this.#from = before.length - typed.length;
    // A name that matches nobody is just a word.
    if (offers.length === 0 && typed.startsWith("@") && typed.length > 1) return this.close();
    this.#show(offers, typed.startsWith("/") ? this.#none : say("mention-none"));
  }

  #none = "";

  async #fetched<T>(what: string): Promise<T | undefined> {
    const kept = this.#cache.get(what);
    if (kept && Date.now() - kept.at < FRESH_MS) return kept.body as T;
    const answer = await fetch(`/console/conversations/${this.conversation}/${what}`).catch(() => undefined);
    if (!answer?.ok) return undefined;
    const body: unknown = await answer.json();
    this.#cache.set(what, { at: Date.now(), body });
    return body as T;
  }

  async #replies(typed: string): Promise<Offer[]> {
    const body = await this.#fetched<{ replies: Reply[] }>("replies");
    if (!body) {
      this.#none = say("canned-offline");
      return [];
    }
    this.#none = body.replies.length === 0 ? say("canned-first") : say("canned-none");
    const wanted = typed.toLocaleLowerCase();
    const rank = ({ shortcut, title, text }: Reply): number =>
      shortcut.toLocaleLowerCase().startsWith(wanted) ? 0 : title.toLocaleLowerCase().includes(wanted) ? 1 : text.toLocaleLowerCase().includes(wanted) ? 2 : 3;
    const fitting = body.replies.filter((reply) => rank(reply) < 3).sort((a, b) => rank(a) - rank(b) || a.shortcut.localeCompare(b.shortcut));
    return fitting.slice(0, MOST).map((reply) => ({ element: replyOption(reply), text: reply.text, open: reply.open }));
  }

  async #colleagues(typed: string): Promise<Offer[]> {
    const body = await this.#fetched<{ colleagues: Colleague[] }>("colleagues");
    const wanted = typed.toLocaleLowerCase();
    const fitting = (body?.colleagues ?? []).filter(({ name }) => name.toLocaleLowerCase().split(/\s+/).some((word) => word.startsWith(wanted)) || name.toLocaleLowerCase().startsWith(wanted));
    return fitting.slice(0, MOST).map((colleague) => ({ element: colleagueOption(colleague), text: `@${colleague.name} `, open: [] }));
  }

  #show(offers: Offer[], none: string): void {
    this.#list ??= this.#opened();
    const [list, line] = [this.#list?.querySelector<HTMLElement>(".pick-list"), this.#list?.querySelector<HTMLElement>(".pick-none")];
    if (!list || !line) return;
    this.#offers = offers;
    for (const [n, { element }] of offers.entries()) {
      element.id = `pick-${this.conversation}-${n}`;
      element.onpointerdown = (event) => {
        event.preventDefault();
        this.#take(n);
      };
    }
    list.replaceChildren(...offers.map(({ element }) => element));
    line.hidden = offers.length > 0;
    line.textContent = offers.length > 0 ? "" : none;
    this.#choose(0);
  }

  #opened(): HTMLElement | undefined {
    const list = clone("pick");
    const inner = list?.querySelector<HTMLElement>(".pick-list");
    if (!list || !inner) return undefined;
    inner.id = `picks-${this.conversation}`;
    this.text.setAttribute("aria-controls", inner.id);
    this.text.closest(".box")?.append(list);
    return list;
  }

  #choose(at: number): void {
    this.#at = at;
    for (const [n, { element }] of this.#offers.entries()) element.setAttribute("aria-selected", String(n === at));
    const chosen = this.#offers[at]?.element;
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) this.text.setAttribute("aria-activedescendant", chosen.id);
  }

  #key(event: KeyboardEvent): void {
    if (!this.#list || event.isComposing) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") this.close();
    else if (this.#offers.length === 0) return;
    else if (by !== undefined) this.#choose((this.#at + by + this.#offers.length) % this.#offers.length);
    else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") this.#take(this.#at);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  #take(at: number): void {
    const offer = this.#offers[at];
    if (!offer) return;
    this.text.setRangeText(offer.text, this.#from, this.text.selectionEnd, "end");
    this.close();
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
    this.close();
    this.inserted(offer.open);
  }
}

function replyOption(reply: Reply): HTMLElement {
  const option = clone("pick-reply") ?? document.createElement("div");
  option.querySelector(".pick-key")?.replaceChildren(`/${reply.shortcut}`);
  option.querySelector(".pick-title")?.replaceChildren(reply.title);
  option.querySelector(".pick-text")?.replaceChildren(reply.text);
  option.querySelector(".pick-of")?.replaceChildren(reply.queue ?? (reply.scope === "own" ? say("reply-own") : ""));
  return option;
}

function colleagueOption({ id, name, initials, tint, sees }: Colleague): HTMLElement {
  const option = clone("pick-colleague") ?? document.createElement("div");
  const avatar = option.querySelector<HTMLElement>(".av");
  if (avatar) avatar.dataset["face"] = id;
  avatar?.classList.add(`c${tint}`);
  avatar?.replaceChildren(initials);
  option.querySelector(".pick-title")?.replaceChildren(name);
  option.querySelector(".pick-of")?.replaceChildren(sees ? "" : say("mention-joins"));
  return option;
}
