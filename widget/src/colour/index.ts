// A site's own colour, kept readable: the text on it is black or white, whichever can be read, and
// where it is itself text or an edge it is darkened or lightened until it can be.

import type { Stage } from "../chat/view/parts.ts";
import { mended, mix, on, parse, show, TEXT, EDGE, type Rgb } from "./contrast.ts";

/** So that a bubble is seen at all. */
const SEEN = 1.25;
const GROUNDS: Readonly<Record<"light" | "dark", Rgb>> = { light: [255, 255, 255], dark: [19, 27, 33] };

export function start({ frame, chat }: Stage): () => void {
  let drawn = "";
  return () => {
    const wish = String(chat.site?.appearance["colour"] ?? "");
    const colour = wish === drawn ? undefined : parse(wish);
    drawn = wish;
    if (!colour) return;
    frame.style(`:host{${roles(colour, "light")};--deskbell-color:${show(colour)};--deskbell-on-color:${show(on(colour))}}:host([data-theme="dark"]){${roles(colour, "dark")}}`);
  };
}

export function roles(colour: Rgb, theme: keyof typeof GROUNDS): string {
  const ground = GROUNDS[theme];
  const site = mended(colour, ground, EDGE);
  const out = mended(colour, ground, SEEN);
  return [
    ["out", out], ["on-out", on(out)], ["site", site], ["on-site", on(site)],
    ["accent", mended(colour, ground, TEXT)], ["soft", mix(colour, ground, 0.78)],
  ].map(([role, value]) => `--${role as string}:${show(value as Rgb)}`).join(";");
}
