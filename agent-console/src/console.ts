// The console's script. The server renders every page and fragment; this swaps them in live and
// owns focus, scroll, drafts and shortcuts. Without it every page still works, by plain forms.
import type { AgentFrame, Problem, ServerFrame } from "../../widget/src/generated/protocol";
import type { Desk } from "./desk";
import { listen } from "./keys";
import { Live, type Standing } from "./live";
import { Drafts, type Durable, Outbox } from "./outbox";
import { Pane } from "./pane";
import { uuid7, writtenAt } from "./retry";
import { List } from "./rows";
import { learn, say } from "./say";
import { dismissible, notice, showLink, showUnread, showUnsent, whyNot } from "./status";
import { keepTime, tellTimes } from "./time";
import { Tallies } from "./views";

const SLOW_MS = 4_000;
const UNANSWERED_MS = 15_000;

/** The page with its list and panes. */
class Console implements Desk {
  readonly #me = document.body.dataset["agent"] ?? "";
  readonly #outbox = new Outbox(localStorage, this.#me);
  readonly #drafts = new Drafts(localStorage, this.#me);
  readonly #live = new Live({ begun: () => this.#begun(), heard: (frame) => this.#heard(frame), stands: (standing) => this.#stands(standing) });
  readonly #list = new List(document.getElementById("rows") as HTMLElement, this.#drafts, () => showUnread(this.#list.unread));
  readonly #panes = new Map<string, Pane>();
  readonly #tallies = new Tallies();
  #held: ReturnType<typeof setTimeout> | undefined;
  #resentAt = 0;

