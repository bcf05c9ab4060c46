import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, place, runs, type Sortable, status, step } from "../src/order";

test("changes are put in only if nothing is missing before them", () => {
  assert.equal(step(5, { from: 5, rev: 6 }), "apply");
  assert.equal(step(5, { from: 3, rev: 6 }), "apply");
  assert.equal(step(5, { from: 6, rev: 7 }), "sync");
  assert.equal(step(0, { from: 0, rev: 50 }), "apply");
});

test("what is older than the page is left alone, what is equal does no harm", () => {
  assert.equal(step(9, { from: 0, rev: 8 }), "old");
  assert.equal(step(9, { from: 0, rev: 9 }), "apply");
});

test("a reset is always put in, however old it looks", () => {
  assert.equal(step(900, { from: 0, rev: 3, reset: true }), "apply");
});

test("whatever order frames come in, a client that follows the rule ends at the newest rev", () => {
  // A log of 30 revs, cut into frames, some lost, some twice, some late; `sync` is always answered.
  for (let seed = 1; seed < 200; seed++) {
    let dice = seed;
    const roll = (n: number): number => (dice = (dice * 1103515245 + 12345) % 2147483648) % n;
    let rev = 0;
    const seen = new Set<number>();
    const take = (frame: { from: number; rev: number }): void => {
      const what = step(rev, frame);
      if (what === "sync") return take({ from: rev, rev: frame.rev });
      if (what === "old") return;
      for (let n = frame.from + 1; n <= frame.rev; n++) seen.add(n);
      rev = Math.max(rev, frame.rev);
    };
    for (let n = 0; n < 60; n++) {
      const from = roll(30);
      take({ from, rev: from + 1 + roll(30 - from) });
    }
    take({ from: 29, rev: 30 });
    assert.equal(rev, 30);
    for (let n = 1; n <= 30; n++) assert.ok(seen.has(n), `rev ${n} is missing with seed ${seed}`);
  }
});

test("a message finds its place by seq", () => {
  assert.equal(place([], 3), 0);
  assert.equal(place([1, 2, 5], 3), 2);
  assert.equal(place([1, 2, 5], 9), 3);
  assert.equal(place([4, 5], 1), 0);
});

const row = (id: string, turn: string, since: string, owner = "me"): Sortable => ({ id, turn, since, owner });
const sorted = (rows: Sortable[]): string => rows.sort((a, b) => compare(a, b, "me")).map(({ id }) => id).join("");

test("where an answer is owed mine come first, then who waits longest", () => {
  assert.equal(sorted([row("a", "ours", "1", "marek"), row("b", "ours", "3"), row("c", "ours", "2")]), "cba");
});

test("a queue is first in, first out; what waits on the visitor has the newest on top", () => {
  assert.equal(sorted([row("f", "queue", "7", ""), row("g", "queue", "6", "")]), "gf");
  assert.equal(sorted([row("d", "theirs", "4"), row("e", "theirs", "5")]), "ed");
  assert.equal(sorted([row("h", "closed", "4"), row("i", "closed", "5")]), "ih");
});

test("messages of one author within five minutes make one run", () => {
  const at = (minute: number): number => minute * 60_000;
  const log = [{ by: "v", at: at(0) }, { by: "v", at: at(1) }, { by: "v", at: at(2) }, { by: "a", at: at(2) }, { by: null, at: at(3) }, { by: null, at: at(3) }, { by: "v", at: at(4) }, { by: "v", at: at(20) }];
  assert.deepEqual(runs(log), ["first", "middle", "last", "first last", "first last", "first last", "first last", "first last"]);
});

test("a message is read, delivered or only stored", () => {
  assert.equal(status(3, 5, 3), "read");
  assert.equal(status(4, 5, 3), "delivered");
  assert.equal(status(6, 5, 3), "sent");
});
