// Elements by hand: no innerHTML, no style attribute, so that the strictest policy has no say.

type Child = Node | string | null | undefined | false;
type Attributes = Readonly<Record<string, string | boolean | null | undefined | EventListener>>;

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else attribute(element, name, value);
  }
  element.append(...children.filter((child): child is Node | string => !!child));
  return element;
}

/** Sets, or takes away, and touches nothing that is already so. */
export function attribute(element: Element, name: string, value: string | boolean | null | undefined): void {
  const wanted = value === true ? "" : value;
  if (typeof wanted !== "string") element.removeAttribute(name);
  else if (element.getAttribute(name) !== wanted) element.setAttribute(name, wanted);
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
    parts.push(value.slice(from, match.index), h("a", { href: match[0], target: "_blank", rel: "noopener noreferrer nofollow" }, match[0]));
    from = match.index + match[0].length;
  }
  return [...parts, value.slice(from)];
}
