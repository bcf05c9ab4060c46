// Words that the script says by itself. They come with the page, in the reader's language; what
// stands in braces is filled in here.

const words = new Map<string, string>();

/** Reads the words out of the page's `<template id="words">`. */
export function learn(template: HTMLTemplateElement | null): void {
  for (const word of template?.content.querySelectorAll<HTMLElement>("[data-key]") ?? []) {
    words.set(word.dataset["key"] ?? "", word.textContent ?? "");
  }
}

/** The words for `js-` + key; the key itself if there are none. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  const text = words.get(`js-${key}`) ?? key;
  return text.replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}
