// A page over the conversation, with a way back.

import { button, h, icon } from "../chat/view/dom.ts";
import type { Stage } from "../chat/view/parts.ts";
import type { ServerFrame } from "../generated/protocol.ts";
import { LEFT } from "./icons.ts";

type Hear = (frame: ServerFrame) => void;

export interface Sheet {
  /** Shows these under a title; what was there goes. */
  open(title: string, ...content: (Node | false)[]): void;
  close(): void;
  /** To be told of every frame while this page is shown. */
  onFrame(hear: Hear): void;
}

export function sheet({ element, frame, chat, speech }: Stage): Sheet {
  const title = h("h3", { id: "sheet", tabindex: "-1" });
  const back = button("icon back", () => self.close(), icon(LEFT));
  const body = h("div", { class: "body" });
  const page = h("div", { class: "sheet", role: "region", "aria-labelledby": "sheet", hidden: true }, h("div", { class: "top" }, back, title), body);
  let hearing: Hear | undefined;
  let from: HTMLElement | null = null;

  const self: Sheet = {
    open: (name, ...content) => {
      if (page.hidden) from = frame.root.activeElement as HTMLElement | null;
      hearing = undefined;
      title.textContent = name;
      body.replaceChildren(...content.filter((one) => one !== false));
      body.scrollTop = 0;
      page.hidden = false;
      // What lies under the page is out of reach.
      element.toggleAttribute("data-sheet", true);
      title.focus({ preventScroll: true });
    },
    close: () => {
      page.hidden = true;
      element.toggleAttribute("data-sheet", false);
      hearing = undefined;
      from?.focus({ preventScroll: true });
    },
    onFrame: (hear) => (hearing = hear),
  };
  page.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    self.close();
  };
  back.ariaLabel = speech.say("back");
  chat.ears.push((one) => hearing?.(one));
  element.querySelector("header")!.after(page);
  return self;
}
