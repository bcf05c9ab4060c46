// What the loader draws: a host with a shadow root, and the bubble in it.

import type { Frame } from "../contract.ts";
import styles from "./loader.css";

export type Drawn = Pick<Frame, "host" | "root" | "bubble" | "mark" | "style">;

export function draw({ offset, position, zIndex, container, launcher }: DOMStringMap): Drawn {
  const make = (name: string) => document.createElement(name);
  const host = make("deskbell-chat");
  const root = host.attachShadow({ mode: "open" });
  const bubble = make("button") as HTMLButtonElement;
  const badge = make("span");
  // A sheet of our own: policies on styles have no say, the page's styles no reach.
  const style = (css: string) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets.push(sheet);
  };
  const mark: Frame["mark"] = (unread, open, label) => {
    badge.textContent = (unread || "") as string;
    bubble.ariaExpanded = open as unknown as string;
    bubble.ariaLabel = label;
  };
  const [x = 24, y = x] = offset?.match(/\d+/g) ?? [];
  const side = position === "left" ? position : "right";
  style(`${styles}:host{${side}:${x}px!important;bottom:${y}px!important;z-index:${zIndex || 2147483000}!important}`);
  host.dataset["side"] = side;
  bubble.id = "b";
  bubble.append(make("i"), badge);
  if (!container && !launcher) root.append(bubble);
  return { host, root, bubble, mark, style };
}
