// What the core knows of its rarely used parts.

import type { Frame } from "../../contract.ts";
import type { Chat } from "../chat.ts";
import type { Speech } from "../words.ts";
import type { Changed, MessageRow } from "./rows.ts";

/** Adds to one's own message what may be done with it: to its line, and to its state below. */
export type Tools = (row: MessageRow, line: HTMLElement, state: HTMLElement) => void;

export interface ToolsPart {
  start(chat: Chat, frame: Frame, speech: () => Speech): Tools;
  readonly changed: Changed;
}

export interface LinePart {
  start(frame: Frame): (element: HTMLElement, chat: Chat, speech: Speech) => void;
}
