// The one place where HTML becomes elements. It takes only what the server rendered for this
// session, through the Trusted Types policy `deskbell-console`.

interface Policy {
  createHTML(html: string): string;
}
interface Factory {
  createPolicy(name: string, rules: { createHTML: (html: string) => string }): Policy;
}

/** What makes a fresh element fit for reading: times in the reader's words. */
type Finish = (fresh: HTMLElement) => void;

const types = (globalThis as { trustedTypes?: Factory }).trustedTypes;
const policy: Policy = types?.createPolicy("deskbell-console", { createHTML: (html) => html }) ?? { createHTML: (html) => html };

/** The elements of a fragment, parsed where nothing in them can run. */
export function elements(html: string): HTMLElement[] {
  const template = document.createElement("template");
  template.innerHTML = policy.createHTML(html);
  return [...template.content.children].filter((child) => child instanceof HTMLElement);
}

/** Puts each element of the fragment in place of the page's element with the same id. */
export function replace(html: string, finish: Finish): void {
  for (const fresh of elements(html)) {
    const old = fresh.id ? document.getElementById(fresh.id) : null;
    if (!old) continue;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    finish(fresh);
    old.replaceWith(fresh);
    // The pressed button may be another one now; the focus stays in its neighbourhood.
    if (focused) fresh.querySelector<HTMLElement>("button, a")?.focus();
  }
}

/** A copy of the one element in a `<template>` of the page. */
export function clone(id: string): HTMLElement | undefined {
  const template = document.getElementById(id);
  const first = template instanceof HTMLTemplateElement ? template.content.firstElementChild : null;
  const copy = first && document.importNode(first, true);
  return copy instanceof HTMLElement ? copy : undefined;
}
