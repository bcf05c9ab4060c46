// The head of the window: who answers, and whether somebody is there.

import type { Chat } from "../chat.ts";
import type { Speech } from "../words.ts";
import { avatar, type Face } from "./avatar.ts";
import { attribute, button, h, icon, text } from "./dom.ts";
import { CLOSE, MORE } from "./icons.ts";

const NOBODY: Face = { id: null, name: null, avatar_url: null };

export interface Head {
  readonly element: HTMLElement;
  draw(speech: Speech): void;
}

export function head(chat: Chat, close: () => void, more: () => void): Head {
  const face = h("span");
  const title = h("h2", { id: "t" });
  const sub = h("div", { class: "s" });
  const menu = button("icon", more, icon(MORE));
  const leave = button("icon x", close, icon(CLOSE));
  let drawn = "";
  return {
    element: h("header", {}, face, h("div", {}, title, sub), menu, leave),
    draw: (speech) => {
      const { say } = speech;
      const site = chat.site?.name ?? say("title");
      const person = chat.people.owner(chat.log.head);
      const online = person || chat.log.head?.state === "closed" ? undefined : chat.availability?.online;
      const sign = JSON.stringify(person);
      text(title, person?.name ?? site);
      text(sub, person?.here ? say("here-now", { site }) : person ? site : status(chat, speech));
      attribute(sub, "data-here", online);
      attribute(sub, "data-away", online === false);
      attribute(menu, "aria-label", say("menu"));
      attribute(leave, "aria-label", say("close"));
      if (sign !== drawn) face.replaceChildren(avatar(person ?? NOBODY, person?.here));
      drawn = sign;
    },
  };
}

function status({ availability, log, live }: Chat, { say, moment }: Speech): string {
  if (log.head?.state === "closed") return say("chat-closed");
  if (!availability) return live.state === "connecting" ? say("connecting") : "";
  const { online, reply_within_s, next_open_at } = availability;
  if (online) return reply_within_s ? say("reply-within", { n: Math.ceil(reply_within_s / 60) }) : say("online");
  return next_open_at ? say("back-at", { when: moment(next_open_at) }) : say("offline-hours");
}
