import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Log } from "../src/chat/log.ts";
import type { Welcome } from "../src/generated/protocol.ts";
import { changes, CONVERSATION, message } from "./messages.ts";

let asked: number[] = [];
let log: Log;
const texts = () => log.messages.map(({ text }) => text);
const welcome = (id: string | null, generation = "g1"): Welcome => ({
  visitor: null, rev: 0, generation, availability: { online: true },
  conversation: id ? { id, state: "assigned", owner: null, epoch: 1, participants: [], started_at: "" } : null,
});

beforeEach(() => {
  asked = [];
  log = new Log((since) => asked.push(since));
});

test("a snapshot is taken whole and ordered by seq", () => {
  const fresh = log.apply(changes(0, 7, [message(5), message(2), message(7)]));
  assert.deepEqual(texts(), ["text 2", "text 5", "text 7"]);
  assert.equal(fresh.length, 3);
  assert.equal(log.rev, 7);
});

test("what follows is applied; the same frame twice changes nothing", () => {
  log.apply(changes(0, 2, [message(1), message(2)]));
  const next = changes(2, 3, [message(3)]);
  assert.equal(log.apply(next).length, 1);
  assert.equal(log.apply(next).length, 0);
  assert.deepEqual(texts(), ["text 1", "text 2", "text 3"]);
  assert.deepEqual(asked, []);
});

test("a gap is not applied: it is asked for once, from our own rev", () => {
  log.apply(changes(0, 2, [message(1), message(2)]));
  log.apply(changes(4, 5, [message(5)]));
  log.apply(changes(5, 6, [message(6)]));
  assert.deepEqual(asked, [2]);
  assert.deepEqual(texts(), ["text 1", "text 2"]);
  log.apply(changes(2, 6, [message(3), message(5), message(6)]));
  assert.deepEqual(texts(), ["text 1", "text 2", "text 3", "text 5", "text 6"]);
  assert.equal(log.rev, 6);
});

test("after the gap is healed the next one is asked for again", () => {
  log.apply(changes(0, 1, [message(1)]));
  log.apply(changes(3, 4, [message(4)]));
  log.apply(changes(1, 4, [message(3), message(4)]));
  log.apply(changes(6, 7, [message(7)]));
  assert.deepEqual(asked, [1, 4]);
});

test("frames out of order converge", () => {
  log.apply(changes(0, 1, [message(1)]));
  log.apply(changes(2, 3, [message(3)]));
  log.apply(changes(1, 2, [message(2)]));
  log.apply(changes(2, 3, [message(3)]));
  assert.deepEqual(texts(), ["text 1", "text 2", "text 3"]);
  assert.equal(log.rev, 3);
});

test("an edit of an older message replaces it where it stands", () => {
  log.apply(changes(0, 3, [message(1), message(2), message(3)]));
  const fresh = log.apply(changes(3, 4, [message(2, { rev: 4, text: "edited" })]));
  assert.deepEqual(texts(), ["text 1", "edited", "text 3"]);
  assert.equal(fresh.length, 0);
});

test("an older state of a message never overwrites a newer one", () => {
  log.apply(changes(0, 4, [message(2, { rev: 4, text: "newest" })]));
  log.apply(changes(3, 4, [message(2, { rev: 3, text: "older" })]));
  assert.deepEqual(texts(), ["newest"]);
});

test("an edit of a message below the window waits for its page of history", () => {
  log.apply(changes(0, 90, [message(60), message(61)]));
  log.apply(changes(90, 91, [message(3, { rev: 91, text: "edited" })]));
  assert.deepEqual(texts(), ["text 60", "text 61"]);
  log.page({ type: "page", messages: [message(2), message(3, { rev: 91, text: "edited" })], more: false });
  assert.deepEqual(texts(), ["text 2", "edited", "text 60", "text 61"]);
});

