import assert from "node:assert/strict";
import { test } from "node:test";
import { Store } from "../src/chat/store.ts";
import { drawToken, token } from "../src/chat/token.ts";

const wanted = () => true;

test("a token is 256 bits as base64url without padding", () => {
  const drawn = Array.from({ length: 200 }, drawToken);
  assert.ok(drawn.every((one) => /^[A-Za-z0-9_-]{43}$/.test(one)));
  assert.equal(new Set(drawn).size, drawn.length);
  assert.equal(Buffer.from(drawn[0]!, "base64url").length, 32);
});

test("the device keeps one token a site", async () => {
  const disk = {};
  const first = await token(new Store("A", disk), wanted);
  assert.equal(await token(new Store("A", disk), wanted), first);
  assert.notEqual(await token(new Store("B", disk), wanted), first);
});

test("what does not look like a token is replaced", async () => {
  const store = new Store("A", { "deskbell:A:token": "<script>" });
  assert.match(await token(store, wanted), /^[\w-]{43}$/);
  assert.equal(store.get("token"), await token(store, wanted));
});

test("without storage there is a token for as long as the tab lives", async () => {
  const store = new Store("A", null);
  assert.equal(store.kept, false);
  assert.equal(await token(store, wanted), await token(store, wanted));
});

test("clearing touches only this site's keys", () => {
  const disk: Record<string, string> = { "deskbell:A:token": "x", "deskbell:AB:token": "y", cart: "z" };
  new Store("A", disk).clear();
  assert.deepEqual(disk, { "deskbell:AB:token": "y", cart: "z" });
});

test("whoever has left by now draws none", async () => {
  const disk: Record<string, string> = {};
  assert.equal(await token(new Store("A", disk), () => false), "");
  assert.deepEqual(disk, {});
});
