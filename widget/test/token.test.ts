import assert from "node:assert/strict";
import { test } from "node:test";
import { Store } from "../src/chat/store.ts";
import { drawToken, token } from "../src/chat/token.ts";

test("a token is 256 bits as base64url without padding", () => {
  const drawn = Array.from({ length: 200 }, drawToken);
  assert.ok(drawn.every((one) => /^[A-Za-z0-9_-]{43}$/.test(one)));
  assert.equal(new Set(drawn).size, drawn.length);
  assert.equal(Buffer.from(drawn[0]!, "base64url").length, 32);
});

test("nothing is written down before it may be, and then one token a site", () => {
  const disk = {};
  const store = new Store("A", disk);
  const first = token(store);
  store.set("o:1", "unsent");
  assert.deepEqual(disk, {});
  assert.equal(token(store), first);
  store.keep();
  assert.deepEqual(disk, { "deskbell:A:token": first, "deskbell:A:o:1": "unsent" });
  assert.equal(token(new Store("A", disk)), first);
  assert.notEqual(token(new Store("B", disk)), first);
});

test("of two tabs that drew a token, the second to write becomes the visitor of the first", () => {
  const disk = {};
  const [left, right] = [new Store("A", disk), new Store("A", disk)];
  const first = token(left);
  assert.notEqual(token(right), first);
  right.set("o:2", "written on the right");
  left.keep();
  right.keep();
  assert.equal(token(right), first);
  assert.equal(left.get("o:2"), "written on the right");
});

test("a tab that has not drawn a token takes the one that another tab wrote down", () => {
  const disk = {};
  const [left, right] = [new Store("A", disk), new Store("A", disk)];
  const first = token(left);
  left.keep();
  assert.ok(right.pending);
  assert.equal(token(right), first);
  assert.ok(!right.pending);
});

test("what does not look like a token is replaced", () => {
  const store = new Store("A", { "deskbell:A:token": "<script>" });
  assert.match(token(store), /^[\w-]{43}$/);
  assert.equal(store.get("token"), token(store));
});

test("without storage there is a token for as long as the tab lives", () => {
  const store = new Store("A", null);
  assert.equal(store.kept, false);
  assert.equal(store.pending, false);
  assert.equal(token(store), token(store));
});

test("clearing touches only this site's keys, and the next visitor is asked anew", () => {
  const disk: Record<string, string> = { "deskbell:A:token": "x", "deskbell:AB:token": "y", cart: "z" };
  const store = new Store("A", disk);
  store.clear();
  assert.deepEqual(disk, { "deskbell:AB:token": "y", cart: "z" });
  store.set("o:1", "of the next");
  assert.deepEqual(disk, { "deskbell:AB:token": "y", cart: "z" });
});

test("a full storage gives up the copy of the chat first, then memory takes over; clearing reaches both", () => {
  const disk: Record<string, string> = { "deskbell:A:token": "t".repeat(43), "deskbell:A:log": "x".repeat(50) };
  let room = 100;
  const shelf = new Proxy(disk, {
    set: (all, key: string, value: string) => {
      const size = Object.entries({ ...all, [key]: value }).reduce((sum, [name, text]) => sum + (name === "deskbell:A:token" ? 0 : text.length), 0);
      if (size > room) throw new Error("QuotaExceededError");
      all[key] = value;
      return true;
    },
  });
  const store = new Store("A", shelf);
  store.set("o:1", "a".repeat(80));
  assert.equal(store.kept, true);
  assert.deepEqual(Object.keys(disk).sort(), ["deskbell:A:o:1", "deskbell:A:token"]);
  assert.equal(store.put("log", "x".repeat(50)), false);
  room = 80;
  store.set("o:2", "b".repeat(80));
  assert.equal(store.kept, false);
  assert.deepEqual(store.keys("o:"), ["o:1", "o:2"]);
  store.clear();
  assert.deepEqual(disk, {});
});
