// Where the parts are, and which language to speak.

import type { Spoken, Words } from "../contract.ts";

/** The first of the wishes that we speak. */
export function best(wish?: string): string {
  const wishes = [wish, document.documentElement.lang, ...navigator.languages, "en"];
  return wishes.map((tag) => `${tag}`.slice(0, 2).toLowerCase()).find((tag) => LABELS[tag])!;
}

/** Browsers remember that an import failed: the next try needs another address, and this makes one. */
let again = 0;
export const anew = (): undefined => void again++;

/** Not a sink of Trusted Types, and it keeps the nonce of our own script. */
export function part<T>(base: string, name: string): Promise<T> {
  return import(`${base}/widget/parts/${name}-${BUILD}.js?${again}`) as Promise<T>;
}

export async function speak(base: string, wish?: string): Promise<Spoken> {
  const locale = best(wish);
  return { locale, words: (await part<{ default: Words }>(base, `words-${locale}`)).default };
}
