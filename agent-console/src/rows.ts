// The list: rows come and go live, in groups by whose turn it is. What is under the pointer never
// moves, and nothing moves while the agent writes; it settles as soon as both rest.
import type { ServerFrame } from "../../widget/src/generated/protocol";
import { elements } from "./html";
import { compare, type Sortable } from "./order";
import type { Drafts } from "./outbox";
import { tellTimes } from "./time";

type Rows = Extract<ServerFrame, { type: "rows" }>;

const STILL_MS = 2_000;
const WHOLE_MS = 500;

/** The list of one view. */
export class List {
  readonly view: string;
  readonly #element: HTMLElement;
  readonly #me: string;
  #stirredAt = 0;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #waiting: HTMLElement[] = [];
  /** What the first rows of a session name, as they are the whole list: the rest is gone. */
  #named: Set<string> | undefined;
  #whole: ReturnType<typeof setTimeout> | undefined;

  constructor(element: HTMLElement, private readonly drafts: Drafts, private readonly changed: () => void) {
    this.#element = element;
    this.view = element.dataset["view"] ?? "";
    this.#me = document.body.dataset["agent"] ?? "";
    for (const event of ["pointermove", "pointerdown", "wheel"]) element.addEventListener(event, () => this.stir(), { passive: true });
    for (const row of this.rows()) this.#mark(row);
  }

  /** Somebody points into the list or writes: it keeps still for a moment. */
  stir(): void {
    this.#stirredAt = Date.now();
  }

  rows(): HTMLElement[] {
    return [...this.#element.querySelectorAll<HTMLElement>(".conv")];
  }

  /** A new session begins: its first rows are the whole list, which may come in pieces. */
  anew(): void {
    clearTimeout(this.#whole);
    this.#whole = undefined;
    this.#named = new Set();
  }

  #complete(): void {
    const named = this.#named;
    this.#named = undefined;
    if (!named) return;
    for (const row of this.rows()) if (!named.has(row.id)) row.classList.add("gone");
    this.#settleSoon();
  }

  apply(frame: Rows): void {
    const gone = new Set(frame.removed.map((id) => `row-${id}`));
    if (this.#named) {
      for (const { id } of frame.items) this.#named.add(`row-${id}`);
      this.#whole ??= setTimeout(() => this.#complete(), WHOLE_MS);
    }
    for (const { html } of frame.items) this.#put(html);
    this.#waiting = this.#waiting.filter(({ id }) => !gone.has(id));
    for (const id of gone) document.getElementById(id)?.classList.add("gone");
    this.#settleSoon();
  }

  #put(html: string): void {
    const fresh = elements(html)[0];
    if (!fresh) return;
    this.#mark(fresh);
    tellTimes(fresh);
    const old = document.getElementById(fresh.id);
    if (!old) {
      this.#waiting = [...this.#waiting.filter((row) => row.id !== fresh.id), fresh];
      fresh.classList.add("new");
      return;
    }
    const focused = old.contains(document.activeElement);
    old.replaceWith(fresh);
    if (focused) fresh.querySelector<HTMLElement>(".who")?.focus({ preventScroll: true });
  }

  /** What depends on this page: the view in its links, which one is open, and drafts. */
  #mark(row: HTMLElement): void {
    const id = row.id.slice("row-".length);
    const link = row.querySelector<HTMLAnchorElement>(".who");
    const take = row.querySelector<HTMLButtonElement>(".take");
    // As attributes: a row that comes from a frame is in no page yet, and has no address to resolve against.
    link?.setAttribute("href", `/console/conversations/${id}?view=${this.view}`);
    take?.setAttribute("formaction", `/console/conversations/${id}/take?view=${this.view}`);
    const pane = document.getElementById(`pane-${id}`);
    row.classList.toggle("open", pane !== null);
    row.classList.toggle("on", pane?.classList.contains("on") ?? false);
    if (row.classList.contains("on")) link?.setAttribute("aria-current", "true");
    else link?.removeAttribute("aria-current");
    this.#number(row, pane?.dataset["n"]);
    this.#draft(row, id);
  }

  /** In which of several panes it is open. */
  #number(row: HTMLElement, n: string | undefined): void {
    const mark = row.querySelector<HTMLElement>(".pane-n");
    if (!mark) return;
    mark.hidden = n === undefined || document.querySelectorAll("#open > .pane").length < 2;
    mark.textContent = n ?? "";
  }

  /** Other panes are open, or another one is focused. */
  remark(): void {
    for (const row of this.rows()) this.#mark(row);
  }

  /** The list leaves the page. */
  end(): void {
    clearTimeout(this.#settling);
    clearTimeout(this.#whole);
  }

  #draft(row: HTMLElement, id: string): void {
    const mark = row.querySelector<HTMLElement>(".draft");
    if (mark) mark.hidden = this.drafts.read(id).text.trim() === "";
  }

  /** The draft of a conversation began or ended. */
  drafted(conversation: string): void {
    const row = document.getElementById(`row-${conversation}`);
    if (row) this.#draft(row, conversation);
  }

  #settleSoon(): void {
    clearTimeout(this.#settling);
    const still = this.#stirredAt + STILL_MS - Date.now();
    const focused = this.#element.contains(document.activeElement);
    if (still <= 0 && !focused) return this.#settle();
    this.#settling = setTimeout(() => this.#settleSoon(), Math.max(still, STILL_MS / 4));
    // Counting does not move anything.
    this.changed();
  }

  #settle(): void {
    for (const row of this.#element.querySelectorAll(".conv.gone")) row.remove();
    const waiting = this.#waiting;
    this.#waiting = [];
    const all = [...this.rows(), ...waiting];
    for (const group of this.#element.querySelectorAll<HTMLElement>(".turn")) {
      const own = all.filter((row) => row.dataset["turn"] === group.dataset["turn"]).sort((a, b) => compare(sortable(a), sortable(b), this.#me));
      this.#arrange(group, own);
    }
    const empty = this.#element.querySelector<HTMLElement>(".empty");
    if (empty) empty.hidden = all.length > 0;
    this.changed();
  }

  #arrange(group: HTMLElement, rows: HTMLElement[]): void {
    const list = group.querySelector("ul");
    const count = group.querySelector(".count");
    if (!list) return;
    for (const [n, row] of rows.entries()) if (list.children[n] !== row) list.insertBefore(row, list.children[n] ?? null);
    if (count) count.textContent = String(rows.length);
    group.hidden = rows.length === 0;
  }

  /** How many rows have words that nobody has read. */
  get unread(): number {
    return [...this.rows(), ...this.#waiting].filter((row) => Number(row.dataset["unread"]) > 0 && !row.classList.contains("gone")).length;
  }
}

function sortable(row: HTMLElement): Sortable {
  const { turn = "", since = "", owner = "" } = row.dataset;
  return { id: row.id, turn, since, owner };
}
