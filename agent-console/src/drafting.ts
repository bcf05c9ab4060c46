// Drafts on the server, in step over devices: what rests for a second is kept there, and at once when
// the page goes. What is typed here is never overwritten by what was typed elsewhere.
import type { AgentFrame } from "../../widget/src/generated/protocol";
import type { Drafts } from "./outbox";
import { uuid7 } from "./retry";

const REST_MS = 1_000;

type Save = Extract<AgentFrame, { type: "draft" }>;

/** The drafts of this agent, as far as they are not on the server yet. */
export class Drafting {
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #unkept = new Map<string, Save>();

  constructor(private readonly drafts: Drafts, private readonly send: (frame: AgentFrame) => void, private readonly kept: (conversation: string) => void) {
    addEventListener("pagehide", () => this.#leave());
  }

  /** The text of a composer changed; empty ends its draft. */
  changed(conversation: string, text: string, note: boolean): void {
    this.#unkept.set(conversation, { type: "draft", id: uuid7(), conversation, text: text.trim() === "" ? "" : text, note });
    clearTimeout(this.#timers.get(conversation));
    this.#timers.set(conversation, setTimeout(() => this.flush(conversation), REST_MS));
  }

  /** Keeps it now. */
  flush(conversation: string): void {
    clearTimeout(this.#timers.get(conversation));
    const frame = this.#unkept.get(conversation);
    if (frame) this.send(frame);
  }

  /** The words were sent: with them the server drops their draft. */
  sent(conversation: string): void {
    clearTimeout(this.#timers.get(conversation));
    this.#unkept.delete(conversation);
  }

  /** The server has it. */
  acked(id: string): void {
    for (const [conversation, frame] of this.#unkept) {
      if (frame.id !== id) continue;
      this.#unkept.delete(conversation);
      if (frame.text !== "") this.kept(conversation);
    }
  }

  /** A session began: what is not on the server goes there. */
  begun(): void {
    for (const conversation of this.#unkept.keys()) this.flush(conversation);
  }

  /** Whether what stands here is not on the server yet. */
  ahead(conversation: string): boolean {
    return this.#unkept.has(conversation);
  }

  /** A draft from another device, for a conversation that is not open here. */
  heard(conversation: string, text: string, note: boolean): void {
    if (!this.ahead(conversation)) this.drafts.write(conversation, text, note);
  }

  /** The connection may not carry it any more; requests that outlive the page do. */
  #leave(): void {
    for (const frame of this.#unkept.values()) {
      void fetch("/console/live/send", { method: "POST", keepalive: true, headers: { "content-type": "application/json" }, body: JSON.stringify(frame) }).catch(() => undefined);
    }
  }
}
