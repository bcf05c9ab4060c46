// What stands with a bot's message: that it is automated, its cards, and the end of a text that grows.

import { button, h, icon, linked } from "../chat/view/dom.ts";
import type { Stage, Tools } from "../chat/view/parts.ts";
import type { Card, CardButton } from "../generated/protocol.ts";
import { BOT, EXTERNAL } from "./icons.ts";
import { safe } from "./safe.ts";

export interface Choice {
  readonly title: string;
  readonly payload?: unknown;
}

export function extras(stage: Stage, choose: (choice: Choice) => void): Tools {
  const act = (one: CardButton) => {
    if (one.url === undefined) return button("act", () => choose(one), one.title);
    const href = safe(one.url);
    // What is no address to go to is shown as what it is called, and leads nowhere.
    return href ? h("a", { class: "act", href, title: href, target: "_blank", rel: "noopener noreferrer" }, one.title, icon(EXTERNAL)) : h("span", { class: "act" }, one.title);
  };
  const card = ({ title, text, buttons = [] }: Card) =>
    h("div", { class: "card", dir: "auto" }, h("b", {}, title), text && h("p", {}, ...linked(text)), ...buttons.map(act));
  return ({ author, first, deleted, message, seq }, line) => {
    if (author.kind !== "bot") return;
    const [by, name] = line.parentElement!.children;
    const words = stage.speech.say("bot-automated");
    if (first) {
      if (!author.avatar_url) by!.firstChild!.replaceWith(h("span", { class: "av" }, icon(BOT)));
      by!.append(h("span", { class: "auto" }, words));
      name!.append(`${words}. `);
    }
    if (!seq) line.firstChild!.appendChild(h("i", { class: "cursor" }));
    if (!deleted) line.append(...(message?.cards ?? []).map(card));
  };
}
