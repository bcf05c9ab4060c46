// Tells how far this device is: delivered as messages arrive, read only when they were on screen
// in a page that has the focus. Both are gathered for a moment.

import { fromThem, type Chat } from "../chat.ts";

const GATHER_MS = 400;

export class Receipts {
  readonly #chat: Chat;
  readonly #seen: () => number;
  readonly #told = { delivered: 0, read: 0 };
  #conversation: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(chat: Chat, seen: () => number) {
    this.#chat = chat;
    this.#seen = seen;
  }

  /** Something may have arrived. */
  note(): void {
    const { conversation } = this.#chat.log;
    if (conversation !== this.#conversation) this.#told.delivered = this.#told.read = 0;
    this.#conversation = conversation;
    if (this.#arrived() > this.#told.delivered) this.#soon();
  }

  /** Something may be seen now. */
  look(): void {
    if (document.hasFocus() && !document.hidden && this.#seen() > this.#chat.people.mine) this.#soon();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tell();
    }, GATHER_MS);
  }

  #tell(): void {
    const arrived = this.#arrived();
    const read = document.hasFocus() && !document.hidden ? this.#seen() : 0;
    if (read > Math.max(this.#told.read, this.#chat.people.mine) && this.#chat.reached("read", read)) {
      this.#told.read = read;
      this.#told.delivered = Math.max(this.#told.delivered, read);
      this.#chat.readUpTo(read);
    }
    if (arrived > this.#told.delivered && this.#chat.reached("delivered", arrived)) this.#told.delivered = arrived;
  }

  #arrived(): number {
    return this.#chat.log.messages.reduce((seq, message) => (fromThem(message) ? Math.max(seq, message.seq) : seq), 0);
  }
}
