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
const CIRCLE = "M3.5 12a8.5 8.5 0 1 0 17 0 8.5 8.5 0 1 0-17 0";
const PATHS = {
  send: "M12 19.5v-15M5.5 11 12 4.5 18.5 11",
  x: "m6 6 12 12M18 6 6 18",
  check: "m5 12.5 4.5 4.5L19 7",
  checks: "m2.5 12.5 4 4L15 7.5M11.5 15.5l1.2 1L21.5 7.5",
  clock: `${CIRCLE}M12 7.5V12l3 2`,
  alert: `${CIRCLE}M12 7.5v5M12 16h.01`,
  down: "M12 4.5v15M5.5 13l6.5 6.5 6.5-6.5",
  pencil: "m4.5 19.5.9-4L16 4.9a1.5 1.5 0 0 1 2.1 0l1 1a1.5 1.5 0 0 1 0 2.1L8.5 18.6z",
  trash: "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 12.5h9l1-12.5M10.5 11v5M13.5 11v5",
  bell: "M4.5 16.5a7.5 7.5 0 0 1 15 0zM3.5 19.5h17M12 9V6.5M10 6h4",
  bot: "M7.5 8h9a3 3 0 0 1 3 3v5a3 3 0 0 1-3 3h-9a3 3 0 0 1-3-3v-5a3 3 0 0 1 3-3zM12 8V4.5M9.5 4.5h5M9 12.5v2M15 12.5v2M2.5 12.5v2M21.5 12.5v2",
  offline: "M3.5 9a13 13 0 0 1 4-2.6M20.5 9A13 13 0 0 0 11 5.7M6.7 13a8 8 0 0 1 3-1.9M17.3 13a8 8 0 0 0-2.6-1.7M12 18h.01M4 4l16 16",
};

export type Icon = keyof typeof PATHS;

export function icon(name: Icon): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
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
