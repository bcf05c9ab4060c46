// The head of the window: who answers, and whether somebody is there.

import type { Chat } from "../chat.ts";
import type { Speech } from "../words.ts";
import { avatar } from "./avatar.ts";
import { attribute, h, icon, text } from "./dom.ts";

export class Head {
  readonly element: HTMLElement;
  readonly #face = h("span", { class: "face" });
  readonly #title = h("h2", { class: "t", id: "t", dir: "auto" });
  readonly #sub = h("div", { class: "s" });
  readonly #close: HTMLButtonElement;
  #drawn = "";

  constructor(close: () => void, inline: boolean) {
    this.#close = h("button", { type: "button", class: "icon", hidden: inline, click: close }, icon("x"));
    this.element = h("header", {}, this.#face, h("div", { class: "who" }, this.#title, this.#sub), this.#close);
  }

  show(chat: Chat, speech: Speech): void {
    const owner = chat.people.owner(chat.log.head);
    const site = chat.site?.name ?? speech.say("title");
    const person = owner?.kind === "agent" ? owner : null;
    const here = person ? person.here : !!chat.availability?.online;
    text(this.#title, person?.name ?? site);
    text(this.#sub, person?.name ? (here ? `${site}, ${speech.say("here-now")}` : site) : status(chat, speech));
    attribute(this.#sub, "data-here", !person && here);
    attribute(this.#sub, "data-away", !person && chat.availability?.online === false);
    attribute(this.#close, "aria-label", speech.say("close"));
    const face = person ?? { kind: "team", id: null, name: "", avatar: null };
    const sign = JSON.stringify([face, here]);
    if (sign !== this.#drawn) this.#face.replaceChildren(avatar(face, !!person && here));
    this.#drawn = sign;
  }
}

function status(chat: Chat, speech: Speech): string {
  const { availability, log } = chat;
  if (log.head?.state === "closed") return speech.say("chat-closed");
  if (!availability) return chat.live.state === "stopped" ? "" : speech.say("connecting");
  if (availability.online) {
    const within = availability.reply_within_s;
    return within === undefined ? speech.say("online") : speech.say("reply-within", { n: Math.max(1, Math.round(within / 60)) });
  }
  const { next_open_at } = availability;
  return next_open_at ? speech.say("back-at", { when: speech.moment(next_open_at) }) : speech.say("offline-hours");
}
