import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { growth } from "../src/bot/growth.ts";
import { safe } from "../src/bot/safe.ts";
import { Log } from "../src/chat/log.ts";
import type { Stage } from "../src/chat/view/parts.ts";
import { rows, type Row } from "../src/chat/view/rows.ts";
import { Speech } from "../src/chat/words.ts";
import type { ServerFrame } from "../src/generated/protocol.ts";
import { changes, CONVERSATION, message, VISITOR } from "./messages.ts";

const PEDAL = { kind: "bot", id: "018f0000-0000-7000-8000-0000000000b0", name: "Pedal", avatar_url: null } as const;
const BOT = { conversation: { id: CONVERSATION, state: "bot", owner: PEDAL, epoch: 3 } };
const partial = (text: string, id = "m3"): ServerFrame => ({ type: "partial", message: id, text });

/** A chat with a bot in it, without a window: frames go in, what grows comes out. */
function stand({ still = false } = {}) {
  globalThis.matchMedia = (() => ({ matches: still })) as unknown as typeof matchMedia;
  const log = new Log(() => undefined);
  const heard: ServerFrame[] = [];
  const ears: ((frame: ServerFrame) => unknown)[] = [(frame) => heard.push(frame)];
  const end = new AbortController();
  let drawn = 0;
  const stage = { chat: { log, ears }, frame: { signal: end.signal }, growing: [], draw: () => (drawn += 1) } as unknown as Stage;
  const take = (frame: ServerFrame) => {
    if (frame.type === "changes") log.apply(frame);
    for (const hear of [...ears]) hear(frame);
  };
  growth(stage);
  take(changes(0, 2, [message(1, { author: VISITOR }), message(2, { author: PEDAL })], BOT));
  return { stage, log, take, end, heard, text: () => stage.growing.map(({ text }) => text).join("|"), drawn: () => drawn };
}

test("an answer grows, and the stored one takes its place under the same key", () => {
  const { stage, log, take, end, text } = stand();
  take(partial("It left"));
  take(partial("It left Bristol"));
  assert.equal(text(), "It left Bristol");
  const keys = () => rows({ messages: [...log.messages, ...stage.growing], entries: [], theirs: { delivered: 0, read: 0 }, connected: true, shut: false, speech: new Speech({ locale: "en", words: new Proxy({}, { get: () => "" }) as never }) }).map(({ key }: Row) => key);
  const before = keys();
  assert.equal(before.at(-1), "m3");
  take(changes(2, 3, [message(3, { author: PEDAL, text: "It left Bristol this morning.", created_at: new Date().toISOString() })], BOT));
  assert.equal(text(), "");
  assert.deepEqual(keys(), before);
  end.abort();
});

test("a late piece of what is stored by now is nothing", () => {
  const { take, text } = stand();
  take(partial("again", "m2"));
  assert.equal(text(), "");
});

test("what grows is dropped when somebody else has the chat, or the bot has it anew", () => {
  for (const conversation of [{ ...BOT.conversation, epoch: 4, state: "assigned", owner: { ...PEDAL, kind: "agent" as const } }, { ...BOT.conversation, epoch: 5 }, { ...BOT.conversation, state: "closed", owner: null }]) {
    const { take, text } = stand();
    take(partial("It left"));
    take(changes(2, 3, [], { conversation }));
    assert.equal(text(), "", JSON.stringify(conversation));
  }
});

test("a piece that comes after the take-over is not shown", () => {
  const { take, text } = stand();
  take(changes(2, 3, [], { conversation: { ...BOT.conversation, epoch: 4, state: "queued" } }));
  take(partial("late"));
  assert.equal(text(), "");
});

test("it is dropped after 15 s without a word, and drawn once more", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { take, text, drawn } = stand();
  take(partial("It left"));
  mock.timers.tick(14_999);
  take(partial("It left Bristol"));
  mock.timers.tick(14_999);
  assert.equal(text(), "It left Bristol");
  assert.equal(drawn(), 0);
  mock.timers.tick(1);
  assert.equal(text(), "");
  assert.equal(drawn(), 1);
  mock.timers.reset();
});

test("whose words are there does not type any more", () => {
  const { take, heard, end } = stand();
  take(partial("It left"));
  take(partial("It left Bristol"));
  assert.deepEqual(heard.filter(({ type }) => type === "typing").map((frame) => frame.type === "typing" && [frame.by.id, frame.on]), [[PEDAL.id, false]]);
  end.abort();
});

test("where nothing is to move it grows by sentences", () => {
  const { take, text, end } = stand({ still: true });
  take(partial("It left Bristol"));
  assert.equal(text(), "");
  take(partial("It left Bristol. You get"));
  assert.equal(text(), "It left Bristol.");
  take(partial("وصل طلبك؟ نعم"));
  assert.equal(text(), "وصل طلبك؟");
  end.abort();
});

test("a button leads to pages, mail and telephones, and nowhere else", () => {
  assert.equal(safe("https://shop.example/a b"), "https://shop.example/a%20b");
  assert.equal(safe("HTTP://shop.example"), "http://shop.example/");
  assert.equal(safe("mailto:help@shop.example"), "mailto:help@shop.example");
  assert.equal(safe("tel:+441174960000"), "tel:+441174960000");
  for (const bad of ["javascript:alert(1)", " JavaScript:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "blob:https://shop.example/x", "//shop.example", "/order", "order", ""]) assert.equal(safe(bad), undefined, bad);
});
