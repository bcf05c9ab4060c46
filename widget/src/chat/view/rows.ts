// From the log and the outbox to the lines that the list shows. Pure: the same in, the same out.

import type { Author, Event, Message } from "../../generated/protocol.ts";
import type { Key } from "../../generated/words.ts";
import type { Entry } from "../outbox.ts";
import { dayOf, type Speech } from "../words.ts";

export type MessageState = "sending" | "waiting" | "held" | "sent" | "delivered" | "read" | "failed";

export interface MessageRow {
  kind: "message";
  key: string;
  own: boolean;
  /** The first of a run by one author: it says who. */
  first: boolean;
  author: Author;
  text: string;
  at: string | number;
  deleted: boolean;
  edited: boolean;
  state?: MessageState | undefined;
  /** The server's words, where it refused. */
  why?: string | undefined;
  /** As stored; none while it is on its way. */
  message?: Message;
  seq: number;
}

export interface LineRow {
  kind: "day" | "event";
  key: string;
  text: string;
}

export type Row = MessageRow | LineRow;

export interface Scene {
  messages: readonly Message[];
  entries: readonly Entry[];
  theirs: { delivered: number; read: number };
  connected: boolean;
  /** A form comes first. */
  shut: boolean;
  speech: Speech;
  changed?: Changed | undefined;
}

/** What an edit or a deletion on its way will make of a message. */
export type Changed = (message: Message, entries: readonly Entry[]) => Partial<MessageRow>;

const ME: Author = { kind: "visitor", id: null, name: null, avatar_url: null };

export function rows(scene: Scene): Row[] {
  const lines: Row[] = [];
  const known = new Set<string>();
  let day = "";
  for (const message of scene.messages) {
    const line = lineOf(message, scene);
    known.add(message.id);
    if (!line) continue;
    if (dayOf(message.created_at) !== day) {
      day = dayOf(message.created_at);
      lines.push({ kind: "day", key: `day ${message.id}`, text: scene.speech.day(message.created_at) });
    }
    lines.push(line);
  }
  for (const entry of scene.entries) {
    if (entry.frame.type === "send" && !known.has(entry.frame.id)) lines.push(pending(entry, scene));
  }
  return group(lines);
}

function lineOf(message: Message, scene: Scene): Row | undefined {
  if (message.event) {
    const text = eventText(message.event, scene.speech);
    return text ? { kind: "event", key: message.id, text: `${text} ${scene.speech.time(message.created_at)}` } : undefined;
  }
  const own = message.author.kind === "visitor";
  return {
    kind: "message", key: message.id, own, first: false, author: message.author, message, seq: message.seq,
    text: message.text, at: message.created_at, deleted: !!message.deleted_at, edited: !!message.edited_at,
    state: own ? reached(message.seq, scene.theirs) : undefined,
    ...scene.changed?.(message, scene.entries),
  };
}

function pending({ frame, at, failed, sent }: Entry, { connected, shut }: Scene): MessageRow {
  return {
    kind: "message", key: frame.id, own: true, first: false, author: ME, at, deleted: false, edited: false, seq: 0,
    text: frame.type === "send" ? (frame.text ?? "") : "",
    state: failed ? "failed" : sent !== undefined ? "sent" : !connected ? "waiting" : shut ? "held" : "sending",
    why: failed,
  };
}

function reached(seq: number, { delivered, read }: Scene["theirs"]): MessageState {
  return seq <= read ? "read" : seq <= delivered ? "delivered" : "sent";
}

/** Who stands above the first of a run; a state only below the last of one, and below each failure. */
function group(lines: Row[]): Row[] {
  lines.forEach((line, i) => {
    if (line.kind !== "message") return;
    const before = lines[i - 1];
    const after = lines[i + 1];
    line.first = !before || !sameRun(before, line);
    const last = !after || !sameRun(line, after) || (after.kind === "message" && after.state !== line.state);
    if (!last && line.state !== "failed") delete line.state;
  });
  return lines;
}

function sameRun(a: Row, b: Row): boolean {
  return a.kind === "message" && b.kind === "message" && a.own === b.own && (a.own || a.author.id === b.author.id);
}

/** What happened, in the reader's words; nothing for a name that has none. */
export function eventText({ name, params }: Event, speech: Speech): string | undefined {
  const who = (params["agent"] ?? params["by"] ?? {}) as { kind?: unknown; name?: unknown };
  const to = params["to"] as { name?: unknown } | undefined;
  return speech.say(`event-${name}` as Key, { by: who.kind === "visitor" ? "visitor" : who.name ? "named" : "nobody", name: `${who.name ?? speech.say("team")}`, to: `${to?.name ?? speech.say("team")}` });
}
