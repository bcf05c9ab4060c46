import assert from "node:assert/strict";
import { test } from "node:test";
import { Tally } from "../src/tally";

const row = (id: string, since: string): { id: string; html: string } => ({ id, html: `<li data-turn="queue" data-since="${since}">` });

test("a tally counts the whole view and then what comes and goes", () => {
  const tally = new Tally();
  tally.apply({ items: [row("a", "10:02"), row("b", "10:01")], removed: [] });
  assert.deepEqual([tally.count, tally.oldest], [2, "10:01"]);
  tally.apply({ items: [row("c", "10:03")], removed: ["b", "nobody"] });
  assert.deepEqual([tally.count, tally.oldest], [2, "10:02"]);
  tally.apply({ items: [row("c", "10:03")], removed: [] });
  assert.equal(tally.count, 2);
});

test("a new session counts anew", () => {
  const tally = new Tally();
  tally.apply({ items: [row("a", "1"), row("b", "2")], removed: [] });
  tally.anew();
  tally.apply({ items: [], removed: [] });
  assert.deepEqual([tally.count, tally.oldest], [0, ""]);
});
