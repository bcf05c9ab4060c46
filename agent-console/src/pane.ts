// One conversation in a pane: its log, its composer, and what the frames about it mean.
import type { AgentFrame, By, Problem, ServerFrame } from "../../widget/src/generated/protocol";
import { Changing } from "./changing";
import { Composer, type Writer } from "./composer";
import type { Desk } from "./desk";
import { came, writes } from "./here";
import { clone, replace } from "./html";
import { Log } from "./log";
import { step } from "./order";
import type { Drafts, Words } from "./outbox";
import { uuid7 } from "./retry";
import { say } from "./say";
import { dress, refreshPast } from "./side";

type Changes = Extract<ServerFrame, { type: "changes" }>;
type Change = Extract<AgentFrame, { type: "edit" | "delete" }>;
type Older = Extract<ServerFrame, { type: "page" }>;

const SEEN_MS = 3_000;
const TYPING_MS = 7_000;
const OLDER = 50;

/** A conversation that is open in the page. */
export class Pane implements Writer {
  readonly conversation: string;
  readonly log: Log;
  readonly composer: Composer;
  readonly #changing: Changing;
  /** Its part of the side panel. */
  readonly facts: HTMLElement;
  rev: number;
  #seen: number;
  #readSent = 0;
  #deliveredSent = 0;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly element: HTMLElement, facts: HTMLElement | null, private readonly desk: Desk, drafts: Drafts) {
    this.facts = facts ?? document.createElement("div");
    const { conversation = "", rev = "0", delivered = "0", read = "0" } = element.dataset;
    this.conversation = conversation;
    dress(element);
    dress(this.facts);
    this.rev = Number(rev);
    this.log = new Log(element.querySelector(".log") as HTMLElement);
    this.log.delivered = Number(delivered);
    this.log.read = Number(read);
    this.#seen = this.log.lastSeq;
    this.composer = new Composer(element.querySelector(".composer") as HTMLFormElement, conversation, drafts, this);
    this.#changing = new Changing(this);
    for (const frame of desk.unanswered(conversation)) this.#show(frame);
    this.log.settle();
    this.log.toEnd();
    this.log.scroller.addEventListener("scroll", () => this.tellRead(), { passive: true });
    element.querySelector(".earlier")?.addEventListener("click", (event) => this.#older(event));
  }

  /** The visitor's name, or the word for one who gave none. */
  get visitor(): string {
    return this.element.dataset["visitorName"] ?? "";
  }

  /** It came onto the screen: the end of its log is seen, and words typed elsewhere count. */
  shown(): void {
    this.log.toEnd();
    this.tellRead();
  }

  get epoch(): number {
    return Number(document.getElementById(`head-${this.conversation}`)?.dataset["epoch"] ?? 0);
  }

  /** Asks the server for what came since. */
  watch(): void {
    this.desk.send({ type: "watch", conversation: this.conversation, since: this.rev, view: null });
  }

  changes(frame: Changes): void {
    const what = step(this.rev, frame);
    if (what === "sync") return this.desk.send({ type: "sync", conversation: this.conversation, since: this.rev });
    if (what === "old") return;
    if (frame.reset) this.log.clear();
    if (frame.floor > 0) this.log.keepFrom(frame.floor);
    const fresh = this.log.put(frame.items ?? [], !frame.reset && this.rev > 0);
    this.rev = frame.reset ? frame.rev : Math.max(this.rev, frame.rev);
    if (frame.pane) replace(frame.pane, dress);
    this.#arrived(fresh, frame.reset === true);
    if (frame.more) this.desk.send({ type: "sync", conversation: this.conversation, since: frame.rev });
  }

  #arrived(fresh: HTMLElement[], quiet: boolean): void {
    for (const message of fresh) {
      const ours = message.dataset["by"] === document.body.dataset["agent"];
      if (!ours && message.dataset["kind"] !== "event") this.#hideTyping();
      if (!ours && !quiet) this.#announce(message);
    }
    if (!quiet && fresh.some((message) => message.dataset["kind"] === "note")) void refreshPast(this.conversation);
    this.#changing.refresh();
    this.tellRead();
    // What a colleague wrote counts as seen once it was on the screen for a moment.
    const { lastSeq } = this.log;
    if (this.composer.empty) this.#seen = lastSeq;
    else setTimeout(() => document.hasFocus() && this.log.atEnd && (this.#seen = Math.max(this.#seen, lastSeq)), SEEN_MS);
  }

  #announce(message: HTMLElement): void {
    const region = this.element.querySelector("[data-announce]");
    const agent = message.querySelector(".by bdi")?.textContent ?? "";
    const text = message.querySelector(".b, .text, span")?.textContent ?? "";
    if (!region) return;
    if (message.dataset["kind"] === "event") region.textContent = text;
    else if (message.dataset["kind"] === "note") region.textContent = say("noted", { agent, text });
    else region.textContent = say("said", { agent, text });
  }

