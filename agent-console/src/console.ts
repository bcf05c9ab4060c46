// The console's script. The server renders every page and fragment; this swaps them in live and
// owns focus, scroll, drafts and shortcuts. Without it every page still works, by plain forms.
import type { AgentFrame, Problem, ServerFrame } from "../../widget/src/generated/protocol";
import { Acts } from "./acts";
import { askAgain } from "./again";
import { Board } from "./board";
import { Alerts } from "./alerts";
import { copyable } from "./copy";
import type { Desk } from "./desk";
import { Drafting } from "./drafting";
import { forgetHere } from "./here";
import { Inbox } from "./inbox";
import { Live, type Standing } from "./live";
import { keepLetter } from "./letter";
import { listenMenus } from "./menus";
import { Drafts, type Durable, Outbox } from "./outbox";
import { OwnState, railUnread } from "./own";
import type { Pane } from "./pane";
import { previewDrafts } from "./preview";
import { writtenAt } from "./retry";
import { learn, say } from "./say";
import { keepSide } from "./side";
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
  readonly #drafting = new Drafting(this.#drafts, (frame) => this.#live.send(frame), (conversation) => this.#inbox.panes.get(conversation)?.composer.kept());
  readonly #live = new Live({ begun: () => this.#begun(), heard: (frame) => this.#heard(frame), stands: (standing) => this.#stands(standing), wants: () => this.#wants() });
  readonly #tallies = new Tallies();
  readonly #inbox = new Inbox(this, this.#drafts, { watch: (view) => this.#watch(view), unwatch: (view) => this.#unwatch(view), unread: () => this.#unread() });
  readonly #alerts = new Alerts({ inSight: () => (document.hasFocus() && !document.hidden ? (this.#inbox.panes.focused?.conversation ?? null) : null), open: (conversation) => void this.#inbox.open(conversation, false) });
  readonly #own = new OwnState(this);
  readonly #acts = new Acts(this, this.#inbox, this.#me);
  #held: ReturnType<typeof setTimeout> | undefined;
  #resentAt = 0;
  #generation: string | undefined;
  #asked: Pane | undefined;

  start(): void {
    this.#inbox.start();
    this.#acts.listen();
    listenMenus(this);
    keepSide();
    keepLetter(this.#me);
    addEventListener("focus", () => this.#eachPane((pane) => pane.tellRead()));
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
    this.#inbox.list.stir();
    this.#eachPane((pane) => this.#inbox.list.drafted(pane.conversation));
  }

  drafted(conversation: string, text: string, note: boolean): void {
    this.#drafting.changed(conversation, text, note);
  }

  sentWords(conversation: string): void {
    this.#drafting.sent(conversation);
  }

  types(conversation: string, on: boolean): void {
    this.#inbox.list.typing(conversation, on);
  }

  retry(): void {
    this.#live.retry();
  }

  #begun(): void {
    forgetHere();
    this.#inbox.list.anew();
    this.#alerts.anew(Tallies.VIEWS);
    for (const view of new Set([this.#inbox.list.view, ...this.#tallies.anew()])) this.#watch(view);
    this.#eachPane((pane) => pane.watch());
    this.#resend();
    this.#drafting.begun();
  }

  #watch(view: string): void {
    this.#live.send({ type: "watch", conversation: null, since: 0, view });
  }

  /** Mine and Waiting are followed always, for their numbers. */
  #unwatch(view: string): void {
    if (!Tallies.VIEWS.includes(view)) this.#live.send({ type: "unwatch", conversation: null, view });
  }

  #resend(): void {
    clearTimeout(this.#held);
    this.#held = undefined;
    this.#resentAt = Date.now();
    for (const frame of this.#outbox.all()) this.#live.send(frame);
  }

  #heard(frame: ServerFrame): void {
    switch (frame.type) {
      case "welcome":
        return this.#welcomed(frame.generation);
      case "changes":
        return this.#inbox.panes.get(frame.conversation.id)?.changes(frame);
      case "page":
        return this.#inbox.panes.get(frame.conversation)?.older(frame);
      case "rows":
        return this.#rows(frame);
      case "receipt":
        return this.#inbox.panes.get(frame.conversation)?.receipt(frame.by, frame.delivered_seq, frame.read_seq);
      case "typing":
        return this.#inbox.panes.get(frame.conversation)?.hears(frame.by, frame.on, frame.preview);
      case "presence":
        return this.#inbox.panes.get(frame.conversation)?.presence(frame.by, frame.state, frame.name);
      case "facts":
        return this.#inbox.panes.get(frame.conversation)?.knows(frame.rev, frame.html);
      case "own":
        return this.#own.hears(frame);
      case "draft":
        return this.#draft(frame);
      case "mention":
        return this.#mention(frame);
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

  /** Another generation: a backup was restored, and what is shown may never have been. */
  #welcomed(generation: string): void {
    const before = this.#generation;
    this.#generation = generation;
    if (before === undefined || before === generation) return;
    notice(say("restored"));
    void this.#inbox.anew();
  }

  /** Typed on another device of this agent. */
  #draft({ conversation, text, note }: Extract<ServerFrame, { type: "draft" }>): void {
    const pane = this.#inbox.panes.known(conversation);
    if (pane) pane.composer.elsewhere(text, note);
    else this.#drafting.heard(conversation, text, note);
    this.#inbox.list.drafted(conversation);
  }

  #mention({ conversation, name, text }: Extract<ServerFrame, { type: "mention" }>): void {
    this.#alerts.mentioned(conversation, name, text);
    if (this.#inbox.panes.focused?.conversation !== conversation) notice(say("mentioned", { agent: name, text }));
  }

  #eachPane(what: (pane: Pane) => void): void {
    for (const pane of this.#inbox.panes.all) what(pane);
  }

  /** One heartbeat after the other asks for another pane. */
  #wants(): string | null {
    const { all } = this.#inbox.panes;
    this.#asked = all[(this.#asked ? all.indexOf(this.#asked) + 1 : 0) % Math.max(1, all.length)];
    return this.#asked?.conversation ?? null;
  }

  /** A change that was lost on the way shows in the next heartbeat. */
  #pong(rev: number): void {
    const pane = this.#asked;
    if (pane && this.#inbox.panes.all.includes(pane) && rev > pane.rev) this.#live.send({ type: "sync", conversation: pane.conversation, since: pane.rev });
  }

  #acked(id: string): void {
    this.#drafting.acked(id);
    const frame = this.#outbox.answered(id);
    if (frame && "conversation" in frame) this.#inbox.panes.get(frame.conversation)?.acked(id);
    // Taken from the list: it opens, as it does without a script.
    if (frame?.type === "take") void this.#inbox.open(frame.conversation, false);
    this.#lookAtUnsent();
  }

  #nacked(id: string | undefined, problem: Problem): void {
    const frame = id === undefined ? undefined : this.#outbox.get(id);
    if (!frame) return;
    if (problem.retry_after_s !== undefined) return this.#hold(problem.retry_after_s);
    this.#outbox.answered(frame.id);
    this.#lookAtUnsent();
    if (frame.type === "send" || frame.type === "note") {
      // Sent and closed in one go: with words that did not go out it is not closed.
      this.#acts.refused(frame.conversation);
      const pane = this.#inbox.panes.known(frame.conversation);
      // Refused while another chat is open: the words wait there as its draft.
      if (pane) pane.refused(frame, problem);
      else {
        const mail = frame.type === "send" ? frame.mail : undefined;
        const head = mail && { subject: mail.subject ?? "", cc: (mail.cc ?? []).join(", ") };
        this.#drafts.write(frame.conversation, frame.text ?? "", frame.type === "note", head);
      }
    } else if (frame.type === "edit" && problem.status === 409) {
      const composer = this.#inbox.panes.get(frame.conversation)?.composer;
      composer?.giveBack(frame.text, composer.note);
      composer?.explain(say("edit-changed"));
    } else {
      notice(whyNot(problem));
      // What was written for whoever was to get the chat is not lost with it.
      if (frame.type === "transfer" && frame.note) this.#drafts.write(frame.conversation, frame.note, true);
    }
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

  /** Words in my chats that nobody has read: in the title, the icon and on the app. */
  #unread(): void {
    showUnread(this.#tallies.unread);
    railUnread(this.#tallies.unread);
    this.#alerts.looked();
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
    if (frame.view === this.#inbox.list.view) this.#inbox.list.apply(frame);
    this.#tallies.apply(frame);
    this.#acts.rows(frame);
    this.#alerts.rows(frame);
    this.#unread();
  }
}

learn(document.querySelector<HTMLTemplateElement>("#words"));
tellTimes(document);
keepTime();
dismissible();
copyable();
askAgain();
previewDrafts();
// On a phone the sections stand in a row that is wider than the screen.
document.querySelector(".settings-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
if (document.body.classList.contains("desk")) new Console().start();
else if (document.body.classList.contains("team")) new Board().start();
