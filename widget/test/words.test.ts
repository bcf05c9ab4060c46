import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { rows } from "../src/chat/view/rows.ts";
import { Speech } from "../src/chat/words.ts";
import type { Words } from "../src/contract.ts";
import { LENA, message, VISITOR } from "./messages.ts";

const manifest = JSON.parse(readFileSync("dist/manifest.json", "utf8")) as { build: string; parts: string[] };
const locales = manifest.parts.filter((part) => part.startsWith("words-")).map((part) => part.slice(6));
const load = async (locale: string) => ((await import(`${process.cwd()}/dist/parts/words-${locale}-${manifest.build}.js`)) as { default: Words }).default;
const speech = async (locale: string) => new Speech({ locale, words: await load(locale) });
const bare = (text: string) => text.replace(/[\u2068\u2069]/g, "");

test("every language has the same words", async () => {
  const keys = Object.keys(await load("en"));
  for (const locale of locales) assert.deepEqual(Object.keys(await load(locale)), keys, locale);
});

test("numbers choose their form in each language", async () => {
  const en = await speech("en");
  assert.equal(bare(en.say("chars-over", { n: 1 })), "1 character too many. Your text is still here.");
  assert.equal(bare(en.say("chars-over", { n: 1200 })), "1,200 characters too many. Your text is still here.");
  assert.notEqual((await speech("ar")).say("chars-left", { n: 2 }), (await speech("ar")).say("chars-left", { n: 11 }));
});

test("events become words, unknown ones are not shown", async () => {
  const event = (name: string, params: Record<string, unknown>) => message(1, { id: name, kind: "event", event: { name, params } });
  const messages = [
    event("conversation_started", {}), event("agent_joined", { agent: LENA }), event("conversation_closed", { by: VISITOR }),
    event("conversation_closed", { by: LENA }), event("conversation_closed", { by: { kind: "system", name: null } }), event("moon_landing", {}),
  ];
  const shown = rows({ messages, entries: [], theirs: { delivered: 0, read: 0 }, connected: true, shut: false, speech: await speech("en") });
  const texts = shown.filter(({ kind }) => kind === "event").map((row) => bare("text" in row ? row.text : "").replace(/ \S+ \S+$/, ""));
  assert.deepEqual(texts, ["Lena joined the chat.", "You closed the chat.", "Lena closed the chat.", "The chat was closed."]);
});

test("a state stands under the last of a run, and what waits comes after what is stored", async () => {
  const mine = (seq: number) => message(seq, { author: VISITOR });
  const entries = [{ frame: { type: "send", id: "p1", text: "waits" } as const, at: 0 }];
  const shown = rows({ messages: [mine(1), mine(2), message(3), mine(4)], entries, theirs: { delivered: 4, read: 2 }, connected: false, shut: false, speech: await speech("en") });
  const states = shown.filter((row) => row.kind === "message").map(({ key, state }) => [key, state]);
  assert.deepEqual(states, [["m1", undefined], ["m2", "read"], ["m3", undefined], ["m4", "delivered"], ["p1", "waiting"]]);
});

test("a site's own words go before ours, in their language alone", async () => {
  const de = await speech("de");
  de.texts = { "de.hello": "Moin!", "en.write": "Ask us" };
  assert.equal(de.say("hello"), "Moin!");
  assert.equal(de.say("write"), "Nachricht schreiben");
});
