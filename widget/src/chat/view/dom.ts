// Elements by hand: no innerHTML, no style attribute, so that the strictest policy has no say.

type Child = Node | string | null | undefined | false;
type Value = string | boolean | null | undefined;

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Readonly<Record<string, Value>> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const name of Object.keys(attributes)) attribute(element, name, attributes[name]);
  for (const child of children) if (child) element.append(child);
  return element;
}

export function button(name: string, act: () => void, ...children: Child[]): HTMLButtonElement {
  const made = h("button", { type: "button", class: name }, ...children);
  made.onclick = act;
  return made;
}

/** Sets, or takes away. */
export function attribute(element: Element, name: string, value: Value): void {
  if (value === true || typeof value === "string") element.setAttribute(name, value === true ? "" : value);
  else element.removeAttribute(name);
}

export function text(node: Node, value: string): void {
  if (node.textContent !== value) node.textContent = value;
}

const SVG = "http://www.w3.org/2000/svg";
/** The design's icons: paths on a grid of 24, drawn with the line of the text. */
export function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.append(line);
  return svg;
}

const LINK = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}']/g;

/** Text with its web addresses as links, put in as text. */
export function linked(value: string): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let from = 0;
  for (const match of value.matchAll(LINK)) {
    parts.push(value.slice(from, match.index), h("a", { href: match[0], target: "_blank", rel: "noreferrer nofollow" }, match[0]));
    from = match.index + match[0].length;
  }
  return [...parts, value.slice(from)];
}