  start(): void {
    for (const element of document.querySelectorAll<HTMLElement>(".pane")) {
      const pane = new Pane(element, this, this.#drafts);
      this.#panes.set(pane.conversation, pane);
      this.#live.watching = pane.conversation;
    }
    document.addEventListener("submit", (event) => this.#command(event));
    addEventListener("focus", () => this.#eachPane((pane) => pane.tellRead()));
    listen({ reply: (note) => this.#reply(note), press: (what) => this.#press(what) });
    setInterval(() => this.#lookAtUnsent(), 1_000);
    this.#live.start();
  }

  send(frame: AgentFrame): void {
    this.#live.send(frame);
  }

  post(frame: Durable): void {
    this.#outbox.add(frame);
    // While a refused one waits for its time, the later ones wait behind it.
    if (this.#held === undefined) this.#live.send(frame);
    this.#lookAtUnsent();
  }

  unanswered(conversation: string): ReturnType<Outbox["of"]> {
    return this.#outbox.of(conversation);
  }

  writes(): void {
    this.#list.stir();
    this.#eachPane((pane) => this.#list.drafted(pane.conversation));
  }

  retry(): void {
    this.#live.retry();
  }

  #begun(): void {
    this.#list.anew();
    for (const view of new Set([this.#list.view, ...this.#tallies.anew()])) this.#live.send({ type: "watch", conversation: null, since: 0, view });
    this.#eachPane((pane) => pane.watch());
    this.#resend();
  }

  #resend(): void {
    clearTimeout(this.#held);
    this.#held = undefined;
    this.#resentAt = Date.now();
    for (const frame of this.#outbox.all()) this.#live.send(frame);
  }

  #heard(frame: ServerFrame): void {
    switch (frame.type) {
      case "changes":
        return this.#panes.get(frame.conversation.id)?.changes(frame);
      case "page":
        return this.#pane(frame.conversation)?.older(frame);
      case "rows":
        return this.#rows(frame);
      case "receipt":
        return this.#pane(frame.conversation)?.receipt(frame.by, frame.delivered_seq, frame.read_seq);
      case "typing":
        return this.#pane(frame.conversation)?.hears(frame.by, frame.on);
      case "presence":
        return this.#pane(frame.conversation)?.presence(frame.by, frame.state);
      case "pong":
        return this.#pong(frame.rev);
      case "ack":
        return this.#acked(frame.id);
      case "nack":
        return this.#nacked(frame.id, frame.problem);
      default:
        return; // What this build does not know it leaves alone.
    }
  }

  #pane(conversation: string | undefined): Pane | undefined {
    return conversation === undefined ? undefined : this.#panes.get(conversation);
  }

  #eachPane(what: (pane: Pane) => void): void {
    for (const pane of this.#panes.values()) what(pane);
  }

  /** A change that was lost on the way shows in the next heartbeat. */
  #pong(rev: number): void {
    const pane = this.#pane(this.#live.watching ?? undefined);
    if (pane && rev > pane.rev) this.#live.send({ type: "sync", conversation: pane.conversation, since: pane.rev });
  }

  #acked(id: string): void {
    const frame = this.#outbox.answered(id);
    if (frame && "conversation" in frame) this.#pane(frame.conversation)?.acked(id);
    // Taken from the list: it opens, as it does without a script.
    if (frame?.type === "take" && !this.#panes.has(frame.conversation)) location.assign(`/console/conversations/${frame.conversation}?view=${this.#list.view}`);
    this.#lookAtUnsent();
  }

  #nacked(id: string | undefined, problem: Problem): void {
    const frame = id === undefined ? undefined : this.#outbox.get(id);
    if (!frame) return;
    if (problem.retry_after_s !== undefined) return this.#hold(problem.retry_after_s);
    this.#outbox.answered(frame.id);
    this.#lookAtUnsent();
    if (frame.type === "send" || frame.type === "note") {
      const pane = this.#panes.get(frame.conversation);
      // Refused while another chat is open: the words wait there as its draft.
      if (pane) pane.refused(frame, problem);
      else this.#drafts.write(frame.conversation, frame.text ?? "", frame.type === "note");
    } else notice(whyNot(problem));
  }

  #hold(seconds: number): void {
    if (this.#held !== undefined) return;
    notice(say("too-fast", { seconds: Math.ceil(seconds) }));
    this.#held = setTimeout(() => this.#resend(), seconds * 1_000);
  }

  #stands(standing: Standing): void {
    showLink(standing);
    if (standing.state === "signed-out") location.assign(`/console/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  }

  /** Take, close and reopen go over the connection; their forms are for when there is no script. */
  #command(event: SubmitEvent): void {
    const button = event.submitter;
    if (event.defaultPrevented || !(button instanceof HTMLButtonElement)) return;
    const [, conversation, type] = /\/console\/conversations\/([^/]+)\/(take|close|reopen)/.exec(button.formAction) ?? [];
    if (!conversation || (type !== "take" && type !== "close" && type !== "reopen")) return;
    event.preventDefault();
    this.post({ type, id: uuid7(), conversation, epoch: Number(button.value) });
  }

  /** The focused row's button, or that of the open chat. */
  #press(what: string): void {
    const row = document.activeElement?.closest(".conv");
    (row?.querySelector<HTMLElement>(`.${what}`) ?? document.querySelector<HTMLElement>(`.head-of .${what}`))?.click();
  }

  #reply(note: boolean): void {
    const pane = [...this.#panes.values()][0];
    if (!pane) return;
    pane.composer.note = note;
    pane.composer.text.focus();
  }

  #lookAtUnsent(): void {
    const now = Date.now();
    const oldest = Math.min(...this.#outbox.all().map(({ id }) => writtenAt(id)));
    const late = now - oldest > SLOW_MS;
    // A session that answers pings and nothing else is no session.
    if (this.#live.open && this.#held === undefined && now - Math.max(oldest, this.#resentAt) > UNANSWERED_MS) this.#live.again();
    showUnsent(late ? this.#outbox.unsent : 0);
    this.#eachPane((pane) => pane.pendingAre(late && !this.#live.open ? "failed" : "sending"));
  }

  #rows(frame: Extract<ServerFrame, { type: "rows" }>): void {
    if (frame.view === this.#list.view) this.#list.apply(frame);
    this.#tallies.apply(frame);
  }
}

learn(document.querySelector<HTMLTemplateElement>("#words"));
tellTimes(document);
keepTime();
dismissible();
if (document.body.classList.contains("desk")) new Console().start();
