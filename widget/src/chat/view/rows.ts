// From the log and the outbox to the lines that the list shows. Pure: the same in, the same out.

import type { Author, Event, Message } from "../../generated/protocol.ts";
import type { Key } from "../../generated/words.ts";
import type { Entry } from "../outbox.ts";
import { dayOf, type Speech } from "../words.ts";

export type MessageState = "sending" | "waiting" | "sent" | "delivered" | "read" | "failed";

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
  state?: MessageState;
  /** The server's words, where it refused. */
  why?: string;
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
  speech: Speech;
}

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
      lines.push({ kind: "day", key: day, text: scene.speech.day(message.created_at) });
    }
    lines.push(line);
  }
  for (const entry of scene.entries) {
    if (entry.frame.type === "send" && !known.has(entry.frame.id)) lines.push(pending(entry, scene.connected));
  }
  return group(lines);
}

function lineOf(message: Message, scene: Scene): Row | null {
  if (message.event) {
    const text = eventText(message.event, scene.speech);
    return text ? { kind: "event", key: message.id, text: `${text} ${scene.speech.time(message.created_at)}` } : null;
  }
  if (message.kind !== "text") return null;
  const own = message.author.kind === "visitor";
  return {
    kind: "message", key: message.id, own, first: false, author: message.author, message, seq: message.seq,
    text: message.text, at: message.created_at, deleted: !!message.deleted_at, edited: !!message.edited_at,
    ...(own && { state: reached(message.seq, scene.theirs) }),
    ...changed(message, scene.entries),
  };
}

/** What an edit or a deletion on its way will make of a message. */
function changed({ id }: Message, entries: readonly Entry[]): Partial<MessageRow> {
  const entry = entries.findLast(({ frame }) => frame.type !== "send" && frame.message === id);
  if (!entry) return {};
  return entry.frame.type === "edit" ? { text: entry.frame.text, edited: true, state: "sending" } : { deleted: true, state: "sending" };
}

function pending({ frame, at, failed, sent }: Entry, connected: boolean): MessageRow {
  return {
    kind: "message", key: frame.id, own: true, first: false, author: ME, at, deleted: false, edited: false, seq: 0,
    text: frame.type === "send" ? (frame.text ?? "") : "",
    state: failed ? "failed" : sent !== undefined ? "sent" : connected ? "sending" : "waiting",
    ...(failed && { why: failed }),
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

/** What happened, in the reader's words; null for a name that is not known here. */
export function eventText({ name, params }: Event, speech: Speech): string | null {
  const who = (params["agent"] ?? params["by"]) as { kind?: unknown; name?: unknown } | null | undefined;
  const named = typeof who?.name === "string" ? who.name : null;
  const by = (key: "closed" | "reopened") =>
    who?.kind === "visitor" ? speech.say(`${key}-by-you`) : named ? speech.say(`${key}-by`, { name: named }) : speech.say(key);
  const joined = (key: Key) => speech.say(key, { name: named ?? speech.say("team") });
  switch (name) {
    case "agent_joined": return joined("joined");
    case "agent_left": return joined("left");
    case "conversation_closed": return by("closed");
    case "conversation_reopened": return by("reopened");
    default: return null;
  }
}
