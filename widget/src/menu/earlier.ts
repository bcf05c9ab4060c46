// Earlier conversations: the list, and one of them to read.

import { button, h, linked } from "../chat/view/dom.ts";
import { eventText } from "../chat/view/rows.ts";
import type { Stage } from "../chat/view/parts.ts";
import type { EarlierConversation, Message } from "../generated/protocol.ts";
import type { Sheet } from "./sheet.ts";

/** Messages of one that are shown at a time. */
const PAGE = 50;

export function earlier(stage: Stage, pages: Sheet): void {
  const { chat, speech } = stage;
  const { say } = speech;
  const list = h("div", { class: "chats" });
  const note = h("p", { role: "status" }, say("connecting"));
  const nameOf = ({ author: { kind, name } }: Message) => (kind === "visitor" ? say("you") : name ?? say(kind === "bot" ? "bot" : "team"));
  const line = (one: EarlierConversation) => {
    const when = h("time", {}, speech.moment(one.updated_at));
    const now = one.id === chat.log.conversation;
    return button("chat", () => (now ? pages.close() : read(stage, pages, one)),
      h("b", {}, now ? say("earlier-now") : nameOf(one.last_message!)), when, h("span", { dir: "auto" }, one.last_message?.text ?? ""));
  };
  pages.open(say("menu-earlier"), note, list);
  if (!chat.live.send({ type: "list" })) note.textContent = say("earlier-offline");
  pages.onFrame((frame) => {
    if (frame.type !== "conversations") return;
    const items = frame.items.filter(({ last_message }) => last_message);
    note.textContent = items.length ? "" : say("earlier-none");
    list.replaceChildren(...items.map(line));
  });
}

function read(stage: Stage, pages: Sheet, { id, started_at }: EarlierConversation): void {
  const { chat, speech } = stage;
  const { say } = speech;
  const log = h("div", { class: "past" });
  const more = button("more", () => ask(), say("earlier-more"));
  const note = h("p", { role: "status" }, say("connecting"));
  let low = Number.MAX_SAFE_INTEGER;
  const ask = () => {
    more.hidden = true;
    if (!chat.live.send({ type: "history", conversation: id, before_seq: low, limit: PAGE })) note.textContent = say("earlier-offline");
  };
  const line = (message: Message) => {
    const { author, event, deleted_at, text } = message;
    if (event) return h("div", { class: "event" }, eventText(event, speech) ?? "");
    const own = author.kind === "visitor";
    const words = deleted_at ? [say(own ? "you-deleted" : "they-deleted")] : linked(text);
    return h("div", { class: `msg first ${own ? "out" : author.kind}` },
      h("div", { class: "by" }, h("bdi", {}, own ? say("you") : author.name ?? say("team")), " ", speech.time(message.created_at)),
      h("div", { class: "b", dir: "auto" }, ...words));
  };
  pages.open(speech.day(started_at), note, more, log);
  ask();
  pages.onFrame((page) => {
    if (page.type !== "page" || page.conversation !== id) return;
    const messages = page.messages ?? [];
    note.textContent = "";
    low = messages[0]?.seq ?? low;
    more.hidden = !page.more;
    log.prepend(...messages.map(line));
  });
}
