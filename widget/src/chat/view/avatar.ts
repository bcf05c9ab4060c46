// A face, or the letters of a name on one of six grounds.

import { h, icon } from "./dom.ts";

export interface Face {
  kind: string;
  id: string | null;
  name: string | null;
  avatar: string | null;
}

export function avatar({ kind, id, name, avatar }: Face, here = false): HTMLElement {
  const letters = [...(name ?? "").matchAll(/(?:^|\s)(\p{L})/gu)].map((match) => match[1]).slice(0, 2).join("").toUpperCase();
  const face = h("span", { class: `av c${ground(id ?? "")}`, "aria-hidden": "true" }, kind === "bot" || !letters ? icon(kind === "bot" ? "bot" : "bell") : letters);
  if (avatar) {
    const picture = h("img", { src: avatar, alt: "", error: () => picture.remove() });
    face.append(picture);
  }
  if (here) face.append(h("i"));
  return face;
}

function ground(id: string): number {
  return [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7) % 6 + 1;
}
