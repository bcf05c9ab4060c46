// The list on the left and the panes beside it: what is open, and how it came there without a new page.
import type { Desk } from "./desk";
import { addressOf, fetchList, forget, type Missing, panePlease, type Place, placeOf, prefetch } from "./navigate";
import type { Drafts } from "./outbox";
import { letterIsOpen } from "./letter";
import type { Pane } from "./pane";
import { Panes } from "./panes";
import { List } from "./rows";
import { say } from "./say";
import { foldFilter } from "./filter";
import { Search } from "./search";
import { notice, untitled } from "./status";

const SIDE_OFF = "deskbell.side.off";
const REST_MS = 80;
const NARROW = matchMedia("(max-width: 1199.98px)");
const PHONE = matchMedia("(max-width: 719.98px)");

/** What the inbox wants of the connection and of the page's head. */
export interface Hooks {
  watch(view: string): void;
  unwatch(view: string): void;
  unread(): void;
}

/** List and panes. */
export class Inbox {
  readonly panes: Panes;
  list: List;
  #opening = 0;
  #quiet = false;
  #near: ReturnType<typeof setTimeout> | undefined;

  constructor(desk: Desk, private readonly drafts: Drafts, private readonly hooks: Hooks) {
    this.panes = new Panes(desk, drafts, {
      appears: (pane) => pane.watch(),
      leaves: (pane) => desk.send({ type: "unwatch", conversation: pane.conversation, view: null }),
      changed: () => this.#changed(),
    });
    this.list = this.#listOf(document.getElementById("rows") as HTMLElement);
  }