  /** What the agent has in front of the eyes is read; what is on the page has arrived. */
  tellRead(): void {
    const seq = this.log.lastSeq;
    const read = document.hasFocus() && !document.hidden && this.log.atEnd;
    if (read && seq > this.#readSent) {
      this.#readSent = this.#deliveredSent = seq;
      this.desk.send({ type: "read", conversation: this.conversation, seq });
    } else if (seq > this.#deliveredSent) {
      this.#deliveredSent = seq;
      this.desk.send({ type: "delivered", conversation: this.conversation, seq });
    }
  }

  receipt(by: By, delivered: number, read: number): void {
    if (by.kind !== "visitor") return;
    this.log.delivered = Math.max(this.log.delivered, delivered, read);
    this.log.read = Math.max(this.log.read, read);
    this.log.settle();
  }

  presence(by: By, state: string, name = ""): void {
    came(this.conversation, by, state, name);
    if (by.kind === "visitor") this.element.dataset["presence"] = state;
  }

  /** More is known of the visitor. What was read before a change that is here already is old. */
  knows(rev: number, html: string): void {
    if (rev >= this.rev) replace(html, dress);
  }

  /** What the visitor has not sent yet, where the site lets agents see it. */
  #preview(text: string): void {
    const line = this.element.querySelector<HTMLElement>(".unsent-words");
    if (!line) return;
    line.hidden = text.trim() === "";
    line.textContent = text;
  }

  hears(by: By, on: boolean, preview = ""): void {
    if (by.kind === "agent") {
      if (by.id !== document.body.dataset["agent"]) writes(this.conversation, by, on);
      return;
    }
    this.#preview(on ? preview : "");
    const line = this.element.querySelector<HTMLElement>(".typing");
    const who = line?.querySelector(".typing-who");
    if (!line || !who) return;
    clearTimeout(this.#typing);
    who.textContent = say("typing", { agent: this.visitor });
    line.hidden = !on;
    if (by.kind === "visitor") this.desk.types(this.conversation, on);
    // A lost "stop" heals by itself.
    if (on) this.#typing = setTimeout(() => this.#hideTyping(), TYPING_MS);
  }

  #hideTyping(): void {
    this.desk.types(this.conversation, false);
    const line = this.element.querySelector<HTMLElement>(".typing");
    if (line) line.hidden = true;
    this.#preview("");
  }

  send(text: string, note: boolean, force: boolean): void {
    const head = { conversation: this.conversation, id: uuid7(), text };
    const { mail } = this.composer;
    const reply = { ...head, seen_seq: this.#seen, force, ...(mail && { mail }) };
    const frame: Words = note ? { type: "note", ...head } : { type: "send", ...reply };
    this.#show(frame);
    this.desk.sentWords(this.conversation);
    this.desk.post(frame);
    if (!note) this.#changing.sent(frame.id, text);
  }

  /** Changes one of my messages. */
  change(frame: Change): void {
    this.desk.post(frame);
  }

  drafts(text: string, note: boolean): void {
    this.desk.drafted(this.conversation, text, note);
  }

  editLast(): boolean {
    return this.#changing.editLast();
  }

  undo(): boolean {
    return this.#changing.undo();
  }

  #show(frame: Words): void {
    const bubble = clone(frame.type === "note" ? "pending-note" : "pending-reply");
    if (!bubble || document.getElementById(`m-${frame.id}`)) return;
    bubble.id = `m-${frame.id}`;
    bubble.querySelector(".b, .text")?.replaceChildren(frame.text ?? "");
    bubble.querySelector(".again")?.addEventListener("click", () => this.desk.retry());
    this.log.add(bubble);
  }

  /** The server has it: the stored message replaces the bubble with the next changes. */
  acked(id: string): void {
    const bubble = document.getElementById(`m-${id}`);
    if (bubble?.classList.contains("pending")) bubble.dataset["status"] = "sent";
  }

  /** The server refused it for good: the words go back to where they were typed. */
  refused(frame: Words, problem: Problem): void {
    // The pane may be out of the page, when its chat was being closed.
    this.element.querySelector(`#m-${CSS.escape(frame.id)}`)?.remove();
    this.log.settle();
    this.composer.giveBack(frame.text ?? "", frame.type === "note", frame.type === "send" ? frame.mail : undefined);
    if (problem.status === 409 && problem.items?.length) this.composer.ask(problem.items.at(-1));
    else this.composer.explain(say("not-done", { text: problem.detail }));
  }

  /** Marks what could not go out for a while, or is on its way again. */
  pendingAre(state: "sending" | "failed"): void {
    for (const bubble of this.log.element.querySelectorAll<HTMLElement>('.pending:not([data-status="sent"])')) bubble.dataset["status"] = state;
  }

  typing(on: boolean): void {
    this.desk.send({ type: "typing", conversation: this.conversation, on });
  }

  look(): void {
    this.#seen = this.log.lastSeq;
    this.log.toEnd();
  }

  stirs(): void {
    this.desk.writes();
  }

  #older(event: Event): void {
    event.preventDefault();
    this.desk.send({ type: "history", conversation: this.conversation, before_seq: this.log.firstSeq, limit: OLDER });
  }

  older(frame: Older): void {
    this.log.put(frame.items ?? [], false);
    if (!frame.more) this.element.querySelector(".earlier")?.remove();
  }
}
