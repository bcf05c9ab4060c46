import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Live, type LiveState } from "../src/chat/live.ts";
import { LOST, type LinkEvents, type Transport } from "../src/chat/transports/link.ts";
import { eventSplitter } from "../src/detour/events.ts";

/** A socket that does what the test says. */
class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: { type: string }[] = [];
  onopen = () => {};
  onmessage = (_: { data: string }) => {};
  onclose = (_: { code: number }) => {};
  constructor(readonly url: string, readonly protocol: string) {
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.readyState = 3;
  }
  open(): void {
    this.readyState = 1;
    this.onopen();
  }
  says(frame: object): void {
    this.onmessage({ data: JSON.stringify(frame) });
  }
  ends(code: number): void {
    this.onclose({ code });
  }
}

const WELCOME = { type: "welcome", visitor: null, conversation: null, rev: 0, generation: "g", availability: { online: true } };
const page = { hidden: false };
let idle = false;
let states: LiveState[];
let detours: { name: string; on: LinkEvents }[];
const detour = (name: string): Transport => ({
  window: 1, beatMs: 12_000,
  dial: (_, on) => {
    detours.push({ name, on });
    return { send: () => undefined, close: () => undefined };
  },
});
const last = () => FakeSocket.all.at(-1)!;
const make = () => new Live({ base: "https://chat.example", site: "a b", hello: () => ({ token: "t", conversation: null, since: 0 }) }, {
  frame: () => undefined, state: (state) => states.push(state), refused: () => undefined, idle: () => idle,
  detour: () => Promise.resolve({ events: detour("events"), poll: detour("poll") }),
});
const ready = () => {
  const live = make();
  live.start();
  last().open();
  last().says(WELCOME);
  return live;
};

beforeEach(() => {
  mock.restoreAll();
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: 1_000_000 });
  mock.method(Math, "random", () => 0.5);
  Object.assign(globalThis, { WebSocket: FakeSocket, document: page });
  Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true });
  FakeSocket.all = [];
  states = [];
  detours = [];
  page.hidden = idle = false;
});

test("says hello on the open socket and is ready with the welcome", () => {
  const live = ready();
  assert.equal(last().url, "wss://chat.example/v1/live?site=a%20b");
  assert.equal(last().protocol, "deskbell.v1");
  assert.equal(last().sent[0]!.type, "hello");
  assert.deepEqual(states, ["connecting", "ready"]);
  assert.equal(live.window, 8);
});

test("sends nothing before it is ready", () => {
  const live = make();
  live.start();
  assert.equal(live.send({ type: "list" }), false);
});

test("a half-open peer is found: a ping without an answer ends the session and begins another", () => {
  ready();
  const first = last();
  mock.timers.tick(20_000);
  assert.equal(first.sent.at(-1)!.type, "ping");
  mock.timers.tick(7_999);
  assert.equal(FakeSocket.all.length, 1);
  mock.timers.tick(1);
  mock.timers.tick(0);
  assert.equal(FakeSocket.all.length, 2);
});

test("any frame counts as an answer", () => {
  ready();
  mock.timers.tick(20_000);
  last().says({ type: "availability", online: true });
  mock.timers.tick(10_000);
  assert.equal(FakeSocket.all.length, 1);
});

test("4000 to 4099 come back at once, 4100 to 4199 after a pause, 4200 to 4299 never", () => {
  ready();
  last().ends(4001);
  mock.timers.tick(0);
  assert.equal(FakeSocket.all.length, 2);
  last().open();
  last().says(WELCOME);
  last().ends(4101);
  mock.timers.tick(249);
  assert.equal(FakeSocket.all.length, 2);
  mock.timers.tick(1);
  assert.equal(FakeSocket.all.length, 3);
  last().open();
  last().ends(4201);
  mock.timers.tick(100_000);
  assert.equal(FakeSocket.all.length, 3);
  assert.equal(states.at(-1), "stopped");
});

test("a server that closes at once every time is not asked at once every time", () => {
  const live = make();
  live.start();
  for (let i = 0; i < 2; i++) {
    last().open();
    last().ends(4001);
    mock.timers.tick(0);
  }
  assert.equal(FakeSocket.all.length, 1);
});

test("reconnect is obeyed", () => {
  ready();
  last().says({ type: "reconnect", after_ms: 700 });
  mock.timers.tick(699);
  assert.equal(FakeSocket.all.length, 1);
  mock.timers.tick(1);
  assert.equal(FakeSocket.all.length, 2);
});

test("three failed upgrades, then the event stream; a buffered one, then the long poll", async () => {
  make().start();
  for (let i = 0; i < 3; i++) {
    last().ends(LOST);
    await Promise.resolve();
    mock.timers.tick(30_000);
  }
  assert.equal(FakeSocket.all.length, 3);
  assert.deepEqual(detours.map(({ name }) => name), ["events"]);
  detours[0]!.on.down(1);
  mock.timers.tick(0);
  assert.deepEqual(detours.map(({ name }) => name), ["events", "poll"]);
});

test("a refused detour stops it", async () => {
  make().start();
  for (let i = 0; i < 3; i++) {
    last().ends(LOST);
    await Promise.resolve();
    mock.timers.tick(30_000);
  }
  detours[0]!.on.down(4201);
  mock.timers.tick(100_000);
  assert.equal(states.at(-1), "stopped");
});

test("hidden and idle it rests; hidden with an open chat it stays", () => {
  const live = ready();
  page.hidden = true;
  mock.timers.tick(20_000);
  last().says({ type: "pong", at: 1, rev: 0 });
  assert.equal(live.state, "ready");
  idle = true;
  mock.timers.tick(20_000);
  assert.equal(live.state, "resting");
  mock.timers.tick(600_000);
  assert.equal(FakeSocket.all.length, 1);
});

test("a page that is seen again asks whether the peer still lives, and does not wait long", () => {
  const live = ready();
  live.probe();
  assert.equal(last().sent.at(-1)!.type, "ping");
  mock.timers.tick(3_000);
  mock.timers.tick(0);
  assert.equal(FakeSocket.all.length, 2);
});

test("offline it makes no attempts; back online it goes at once", () => {
  const live = ready();
  Object.assign(navigator, { onLine: false });
  last().ends(LOST);
  mock.timers.tick(600_000);
  assert.equal(FakeSocket.all.length, 1);
  Object.assign(navigator, { onLine: true });
  live.renew();
  assert.equal(FakeSocket.all.length, 2);
});

test("events arrive whole, however the stream is cut", () => {
  const stream = ': hello\r\n\r\ndata: {"a":1}\n\nevent: x\ndata:{"b":\ndata: 2}\n\nid: 1\n\n';
  for (let size = 1; size < stream.length; size++) {
    const got: string[] = [];
    const split = eventSplitter((data) => got.push(data));
    for (let i = 0; i < stream.length; i += size) split(stream.slice(i, i + size));
    assert.deepEqual(got, ['{"a":1}', '{"b":\n2}']);
  }
});