  start(): void {
    this.panes.adopt();
    this.list.remark();
    document.body.classList.toggle("side-off", localStorage.getItem(SIDE_OFF) !== null);
    document.addEventListener("click", (event) => this.#clicked(event));
    for (const kind of ["pointerover", "focusin"] as const) document.addEventListener(kind, (event) => this.#nears(event));
    addEventListener("popstate", () => void this.#back());
    foldFilter();
  }

  /** What the address says now. */
  get place(): Place {
    const beside = this.panes.all.map((pane) => pane.conversation);
    return { view: this.list.view, conversation: this.panes.focused?.conversation, beside };
  }

  /** Opens a conversation, or goes to it where it is open. `words` puts the focus where words go. */
  async open(conversation: string, beside: boolean, words = true): Promise<void> {
    const there = this.panes.get(conversation);
    const opening = ++this.#opening;
    if (!there) {
      const row = document.getElementById(`row-${conversation}`);
      row?.setAttribute("aria-busy", "true");
      const pane = this.panes.unpark(conversation) ?? (await this.#fetched(conversation));
      row?.removeAttribute("aria-busy");
      // Something else was opened meanwhile: what was asked for last is what is wanted.
      if (!pane || (opening !== this.#opening && !beside)) return;
      this.panes.place(pane, beside);
    } else this.panes.focus(there);
    if (words) this.#into(this.panes.get(conversation));
  }

  /** The focus goes to the composer; on a phone that would bring the keyboard up. */
  #into(pane: Pane | undefined): void {
    if (!pane) return;
    const { text } = pane.composer;
    if (!PHONE.matches && text.checkVisibility()) text.focus({ preventScroll: true });
    else pane.log.scroller.focus({ preventScroll: true });
  }

  async #fetched(conversation: string): Promise<Pane | undefined> {
    const fresh = await panePlease(conversation, this.list.view);
    if (typeof fresh === "string") {
      this.#missing(fresh);
      return undefined;
    }
    return this.panes.make(fresh.pane, fresh.facts);
  }

  #missing(why: Missing): void {
    if (why === "signed-out") location.assign(`/console/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    else notice(why === "gone" ? say("chat-gone") : say("chat-offline"));
  }

  /** Shows another list, or more of this one; the panes stay. */
  async show(view: string, rows?: string): Promise<void> {
    if (view === this.list.view && rows === undefined) return;
    const opening = ++this.#opening;
    const fresh = await fetchList(view, rows);
    if (opening !== this.#opening) return;
    if (typeof fresh === "string") return this.#missing(fresh);
    this.list.end();
    const was = this.list.view;
    const { scrollTop } = document.getElementById("rows") ?? { scrollTop: 0 };
    const old = document.getElementById("list");
    // How the connection stands is known here, not to the server.
    const foot = old?.querySelector(".list-foot");
    if (foot) fresh.querySelector(".list-foot")?.replaceWith(foot);
    old?.replaceWith(fresh);
    document.body.dataset["view"] = view;
    this.list = this.#listOf(fresh.querySelector("#rows") as HTMLElement);
    if (was !== view) {
      this.list.anew();
      this.hooks.unwatch(was);
      this.hooks.watch(view);
    }
    this.#changed();
    if (was !== view) fresh.querySelector<HTMLElement>('.tabs [aria-current="page"]')?.focus();
    else (fresh.querySelector("#rows") as HTMLElement).scrollTop = scrollTop;
  }

  /** Shuts a pane; the keyboard goes on where it was. */
  shut(pane: Pane): void {
    const focused = pane.element.contains(document.activeElement);
    this.panes.shut(pane);
    if (!focused) return;
    if (this.panes.focused) this.#into(this.panes.focused);
    else (document.querySelector<HTMLElement>(`#row-${pane.conversation} .who`) ?? document.querySelector<HTMLElement>(".conv:not(.gone) .who") ?? document.getElementById("list"))?.focus();
  }

  /** The side panel goes or comes; where it is a drawer it opens over the panes. */
  togglePanel(): boolean {
    if (!this.panes.focused) return false;
    if (NARROW.matches) document.body.classList.toggle("side-open");
    else if (document.body.classList.toggle("side-off")) localStorage.setItem(SIDE_OFF, "1");
    else localStorage.removeItem(SIDE_OFF);
    this.#tellPanel();
    return true;
  }

  #tellPanel(): void {
    const shown = NARROW.matches ? document.body.classList.contains("side-open") : !document.body.classList.contains("side-off");
    for (const button of document.querySelectorAll(".facts-btn")) button.setAttribute("aria-expanded", String(shown));
  }

  #listOf(element: HTMLElement): List {
    new Search(document.getElementById("list") as HTMLElement);
    const reload = (): void => void this.show(this.list.view, String(Math.max(100, this.list.rows().length)));
    return new List(element, this.drafts, () => this.hooks.unread(), reload);
  }

  #changed(): void {
    if (this.panes.all.length === 0) document.body.classList.remove("side-open");
    this.#tellPanel();
    this.list.remark();
    const focused = this.panes.focused;
    const title = focused ? focused.visitor : document.querySelector(".tabs [aria-current]")?.firstChild?.textContent?.trim();
    untitled(`${title ?? ""} – Deskbell`);
    this.hooks.unread();
    if (this.#quiet) return;
    const address = addressOf(this.place);
    if (address === location.pathname + location.search) return;
    // Going from pane to pane is no step that anybody wants to take back.
    const same = placeOf(new URL(location.href))?.beside.join() === this.place.beside.join();
    if (same && this.place.beside.length > 0) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
  }

  /** The way back and forward. */
  async #back(): Promise<void> {
    const place = placeOf(new URL(location.href));
    if (!place) return letterIsOpen() ? undefined : location.reload();
    this.#quiet = true;
    try {
      await this.show(place.view);
      for (const conversation of this.panes.keepOnly(place.beside)) await this.open(conversation, true, false);
      const focused = this.panes.get(place.conversation);
      if (focused) this.panes.focus(focused);
      this.#into(focused);
    } finally {
      this.#quiet = false;
    }
  }

  /** What is known of chats is worthless: each open one is fetched again. What was typed is kept as drafts are. */
  async anew(): Promise<void> {
    const { conversation, beside } = this.place;
    const wrote = this.panes.focused?.element.contains(document.activeElement) ?? false;
    this.#quiet = true;
    try {
      forget();
      this.panes.forget();
      for (const each of beside) await this.open(each, true, false);
      const focused = this.panes.get(conversation);
      if (focused) this.panes.focus(focused);
      if (wrote) this.#into(focused);
    } finally {
      this.#quiet = false;
      this.#changed();
    }
  }

  /** Who rests on a row for a moment may open it. */
  #nears(event: PointerEvent | FocusEvent): void {
    clearTimeout(this.#near);
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>(".conv") : null;
    const conversation = row?.dataset["conversation"];
    if (conversation === undefined || this.panes.known(conversation)) return;
    this.#near = setTimeout(() => prefetch(conversation, this.list.view), REST_MS);
  }

  #clicked(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element)) return;
    if (event.target.closest(".facts-btn")) return void this.togglePanel();
    if (event.target.closest(".side-shut")) return void this.togglePanel();
    const link = event.target.closest<HTMLAnchorElement>("a[href]");
    if (link?.matches(".more")) {
      event.preventDefault();
      return void this.show(this.list.view, new URL(link.href).searchParams.get("rows") ?? "200");
    }
    const place = link && !link.target ? placeOf(new URL(link.href)) : undefined;
    if (!link || !place || new URL(link.href).searchParams.has("before")) return;
    event.preventDefault();
    this.follow(place, link, event.shiftKey);
  }

  /** Goes where a link of the inbox leads. */
  follow(place: Place, link?: HTMLElement, beside = false): void {
    const pane = this.panes.all.find((one) => link && one.element.contains(link));
    if (pane && link?.matches(".shut")) this.shut(pane);
    else if (link?.matches(".back, .leave")) this.panes.keepOnly([]);
    else if (place.conversation !== undefined) void this.open(place.conversation, beside);
    else void this.show(place.view);
  }
}
