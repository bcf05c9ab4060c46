// What stands with a bot's message: that it is automated, its cards, and the end of a text that grows.

import { button, h, icon, linked } from "../chat/view/dom.ts";
import type { Stage, Tools } from "../chat/view/parts.ts";
import type { Attachment, Card, CardButton } from "../generated/protocol.ts";
import { BOT, EXTERNAL, FILE } from "./icons.ts";
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
  /** A file that is somewhere else: its name, and where. */
  const file = ({ name, url }: Attachment) => {
    const href = safe(url);
    const body = [icon(FILE), h("span", {}, h("b", { dir: "auto" }, name), href && h("small", { dir: "ltr" }, new URL(href).host))];
    return href ? h("a", { class: "card file", href, title: href, target: "_blank", rel: "noopener noreferrer nofollow" }, ...body, icon(EXTERNAL)) : h("div", { class: "card file" }, ...body);
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
    if (!deleted) line.append(...(message?.cards ?? []).map(card), ...(message?.attachments ?? []).map(file));
  };
}
