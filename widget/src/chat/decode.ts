// The only door for frames: text in, a frame of the generated types out, or the name of what is
// wrong. Only what this client uses is checked: other fields pass, other types are named unknown.

import type { ServerFrame } from "../generated/protocol.ts";

export type Failure = "not json" | "not a frame" | "unknown type" | `bad field: ${string}`;
export type Decoded = { frame: ServerFrame; failure?: undefined } | { failure: Failure; frame?: undefined };

type Fields = { readonly [name: string]: unknown };
type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Check>>;

const text: Check = (value) => typeof value === "string";
const number: Check = (value) => typeof value === "number";
const flag: Check = (value) => typeof value === "boolean";
const none: Check = (value) => value === undefined || value === null;
const maybe = (check: Check): Check => (value) => none(value) || check(value);
const list = (check: Check): Check => (value) => Array.isArray(value) && value.every(check);
const like = (shape: Shape): Check => (value) => isFields(value) && !wrong(value, shape);

const by = { kind: text, id: text };
const head = { id: text, state: text, epoch: number };
const author = like({ kind: text, name: maybe(text) });
const message = like({ id: text, seq: number, rev: number, kind: text, text, created_at: text, author, event: maybe(like({ name: text, params: isFields })) });
const messages = maybe(list(message));
const participant = like({ ...by, delivered_seq: number, read_seq: number });
const availability = { online: flag };
const limits = like({ text_chars: number, edit_window_s: number, delete_window_s: number });

const shapes: Readonly<Record<string, Shape>> = {
  welcome: {
    conversation: maybe(like({ ...head, participants: list(participant) })),
    rev: number, generation: text, availability: like(availability), site: maybe(like({ name: text, texts: isFields, limits })), token: maybe(text),
  },
  ack: { id: text, rev: number },
  nack: { id: maybe(text), problem: like({ title: text, status: number, retry_after_s: maybe(number) }) },
  changes: { conversation: like(head), from: number, rev: number, more: flag, floor: number, messages },
  page: { more: flag, messages },
  conversations: { items: list(like({ id: text, last_message: maybe(message) })) },
  partial: { text, message: text },
  receipt: { by: like(by), delivered_seq: number, read_seq: number },
  typing: { by: like(by), on: flag },
  presence: { by: like(by), state: text },
  availability,
  queue: { position: text },
  ask: { form: text, required: flag, fields: list(like({ name: text, kind: text, label: text, options: maybe(list(isFields)) })) },
  reconnect: { after_ms: number },
  pong: { rev: number },
  close: { code: number },
};

/** One frame as text, or already parsed (the frames of a poll). */
export function decode(raw: unknown): Decoded {
  let value = raw;
  if (typeof raw === "string") {
    try {
      value = JSON.parse(raw);
    } catch {
      return { failure: "not json" };
    }
  }
  if (!isFields(value) || !text(value["type"])) return { failure: "not a frame" };
  const type = value["type"] as string;
  const shape = Object.hasOwn(shapes, type) ? shapes[type] : undefined;
  if (!shape) return { failure: "unknown type" };
  const field = wrong(value, shape);
  return !field ? { frame: value as ServerFrame } : { failure: `bad field: ${type}.${field}` };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(value: Fields, shape: Shape): string | undefined {
  return Object.keys(shape).find((name) => !shape[name]!(value[name]));
}
