import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { LOST } from "../src/chat/transports/link.ts";
import { events } from "../src/detour/events.ts";
import { poll } from "../src/detour/poll.ts";

const way = { base: "https://chat.example", site: "SITE", hello: () => ({ token: "t", conversation: null, since: 0 }) };
let ended: number[];
let frames: unknown[];
let down: ReadableStreamDefaultController<Uint8Array>;

const on = { up: () => undefined, frame: (frame: unknown) => frames.push(frame), down: (code: number) => ended.push(code) };
const turn = async () => {
  for (let at = 0; at < 20; at += 1) await Promise.resolve();
};
const says = async (text: string) => {
  down.enqueue(new TextEncoder().encode(text));
  await turn();
};

beforeEach(() => {
  ended = [];
  frames = [];
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("a stream that falls silent is dead, whatever the way up answers", async () => {
  const body = new ReadableStream<Uint8Array>({ start: (controller) => void (down = controller) });
  Object.assign(globalThis, { fetch: async (url: string) => (url.includes("/events") ? new Response(body) : Response.json({ type: "pong", at: 1, rev: 0 })) });
  const link = events.dial(way, on);
  await turn();
  await says('data: {"type":"session","session":"s"}\n\n');
  for (let beat = 0; beat < 5; beat += 1) {
    mock.timers.tick(10_000);
    await says(": still here\n\n");
  }
  assert.deepEqual(ended, [], "comments show that it lives");
  for (let beat = 0; beat < 2; beat += 1) {
    link.send({ type: "ping", at: beat });
    mock.timers.tick(12_000);
    await turn();
  }
  assert.deepEqual(ended, []);
  mock.timers.tick(1_000);
  assert.deepEqual(ended, [LOST]);
});

test("a poll that is never answered is dead", async () => {
  let polls = 0;
  Object.assign(globalThis, { fetch: () => ((polls += 1) === 1 ? Promise.resolve(Response.json({ session: "s", frames: [{ type: "pong", at: 1, rev: 0 }] })) : new Promise(() => undefined)) });
  poll.dial(way, on);
  await turn();
  assert.equal(polls, 2);
  assert.equal(frames.length, 1);
  mock.timers.tick(34_999);
  assert.deepEqual(ended, []);
  mock.timers.tick(1);
  assert.deepEqual(ended, [LOST]);
});
