// A face, or the letters of a name on one of six grounds.

import { h, icon } from "./dom.ts";
import { BELL } from "./icons.ts";

export interface Face {
  readonly id: string | null;
  readonly name: string | null;
  readonly avatar_url: string | null;
}

export function avatar({ id, name, avatar_url }: Face, here = false): HTMLElement {
  const letters = name?.match(/(?<!\S)\p{L}/gu)?.slice(0, 2).join("").toUpperCase();
  const face = h("span", { class: `av ${id ? `c${ground(id)}` : "site"}`, "aria-hidden": "true" }, letters || icon(BELL), here && h("i"));
  if (avatar_url) {
    const picture = h("img", { src: avatar_url, alt: "" });
    picture.onerror = () => picture.remove();
    face.prepend(picture);
  }
  return face;
}

/** The same person has the same ground everywhere: ids end in random digits. */
function ground(id: string): number {
  return parseInt(id.slice(-4), 16) % 6 || 0;
}
