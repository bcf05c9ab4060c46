import assert from "node:assert/strict";
import { test } from "node:test";

/** The part wants a document only to find an untouched realm; here its own will do. */
const bare = { append: () => undefined };
Object.assign(globalThis, {
  window: globalThis,
  document: { createElement: () => ({ contentWindow: null }), querySelector: () => ({ shadowRoot: bare }) },
});
const { JSON: guarded } = await import("../src/guard/index.ts");

const SAMPLES: unknown[] = [
  "plain", "", 'quotes " and \\ and / and \u2028', "\u0000\b\t\n\f\r\u001f", "emoji 🚲 and ü and ﷺ", 0, -1.5, 1e21, NaN, Infinity, true, false, null,
  [], ["a", 1, null, undefined, [true]], {}, { a: 1, b: undefined, c: { d: ["e"] }, "f g": null },
  { type: "send", id: "018f", text: "Hello", attachments: ["x", "y"], payload: { deep: [{ er: "…" }] } },
];

test("writes plain data as the language does", () => {
  for (const sample of SAMPLES) assert.deepEqual(JSON.parse(guarded.stringify(sample)!), JSON.parse(JSON.stringify(sample)));
  assert.equal(guarded.stringify(undefined), undefined);
  assert.equal(guarded.stringify({ a: ["b"], c: 1 }), '{"a":["b"],"c":1}');
});

test("a lone half of a surrogate pair is escaped, as in well-formed JSON", () => {
  assert.equal(guarded.stringify("a\ud83d"), '"a\\ud83d"');
  assert.equal(guarded.stringify("\ud83d\ude00"), '"😀"');
});

test("whatever a page has put on everything is not asked", () => {
  Object.assign(Array.prototype, { toJSON: () => "an array" });
  Object.assign(String.prototype, { toJSON: () => "a string" });
  try {
    assert.notEqual(JSON.stringify({ a: ["b"] }), '{"a":["b"]}');
    assert.equal(guarded.stringify({ a: ["b"] }), '{"a":["b"]}');
  } finally {
    Reflect.deleteProperty(Array.prototype, "toJSON");
    Reflect.deleteProperty(String.prototype, "toJSON");
  }
});
