import assert from "node:assert/strict";
import { test } from "node:test";
import { uuid7 } from "../src/chat/uuid7.ts";

test("has the shape, version and variant of RFC 9562", () => {
  for (let i = 0; i < 500; i++) assert.match(uuid7(), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("carries the time in its first 48 bits", () => {
  const at = Date.now() + 3_600_000;
  assert.equal(parseInt(uuid7(at).replace("-", "").slice(0, 12), 16), at);
});

test("rises within one millisecond, and when the clock goes back", () => {
  const at = Date.now() + 7_200_000;
  const drawn = [...Array.from({ length: 2_000 }, () => uuid7(at)), uuid7(at - 60_000), uuid7(at)];
  assert.deepEqual(drawn, [...drawn].sort());
  assert.equal(new Set(drawn).size, drawn.length);
});
