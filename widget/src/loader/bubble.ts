// What the loader draws: a host with a shadow root, and the bubble in it.

import type { Frame } from "../contract.ts";
import styles from "./loader.css";

export type Drawn = Pick<Frame, "host" | "root" | "bubble" | "mark" | "style">;

export function draw(dataset: DOMStringMap): Drawn {
  const make = document.createElement.bind(document);
  const host = make("deskbell-chat");
  const root = host.attachShadow({ mode: "open" });
  const bubble = make("button") as HTMLButtonElement;
  const badge = make("span");
  // A sheet of our own: policies on styles have no say, the page's styles no reach.
  const style = (css: string) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  };
  const mark: Frame["mark"] = (unread, open, label) => {
    badge.textContent = unread ? `${unread}` : "";
    bubble.ariaExpanded = `${open}`;
    bubble.ariaLabel = label;
  };
  const [x = 24, y = x] = dataset["offset"]?.match(/\d+/g) ?? [];
  const side = dataset["position"] === "left" ? "left" : "right";
  style(`${styles}:host{${side}:${x}px!important;bottom:${y}px!important;z-index:${Number(dataset["zIndex"]) || 2147483000}!important}`);
  host.dataset["side"] = side;
  bubble.id = "b";
  bubble.append(make("i"), badge);
  if (!dataset["container"] && !dataset["launcher"]) root.append(bubble);
  return { host, root, bubble, mark, style };
}
