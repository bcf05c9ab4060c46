// What the page offers to the panes in it, so that neither imports the other.
import type { AgentFrame } from "../../widget/src/generated/protocol";
import type { Durable, Words } from "./outbox";

/** What the page does for its panes. */
export interface Desk {
  send(frame: AgentFrame): void;
  /** Sends a frame that is kept until it is answered. */
  post(frame: Durable): void;
  /** The words of this conversation that are on their way. */
  unanswered(conversation: string): Words[];
  /** The agent is writing: the list keeps still. */
  writes(): void;
  /** The visitor types, or stopped: their row says so. */
  types(conversation: string, on: boolean): void;
  /** The text of a composer changed. */
  drafted(conversation: string, text: string, note: boolean): void;
  /** The words of a composer were sent. */
  sentWords(conversation: string): void;
  retry(): void;
}
