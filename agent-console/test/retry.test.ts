import assert from "node:assert/strict";
import { test } from "node:test";
import { pause, uuid7, verdict } from "../src/retry";
import * as codes from "../../widget/src/generated/protocol";

test("the range of a close code says what to do", () => {
  assert.equal(verdict(4001), "at-once");
  assert.equal(verdict(codes.CLOSE_SlowConsumer), "backoff");
  assert.equal(verdict(codes.CLOSE_Rate), "backoff");
  assert.equal(verdict(codes.CLOSE_Blocked), "stop");
  assert.equal(verdict(codes.CLOSE_Restart), "backoff");
  assert.equal(verdict(1006), "backoff");
});

test("pauses double up to a cap and at least half of each is kept", () => {
  assert.equal(pause(0, 0), 250);
  assert.equal(pause(0, 1), 500);
  assert.equal(pause(3, 0), 2_000);
  assert.equal(pause(30, 1), 20_000);
});

test("ids are UUIDv7, rise, and carry their time", () => {
  const ids = Array.from({ length: 500 }, () => uuid7(1_700_000_000_000));
  assert.equal(new Set(ids).size, 500);
  assert.deepEqual([...ids].sort(), ids);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(uuid7(1_800_000_000_000).startsWith("01a3185c-5000-7"));
});