test("paging asks on with the rev of the page", () => {
  log.apply(changes(0, 1, [message(1)]));
  log.apply(changes(1, 50, [message(2)], { more: true }));
  log.apply(changes(50, 80, [message(60)], { more: true }));
  log.apply(changes(80, 90, [message(85)]));
  assert.deepEqual(asked, [50, 80]);
  assert.equal(log.rev, 90);
});

test("a reset drops the cache and the rev first", () => {
  log.apply(changes(0, 9, [message(8), message(9)]));
  log.apply(changes(0, 3, [message(1), message(3)], { reset: true }));
  assert.deepEqual(texts(), ["text 1", "text 3"]);
  assert.equal(log.rev, 3);
});

test("another generation makes the cache worthless", () => {
  log.welcome(welcome(CONVERSATION));
  log.apply(changes(0, 9, [message(9)]));
  log.welcome(welcome(CONVERSATION, "g1"));
  assert.equal(log.rev, 9);
  log.welcome(welcome(CONVERSATION, "g2"));
  assert.equal(log.rev, 0);
  assert.deepEqual(texts(), []);
});

test("messages below the floor are gone", () => {
  log.apply(changes(0, 3, [message(1), message(2), message(3)]));
  log.apply(changes(3, 4, [], { floor: 3 }));
  assert.deepEqual(texts(), ["text 3"]);
  assert.equal(log.older, false);
});

test("another conversation is taken up from its beginning only", () => {
  log.apply(changes(0, 3, [message(3)]));
  const other = { id: "other", state: "queued", owner: null, epoch: 1 };
  log.apply(changes(5, 6, [message(6)], { conversation: other }));
  assert.equal(log.conversation, CONVERSATION);
  log.apply(changes(0, 1, [message(1, { id: "n1", text: "new" })], { conversation: other }));
  assert.equal(log.conversation, "other");
  assert.deepEqual(texts(), ["new"]);
});

test("history goes in below, says whether there is more, and repeats nothing", () => {
  log.apply(changes(0, 90, [message(60), message(61)]));
  assert.equal(log.older, true);
  log.page({ type: "page", messages: [message(40), message(41), message(60)], more: true });
  assert.equal(log.low, 40);
  assert.equal(log.older, true);
  log.page({ type: "page", messages: [message(1)], more: false });
  assert.equal(log.older, false);
  assert.deepEqual(log.messages.map(({ seq }) => seq), [1, 40, 41, 60, 61]);
});

test("a pong with a newer rev asks for what was missed, and again while no answer came", () => {
  log.apply(changes(0, 3, [message(3)]));
  log.heard(3);
  log.heard(5);
  log.heard(5);
  log.apply(changes(3, 5, [message(5)]));
  log.heard(5);
  assert.deepEqual(asked, [3, 3]);
});

test("a conversation that begins while we listen is taken whole", () => {
  log.welcome(welcome(null));
  log.apply(changes(0, 1, [message(1)]));
  assert.equal(log.conversation, CONVERSATION);
  assert.equal(log.older, false);
});

test("any order and any repetition of frames, with syncs answered, ends in the same log", () => {
  for (let seed = 1; seed <= 200; seed++) {
    let dice = seed;
    const random = (n: number) => (dice = (dice * 48271) % 2147483647) % n;
    const truth = Array.from({ length: 20 }, (_, i) => message(i + 1));
    const since = (rev: number) => changes(rev, 20, truth.filter((one) => one.rev > rev));
    const waiting = truth.map((one) => changes(one.rev - 1, one.rev, [one]));
    const syncs: number[] = [];
    const one = new Log((from) => syncs.push(from));
    one.apply(changes(0, 0, []));
    while (waiting.length) {
      const at = random(waiting.length);
      one.apply(waiting[at]!);
      if (random(3)) waiting.splice(at, 1);
      if (syncs.length && random(2)) one.apply(since(syncs.shift()!));
    }
    while (syncs.length) one.apply(since(syncs.shift()!));
    one.heard(20);
    while (syncs.length) one.apply(since(syncs.shift()!));
    assert.deepEqual(one.messages, truth, `seed ${seed}`);
    assert.equal(one.rev, 20);
  }
});
