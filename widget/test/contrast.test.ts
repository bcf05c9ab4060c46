import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, EDGE, mended, on, parse, TEXT, type Rgb } from "../src/colour/contrast.ts";

const WHITE: Rgb = [255, 255, 255];
const DARK: Rgb = [19, 27, 33];
const every = function* (): Generator<Rgb> {
  for (let r = 0; r <= 255; r += 51) for (let g = 0; g <= 255; g += 51) for (let b = 0; b <= 255; b += 51) yield [r, g, b];
};

test("contrast is as WCAG computes it", () => {
  assert.equal(contrast(WHITE, [0, 0, 0]), 21);
  assert.equal(contrast([119, 119, 119], WHITE).toFixed(2), "4.48");
});

test("text on any colour can be read", () => {
  for (const colour of every()) assert.ok(contrast(on(colour), colour) >= TEXT, `${colour}`);
});

test("any colour is mended until it stands out, and no further than needed", () => {
  for (const colour of every()) {
    for (const ground of [WHITE, DARK]) {
      for (const least of [TEXT, EDGE]) assert.ok(contrast(mended(colour, ground, least).map(Math.round) as unknown as Rgb, ground) >= least - 0.05, `${colour} on ${ground}`);
    }
  }
  assert.deepEqual(mended([11, 101, 128], WHITE, TEXT), [11, 101, 128]);
});

test("only a colour is taken for one", () => {
  assert.deepEqual(parse("#2F6FED"), [47, 111, 237]);
  assert.deepEqual(parse("#abc"), [170, 187, 204]);
  for (const odd of ["red", "#12", "#12345", "url(x)", "#2f6fed;}", ""]) assert.equal(parse(odd), undefined, odd);
});
