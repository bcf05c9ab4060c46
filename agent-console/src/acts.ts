// What an agent does with the focused pane or row: by key, by button, and from the palette.
import type { ServerFrame } from "../../widget/src/generated/protocol";
import type { Desk } from "./desk";
import type { Inbox } from "./inbox";
import { type Command, listen, nextMine, step, toList } from "./keys";
import { placeOf } from "./navigate";
import { Palette } from "./palette";
import type { Pane } from "./pane";
import { uuid7 } from "./retry";
import { say } from "./say";
import { Undo } from "./undo";

/** Keys, buttons, palette. */
export class Acts {
  readonly #undo: Undo;
  readonly #palette: Palette;

  constructor(private readonly desk: Desk, private readonly inbox: Inbox, private readonly me: string) {
    this.#undo = new Undo((frame) => desk.post(frame));
    this.#palette = new Palette({ run: (command) => this.run(command), whyNot: (command) => this.#whyNot(command), go: (address) => this.#go(address) });
  }

  listen(): void {
    listen((command) => this.run(command));
    document.addEventListener("submit", (event) => this.#command(event));
    const help = document.getElementById("help");
    help?.addEventListener("click", (event) => event.target === help && (help as HTMLDialogElement).close());
  }

  /** Does it; false where there is nothing to do it with. */
  run(command: Command): boolean {
    const { focused, all } = this.inbox.panes;
    switch (command) {
      case "next":
        return step(1);
      case "previous":
        return step(-1);
      case "next-mine":
        return this.#nextMine();
      case "to-list":
        return toList();
      case "pane-1":
      case "pane-2":
      case "pane-3":
      case "pane-4":
        return this.#toPane(all[Number(command.slice(-1)) - 1]);
      case "shut":
        return this.#withPane(focused, (pane) => this.inbox.shut(pane));
      case "reply":
      case "note":
        return this.#withPane(focused, (pane) => this.#write(pane, command === "note"));
      case "send-close":
        return this.#withPane(focused, (pane) => pane.composer.sendNow() && this.#close(pane.conversation, pane.epoch));
      case "undo":
        return this.#undo.takeBackLast();
      case "panel":
        return this.inbox.togglePanel();
      case "compose":
        return this.#compose();
      case "find":
        return this.#find();
      case "palette":
        this.#palette.open();
        return true;
      case "alerts":
        document.querySelector<HTMLElement>(".alerts-btn")?.click();
        return true;
      case "help":
        (document.getElementById("help") as HTMLDialogElement | null)?.showModal();
        return true;
      default:
        return this.#press(command);
    }
  }

  /** The visitor may have written in a chat that is about to be closed. */
  rows(frame: Extract<ServerFrame, { type: "rows" }>): void {
    for (const { id } of frame.items) {
      const { turn = "", since = "" } = document.getElementById(`row-${id}`)?.dataset ?? {};
      this.#undo.heard(id, turn, since);
    }
  }

  /** Words of this chat were refused: if it was about to be closed, it stays open. */
  refused(conversation: string): void {
    this.#undo.takeBack(conversation);
  }

  /** Why a command would do nothing now; nothing where it would do something. */
  #whyNot(command: Command): string | undefined {
    const { focused } = this.inbox.panes;
    if (command === "undo") return this.#undo.any ? undefined : say("palette-nothing");
    if (command === "next-mine") return nextMine(this.me) === undefined ? say("palette-nobody") : undefined;
    if (["shut", "panel", "reply", "note", "send-close"].includes(command)) return focused ? undefined : say("palette-no-chat");
    if (!["take", "pass", "snooze", "close", "reopen"].includes(command)) return undefined;
    if (!focused) return say("palette-no-chat");
    return this.#button(focused, command) ? undefined : say("palette-not-here");
  }

