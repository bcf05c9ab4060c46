// What the core knows of its rarely used parts.

import type { Frame } from "../../contract.ts";
import type { Message } from "../../generated/protocol.ts";
import type { Chat } from "../chat.ts";
import type { Speech } from "../words.ts";
import type { List } from "./list.ts";
import type { Changed, MessageRow } from "./rows.ts";

/** What a part may reach of the window. */
export interface Stage {
  readonly frame: Frame;
  readonly chat: Chat;
  /** The window itself. */
  readonly element: HTMLElement;
  /** Below the messages, scrolling with them. */
  readonly after: HTMLElement;
  readonly list: List;
  readonly open: boolean;
  readonly speech: Speech;
  /** What an edit or a deletion on its way will make of a message. */
  changed: Changed | undefined;
  /** What is not in the log yet, and drawn below it: an answer as it grows. */
  growing: Message[];
  show(open: boolean): void;
  draw(): void;
}

export interface Part {
  /** Once, when there is first a use for it. The answer draws, at every change from then on. */
  start(stage: Stage): () => void;
}

/** Adds to a message what belongs to it or may be done with it: to its line, and to its state below. */
export type Tools = (row: MessageRow, line: HTMLElement, state: HTMLElement) => void;
