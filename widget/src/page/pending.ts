// What the page has said and the server has not yet answered. In memory only: the page says it
// again when it is loaded again.

import type { Frame } from "../contract.ts";
import type { Chat, Updates } from "../chat/chat.ts";
import { withdraw } from "../chat/withdraw.ts";
import { uuid7 } from "../chat/uuid7.ts";
import type { Problem, Update } from "../generated/protocol.ts";

/** Unanswered at once; the server's limit of frames allows far more. */
const WINDOW = 16;
/** Kept in all; what comes then is refused with an error. */
const KEPT = 100;
/** What the server takes in a frame, less what is around the update. */
const BYTES = 65_500;

export class Pending implements Updates {
  readonly #waiting = new Map<string, Update>();
  readonly #flying = new Set<string>();
  readonly #frame: Frame;
  readonly #chat: Chat;
  #patience: ReturnType<typeof setTimeout> | undefined;
  /** A proof that waits for the visitor's consent. */
  #unproved: string | undefined;
  /** When the page said who sits here: what was written since is theirs. */
  #said = 0;
  /** What stood in the field then: if nothing, what stands there later is theirs too. */
  #draft = "";

  constructor(frame: Frame, chat: Chat) {
    this.#frame = frame;
    this.#chat = chat;
    frame.signal.addEventListener("abort", () => clearTimeout(this.#patience));
    chat.ears.push(({ type }) => {
      // It may have been the consent that was taken.
      if (type !== "ack" || !this.#unproved) return;
      const jwt = this.#unproved;
      this.#unproved = undefined;
      this.add({ jwt });
    });
  }

  /** The next hello carries the proof, unless one is said already. */
  identify(jwt: string): void {
    this.#said = Date.now();
    this.#draft = this.#typed();
    if (/ready|connecting/.test(this.#chat.live.state)) this.add({ jwt });
    else this.#chat.jwt = jwt;
  }

  add(said: Omit<Update, "id">): void {
    const id = uuid7();
    try {
      // As it is now, and as it will be sent: the page may change its objects, and not all can be.
      const update = JSON.stringify({ ...said, id });
      if (this.#waiting.size >= KEPT) throw "Too many calls wait for the connection.";
      if (new TextEncoder().encode(update).length > BYTES) throw "This is too long.";
      this.#waiting.set(id, JSON.parse(update));
    } catch (error) {
      this.#frame.emit("error", { title: `${error} This call was dropped.` });
    }
    this.#pump();
  }

  /** A new session: what flew in the last one goes again, and its hello carried the token. */
  flush(): void {
    this.#chat.jwt = undefined;
    this.#flying.clear();
    this.#pump();
  }

  settled(id: string | undefined, problem?: Problem): boolean {
    const jwt = id ? this.#waiting.get(id)?.jwt : this.#chat.jwt;
    if (jwt && problem?.type === "/problems/another-person") return this.#anew(jwt);
    if (jwt && problem?.type === "/problems/consent-required") return this.#wait(jwt, id);
    const update = id && this.#waiting.get(id);
    if (!update) return false;
    this.#flying.delete(id);
    if (!problem) agreed(this.#chat, update.consent);
    if (problem?.retry_after_s) this.#patience ??= setTimeout(() => this.#again(), problem.retry_after_s * 1000);
    else {
      this.#waiting.delete(id);
      if (problem) this.#frame.emit("error", problem);
    }
    this.#pump();
    return true;
  }

  #wait(jwt: string, id: string | undefined): true {
    this.#unproved = jwt;
    if (id) this.#waiting.delete(id);
    return true;
  }

  /** The device is another's: nothing of theirs stays, and the one who is proved goes on with their own words. */
  #anew(jwt: string): true {
    const { watched, outbox } = this.#chat;
    const draft = this.#draft ? "" : this.#typed();
    const written = outbox.entries.filter(({ at, sent }) => at >= this.#said && sent === undefined);
    const { Deskbell } = window as unknown as { Deskbell: (...call: unknown[]) => void };
    this.#chat.reset();
    Deskbell("identify", { jwt });
    for (const { frame } of written) if (frame.type === "send") Deskbell("message", frame.text);
    if (draft) Deskbell("prefill", draft);
    if (watched) Deskbell("open");
    return true;
  }

  #typed(): string {
    return this.#frame.root.querySelector("textarea")?.value ?? "";
  }

  #again(): void {
    this.#patience = undefined;
    this.#pump();
  }

  #pump(): void {
    for (const [id, update] of this.#waiting) {
      if (this.#patience || this.#flying.size >= WINDOW) return;
      if (!this.#flying.has(id) && this.#chat.live.send({ type: "update", ...update })) this.#flying.add(id);
    }
  }
}

/** The page has asked the visitor itself, by a banner of its own: then we need not. */
function agreed(chat: Chat, consent: boolean | undefined): void {
  if (consent) {
    chat.asks.delete("consent");
    chat.agree();
  }
  if (consent === false) withdraw(chat);
}
