// The form that filters a list: it folds up by Escape, or by a click elsewhere.

/** Listens once for the whole page: the list with its form is replaced when another one is shown. */
export function foldFilter(): void {
  const open = () => document.querySelector<HTMLDetailsElement>("#filter[open]");
  document.addEventListener("keydown", (event) => {
    const filter = open();
    if (event.key !== "Escape" || !filter?.contains(event.target as Node)) return;
    event.stopPropagation();
    filter.open = false;
    filter.querySelector("summary")?.focus();
  }, { capture: true });
  document.addEventListener("pointerdown", (event) => {
    const filter = open();
    if (filter && !filter.contains(event.target as Node)) filter.open = false;
  });
}