  #withPane(pane: Pane | undefined, what: (pane: Pane) => unknown): boolean {
    if (pane) what(pane);
    return pane !== undefined;
  }

  #toPane(pane: Pane | undefined): boolean {
    if (pane) void this.inbox.open(pane.conversation, false);
    return pane !== undefined;
  }

  #write(pane: Pane, note: boolean): void {
    pane.composer.note = note;
    pane.composer.text.focus();
  }

  #nextMine(): boolean {
    const id = nextMine(this.me);
    if (id !== undefined) void this.inbox.open(id, false);
    return id !== undefined;
  }

  /** A page of its own: it is there without a script, too. */
  #compose(): boolean {
    const link = document.querySelector<HTMLAnchorElement>("#list .new-mail");
    link?.click();
    return link !== null;
  }

  #find(): boolean {
    const field = document.querySelector<HTMLInputElement>("#list [type=search]");
    if (field) field.focus();
    else this.#palette.open();
    return true;
  }

  #go(address: URL): void {
    const place = placeOf(address);
    if (place) this.inbox.follow(place);
    else location.assign(address);
  }

  /** Does it with the chat of the focused row, else with that of the focused pane: never with another. */
  #press(what: "take" | "pass" | "snooze" | "close" | "reopen"): boolean {
    const row = document.activeElement?.closest<HTMLElement>(".conv");
    const conversation = row?.dataset["conversation"];
    const pane = conversation === undefined ? this.inbox.panes.focused : this.inbox.panes.get(conversation);
    const button = row?.querySelector<HTMLElement>(`.${what}`) ?? (pane && this.#button(pane, what));
    if (button) button.click();
    else if (!row || conversation === undefined || pane) return false;
    else if (what !== "close") void this.#openAndPress(conversation, what);
    else if (!row.classList.contains("is-closed")) this.#close(conversation, Number(row.dataset["epoch"]));
    return true;
  }

  /** What needs a menu of the pane brings the pane. */
  async #openAndPress(conversation: string, what: string): Promise<void> {
    await this.inbox.open(conversation, false, false);
    const pane = this.inbox.panes.get(conversation);
    if (pane) this.#button(pane, what)?.click();
  }

  /** The button in a pane's head, where it is offered to this agent. */
  #button(pane: Pane, what: string): HTMLElement | undefined {
    const button = pane.element.querySelector<HTMLElement>(`.pane-head .${what}`);
    // Narrow panes keep some in a menu; taking is out of sight where it is no use: the chat is mine.
    return button && (what !== "take" || button.checkVisibility()) ? button : undefined;
  }

  /** Take, close and reopen go over the connection; their forms are for when there is no script. */
  #command(event: SubmitEvent): void {
    const button = event.submitter;
    if (event.defaultPrevented || !(button instanceof HTMLButtonElement)) return;
    const [, conversation, type] = /\/console\/conversations\/([^/]+)\/(take|close|reopen|join)/.exec(button.formAction) ?? [];
    if (!conversation || (type !== "take" && type !== "close" && type !== "reopen" && type !== "join")) return;
    event.preventDefault();
    if (type === "join") return this.desk.post({ type, id: uuid7(), conversation });
    if (type === "close") return this.#close(conversation, Number(button.value));
    this.desk.post({ type, id: uuid7(), conversation, epoch: Number(button.value) });
  }

  /** Closes it in a few seconds; the pane gives way at once. */
  #close(conversation: string, epoch: number): void {
    if (this.#undo.has(conversation)) return;
    const pane = this.inbox.panes.get(conversation);
    const row = document.getElementById(`row-${conversation}`);
    const visitor = pane?.visitor || row?.querySelector(".who")?.textContent?.trim() || "";
    row?.classList.add("closing");
    if (pane) void this.#giveWay(pane);
    this.#undo.hold({
      conversation,
      text: say("closed", { visitor }),
      frame: { type: "close", id: uuid7(), conversation, epoch },
      since: new Date().toISOString(),
      takenBack: () => {
        document.getElementById(`row-${conversation}`)?.classList.remove("closing");
        if (pane) void this.inbox.open(conversation, this.inbox.panes.all.length > 0);
      },
    });
  }

  /** The place of a chat that is closed goes to the next one that needs this agent, or to the list. */
  async #giveWay(pane: Pane): Promise<void> {
    const { panes } = this.inbox;
    const next = pane === panes.focused ? nextMine(this.me, (conversation) => panes.get(conversation) === undefined) : undefined;
    // Who was not in the pane goes on in the list: letters typed there must not land in a composer.
    if (next !== undefined) await this.inbox.open(next, false, pane.element.contains(document.activeElement));
    if (panes.get(pane.conversation) === pane) this.inbox.shut(pane);
  }
}
