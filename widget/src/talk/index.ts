// What a talk needs once there is one: how far each has read, who types, what is new below, and the
// announcement of new words to screen readers.

import { fromThem } from "../chat/people.ts";
import { button, h, icon, text } from "../chat/view/dom.ts";
import { SEND } from "../chat/view/icons.ts";
import type { Stage } from "../chat/view/parts.ts";
import { older } from "./older.ts";
import { receipts } from "./receipts.ts";
import { save } from "./save.ts";
import styles from "./styles.css";
import { typing as mine } from "./typing.ts";
import { Typists } from "./typists.ts";

/** So near the top the older messages are fetched. */
const TOP_PX = 120;

export function start(stage: Stage): () => void {
  const { frame, chat, list, after, element } = stage;
  const typists = new Typists(() => draw());
  const typing = h("div", { class: "typing", hidden: true }, h("span", { class: "dots" }, h("i"), h("i"), h("i")), h("span"));
  const said = h("div", { class: "hide", "aria-live": "polite" });
  const jump = button("jump", () => list.toBottom(), icon(SEND), h("span"));
  const back = older(chat);
  const types = mine(stage);
  const tell = receipts(chat, () => (stage.open ? list.seen() : 0));
  // What brought this part is new; what was there before is not.
  let announced = chat.newest ? chat.newest - 1 : chat.log.rev;
  let { conversation } = chat.log;

  const draw = () => {
    const { unread, log, people } = chat;
    const { say } = stage.speech;
    const nameOf = (author: { kind: string; name: string | null }) => author.name ?? say(author.kind === "bot" ? "bot" : "team");
    // Each conversation counts anew. What comes again, or was there before, is not new.
    if (conversation !== log.conversation) announced = 0;
    conversation = log.conversation;
    const fresh = log.messages.filter((message) => message.seq > announced && message.seq <= chat.newest && fromThem(message));
    announced = Math.max(announced, log.rev);
    tell();
    types();
    if (!stage.open) return;
    if (list.element.scrollTop < TOP_PX) back();
    // Said once, with who says it.
    if (fresh.length) said.replaceChildren(...fresh.map((message) => h("p", {}, `${nameOf(message.author)}: ${message.text}`)));
    const [by] = typists.all;
    typing.hidden = !by;
    if (by) text(typing.lastChild!, say("typing", { name: nameOf(people.of(by)) }));
    jump.hidden = list.stuck;
    text(jump.lastChild!, unread ? say("new-below", { n: unread }) : say("to-end"));
  };

  frame.style(styles);
  save(chat);
  chat.ears.push((frame) => {
    if (frame.type === "typing") typists.heard(frame.by, frame.on);
    // Any may have changed the log; a welcome may have emptied it, and what is gone leaves the device, too.
    save(chat);
    if (frame.type !== "changes") return;
    // Who has written does not type any more.
    for (const { author: { kind, id } } of frame.messages ?? []) if (id) typists.heard({ kind, id }, false);
  });
  after.prepend(typing);
  list.element.after(jump);
  element.append(said);
  return draw;
}
