import assert from "node:assert/strict";
import { test } from "node:test";
import { CAP_MS, FIRST_MS, pause, verdict } from "../src/chat/backoff.ts";

test("the pause doubles up to its cap", () => {
  assert.equal(pause(0, 1), FIRST_MS);
  assert.equal(pause(3, 1), FIRST_MS * 8);
  assert.equal(pause(10, 1), CAP_MS);
  assert.equal(pause(10_000, 1), CAP_MS);
});

test("full jitter reaches down to nothing", () => {
  assert.equal(pause(5, 0), 0);
  assert.equal(pause(5, 0.5), (FIRST_MS * 32) / 2);
});

test("the ranges of close codes say what to do", () => {
  const said = (code: number) => verdict(code);
  assert.deepEqual([4000, 4001, 4099].map(said), ["now", "now", "now"]);
  assert.deepEqual([4100, 4101, 4102, 4199].map(said), ["later", "later", "later", "later"]);
  assert.deepEqual([4200, 4201, 4202, 4299].map(said), ["never", "never", "never", "never"]);
  assert.deepEqual([1000, 1006, 1009, 1011, 1012, 4300].map(said), Array(6).fill("later"));
});
