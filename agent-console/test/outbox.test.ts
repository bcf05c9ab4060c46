import assert from "node:assert/strict";
import { test } from "node:test";
import { Drafts, Outbox, type Store, type Words } from "../src/outbox";
import { uuid7 } from "../src/retry";

function store(): Store {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    key: (n) => [...kept.keys()][n] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

const say = (text: string, conversation = "c1"): Words => ({ type: "send", id: uuid7(), conversation, text, seen_seq: 1, force: false });

test("what was not answered is there after a reload, in the order in which it was written", () => {
  const kept = store();
  const before = new Outbox(kept, "lena");
  const frames = [say("one"), say("two", "c2"), say("three")];
  for (const frame of frames) before.add(frame);
  before.answered(frames[1]?.id ?? "");
  const after = new Outbox(kept, "lena");
  assert.deepEqual(after.all(), [frames[0], frames[2]]);
  assert.deepEqual(after.of("c1").map(({ text }) => text), ["one", "three"]);
  assert.equal(after.unsent, 2);
});

test("another agent in the same browser does not send them", () => {
  const kept = store();
  new Outbox(kept, "lena").add(say("mine"));
  assert.deepEqual(new Outbox(kept, "marek").all(), []);
});

test("a command is sent again in this page, but not after a reload", () => {
  const kept = store();
  const outbox = new Outbox(kept, "lena");
  outbox.add({ type: "take", id: uuid7(), conversation: "c1", epoch: 2 });
  assert.equal(outbox.all().length, 1);
  assert.equal(outbox.unsent, 0);
  assert.equal(new Outbox(kept, "lena").all().length, 0);
});

test("an answer twice, or to nobody, is no answer", () => {
  const outbox = new Outbox(store(), "lena");
  const frame = say("once");
  outbox.add(frame);
  assert.equal(outbox.answered(frame.id), frame);
  assert.equal(outbox.answered(frame.id), undefined);
  assert.equal(outbox.answered("nobody"), undefined);
});

test("a storage that is full, forbidden or full of rubbish harms nothing", () => {
  const broken: Store = { length: 1, key: () => "deskbell.out.lena.x", getItem: () => "{", setItem: () => { throw new Error("full"); }, removeItem: () => { throw new Error("forbidden"); } };
  const outbox = new Outbox(broken, "lena");
  const frame = say("kept by the page");
  outbox.add(frame);
  assert.deepEqual(outbox.all(), [frame]);
  outbox.answered(frame.id);
  const drafts = new Drafts(broken, "lena");
  drafts.write("c1", "text", true);
  assert.deepEqual(drafts.read("c1"), { text: "", note: false, at: 0 });
});

test("a draft is kept for its conversation until it is emptied", () => {
  const kept = store();
  const drafts = new Drafts(kept, "lena");
  drafts.write("c1", "half a sen", true);
  const { at, ...read } = new Drafts(kept, "lena").read("c1");
  assert.deepEqual(read, { text: "half a sen", note: true });
  assert.ok(at > 0, "and since when");
  assert.deepEqual(drafts.read("c2"), { text: "", note: false, at: 0 });
  drafts.write("c1", "", true);
  assert.equal(kept.length, 0);
});
