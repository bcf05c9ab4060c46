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
    const typed = [...old.querySelectorAll("input")].filter((field) => field.id && field.value);
    finish(fresh);
    old.replaceWith(fresh);
    for (const field of typed) takeOver(field);
    // The pressed button may be another one now; the focus stays in its neighbourhood.
    if (focused) (again(focused, fresh) ?? fresh.querySelector<HTMLElement>("button, a"))?.focus();
  }
}

/** What stands in the fresh fragment where this stood. */
function again(old: Element, fresh: HTMLElement): HTMLElement | null {
  if (old.id) return fresh.querySelector(`#${CSS.escape(old.id)}`);
  if (old.closest(".tags")) return fresh.querySelector(".tags input");
  const fold = old.closest<HTMLElement>("[data-fold]")?.dataset["fold"];
  return fold === undefined ? null : fresh.querySelector(`[data-fold="${CSS.escape(fold)}"] > summary`);
}

/** A field that is replaced while somebody types in it keeps what was typed. */
function takeOver(old: HTMLInputElement): void {
  const field = document.getElementById(old.id);
  if (!(field instanceof HTMLInputElement)) return;
  field.value = old.value;
  if (old.type === "text") field.setSelectionRange(old.selectionStart, old.selectionEnd);
}

/** A copy of the one element in a `<template>` of the page. */
export function clone(id: string): HTMLElement | undefined {
  const template = document.getElementById(id);
  const first = template instanceof HTMLTemplateElement ? template.content.firstElementChild : null;
  const copy = first && document.importNode(first, true);
  return copy instanceof HTMLElement ? copy : undefined;
}
