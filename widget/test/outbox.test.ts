import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Outbox, type Durable } from "../src/chat/outbox.ts";
import { Store, type Shelf } from "../src/chat/store.ts";
import { uuid7 } from "../src/chat/uuid7.ts";
import type { Problem } from "../src/generated/protocol.ts";

const send = (text: string): Durable => ({ type: "send", id: uuid7(), text });
const problem = (more: Partial<Problem> = {}): Problem => ({ type: "/problems/x", title: "No", status: 422, detail: "Not this.", ...more });

interface Tab {
  outbox: Outbox;
  sent: string[];
}

let disk: Shelf;
const tab = (): Tab => {
  const sent: string[] = [];
  const store = new Store("SITE", disk);
  store.keep();
  const outbox = new Outbox(store, { transmit: (frame) => sent.push(frame.id), changed: () => undefined });
  return { outbox, sent };
};
const kept = () => Object.keys(disk).filter((key) => key.includes(":o:"));

beforeEach(() => {
  disk = {};
  mock.timers.reset();
});

test("nothing is sent before this tab may drain, and then in the order of writing", () => {
  const { outbox, sent } = tab();
  const frames = ["a", "b", "c"].map(send);
  frames.forEach((frame) => outbox.add(frame));
  assert.deepEqual(sent, []);
  outbox.open(8);
  assert.deepEqual(sent, frames.map(({ id }) => id));
});

test("over HTTP one frame flies at a time", () => {
  const { outbox, sent } = tab();
  const [a, b] = [send("a"), send("b")];
  outbox.add(a);
  outbox.add(b);
  outbox.open(1);
  assert.deepEqual(sent, [a.id]);
  outbox.ack(a.id, 1);
  assert.deepEqual(sent, [a.id, b.id]);
});

test("what is unsent survives a reload, in order", () => {
  const first = tab();
  const frames = ["a", "b", "c"].map(send);
  frames.forEach((frame) => first.outbox.add(frame));
  first.outbox.open(1);
  const second = tab();
  assert.deepEqual(second.outbox.entries.map(({ frame }) => frame), frames);
  second.outbox.open(8);
  assert.deepEqual(second.sent, frames.map(({ id }) => id));
});

test("an acknowledged frame leaves the disk and is shown until the log has it", () => {
  const { outbox } = tab();
  const frame = send("a");
  outbox.add(frame);
  outbox.open(8);
  outbox.ack(frame.id, 4);
  assert.deepEqual(kept(), []);
  assert.equal(outbox.busy, false);
  assert.equal(outbox.entries.length, 1);
  outbox.shown(() => false, 3);
  assert.equal(outbox.entries.length, 1);
  outbox.shown((id) => id === frame.id, 3);
  assert.equal(outbox.entries.length, 0);
});

test("a repeat that was acknowledged long ago is not shown at the end for ever", () => {
  const { outbox } = tab();
  const frame = send("a");
  outbox.add(frame);
  outbox.open(8);
  outbox.ack(frame.id, 4);
  outbox.shown(() => false, 90);
  assert.equal(outbox.entries.length, 0);
});

test("a lost session sends again what flew, with the same ids", () => {
  const { outbox, sent } = tab();
  const frames = ["a", "b"].map(send);
  frames.forEach((frame) => outbox.add(frame));
  outbox.open(8);
  outbox.close();
  outbox.open(8);
  assert.deepEqual(sent, [...frames, ...frames].map(({ id }) => id));
});

test("a retryable refusal waits its time, and the refused one goes first", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { outbox, sent } = tab();
  const frames = ["a", "b", "c"].map(send);
  frames.forEach((frame) => outbox.add(frame));
  outbox.open(8);
  sent.length = 0;
  for (const { id } of frames) outbox.nack(id, problem({ status: 429, retry_after_s: 8 }));
  assert.ok(outbox.heldUntil > 0);
  const later = send("d");
  outbox.add(later);
  mock.timers.tick(7_999);
  assert.deepEqual(sent, []);
  mock.timers.tick(1);
  assert.deepEqual(sent, [...frames, later].map(({ id }) => id));
  assert.equal(outbox.heldUntil, 0);
});

test("a server that is down for a moment (503) is asked again", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { outbox, sent } = tab();
  const frame = send("a");
  outbox.add(frame);
  outbox.open(8);
  assert.equal(outbox.nack(frame.id, problem({ status: 503 })), false);
  mock.timers.tick(5_000);
  assert.deepEqual(sent, [frame.id, frame.id]);
});

test("a final refusal keeps the text with the server's words; the others go on; retry sends it again", () => {
  const { outbox, sent } = tab();
  const [a, b] = [send("a"), send("b")];
  outbox.add(a);
  outbox.add(b);
  outbox.open(1);
  outbox.nack(a.id, problem());
  assert.equal(outbox.entries[0]!.failed, "Not this.");
  assert.deepEqual(sent, [a.id, b.id]);
  assert.equal(tab().outbox.entries[0]!.failed, "Not this.");
  outbox.ack(b.id, 2);
  outbox.add(a);
  assert.deepEqual(sent, [a.id, b.id, a.id]);
});

test("a refused edit is gone; a refused message can be discarded", () => {
  const { outbox } = tab();
  const edit: Durable = { type: "edit", id: uuid7(), message: "m1", text: "x", if_rev: 1 };
  const text = send("a");
  outbox.add(edit);
  outbox.add(text);
  outbox.open(8);
  outbox.nack(edit.id, problem());
  outbox.nack(text.id, problem());
  assert.deepEqual(outbox.entries.map(({ frame }) => frame.id), [text.id]);
  outbox.discard(text.id);
  assert.deepEqual(kept(), []);
});

test("two tabs: one writes, the other drains, both show it once", () => {
  const [writer, drainer] = [tab(), tab()];
  drainer.outbox.open(8);
  const frame = send("a");
  writer.outbox.add(frame);
  const key = `o:${frame.id}`;
  drainer.outbox.elsewhere(key, disk[`deskbell:SITE:${key}`]!);
  assert.deepEqual(drainer.sent, [frame.id]);
  drainer.outbox.ack(frame.id, 1);
  writer.outbox.elsewhere(key, undefined);
  assert.equal(writer.outbox.busy, false);
  assert.deepEqual(writer.outbox.entries.map(({ sent }) => sent), [0]);
  writer.outbox.shown((id) => id === frame.id, 1);
  assert.equal(writer.outbox.entries.length, 0);
  writer.outbox.open(8);
  assert.deepEqual(writer.sent, []);
});

test("a full or denied storage keeps all in memory and says so", () => {
  const store = new Store("SITE", new Proxy({} as Shelf, { set: () => { throw new Error("QuotaExceededError"); } }));
  store.keep();
  const sent: string[] = [];
  const outbox = new Outbox(store, { transmit: ({ id }) => sent.push(id), changed: () => undefined });
  const frames = ["a", "b"].map(send);
  frames.forEach((frame) => outbox.add(frame));
  assert.equal(store.kept, false);
  outbox.open(8);
  assert.deepEqual(sent, frames.map(({ id }) => id));
});

test("an entry that nobody can read is thrown away", () => {
  disk["deskbell:SITE:o:broken"] = "{";
  assert.equal(tab().outbox.entries.length, 0);
  assert.deepEqual(kept(), []);
});
