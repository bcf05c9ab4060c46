import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { decode } from "../src/chat/decode.ts";
import { changes, message } from "./messages.ts";

/** Of an event stream or of agents: no frame of this client. */
const OTHERS = ["session", "facts", "own", "rows", "board", "draft", "mention"];

test("a frame comes out as it went in, as text or parsed", () => {
  const frame = changes(0, 1, [message(1)]);
  assert.deepEqual(decode(JSON.stringify(frame)).frame, frame);
  assert.deepEqual(decode(frame).frame, frame);
});

test("each failure has a name", () => {
  assert.equal(decode("{").failure, "not json");
  assert.equal(decode("[]").failure, "not a frame");
  assert.equal(decode("null").failure, "not a frame");
  assert.equal(decode(undefined).failure, "not a frame");
  assert.equal(decode('{"type":7}').failure, "not a frame");
  assert.equal(decode('{"type":"news"}').failure, "unknown type");
  assert.equal(decode('{"type":"constructor"}').failure, "unknown type");
  assert.equal(decode('{"type":"reconnect","after_ms":"soon"}').failure, "bad field: reconnect.after_ms");
  assert.equal(decode({ ...changes(0, 1, []), messages: [{ id: "m" }] }).failure, "bad field: changes.messages");
});

test("unknown fields pass", () => {
  assert.ok(decode({ type: "pong", at: 1, rev: 2, later: true }).frame);
});

const folder = "../tests/fixtures/protocol/server";
const files = readdirSync(folder);

for (const name of files) {
  test(`the shared fixture ${name} decodes`, () => {
    for (const frame of frames(JSON.parse(readFileSync(`${folder}/${name}`, "utf8")))) {
      const { failure } = decode(frame);
      assert.ok(!failure || (failure === "unknown type" && OTHERS.includes(frame.type)), `${frame.type}: ${failure}`);
    }
  });
}

/** The server's frames of a fixture that hold messages, whatever it is wrapped in; the agent's side is not ours. */
function frames(fixture: unknown): { type: string }[] {
  if (Array.isArray(fixture)) return fixture.flatMap(frames);
  if (typeof fixture !== "object" || fixture === null) return [];
  const { type, ...rest } = fixture as { type?: unknown };
  return typeof type === "string" ? [{ type, ...rest }] : Object.values(rest).flatMap(frames);
}
