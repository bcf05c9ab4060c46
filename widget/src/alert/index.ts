// What tells of new messages while the visitor looks elsewhere: the count in the page's title, a
// sound from one tab, and a first glance beside the bubble.

import { avatar } from "../chat/view/avatar.ts";
import { button, h, icon } from "../chat/view/dom.ts";
import { CLOSE } from "../chat/view/icons.ts";
import type { Stage } from "../chat/view/parts.ts";
import type { Message } from "../generated/protocol.ts";
import { chime, MUTE } from "./sound.ts";
import styles from "./styles.css";
import { titles } from "./title.ts";

/** The glance leaves by itself, unless the pointer or the focus is on it. */
const GLANCE_MS = 9_000;

export function start(stage: Stage): () => void {
  const { frame, chat } = stage;
  const title = titles(frame.signal);
  const glance = h("div", { class: "peek", role: "status", hidden: true });
  // What was unread before we came makes no noise; what brought us does.
  let told = 0;
  let talk: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const leave = () => {
    if (glance.matches(":hover, :focus-within")) timer = setTimeout(leave, GLANCE_MS);
    else glance.hidden = true;
  };
  const peek = (message: Message) => {
    const { author } = message;
    const { say, dir } = stage.speech;
    const open = button("body", () => stage.show(true), avatar(author), h("span", {}, h("b", {}, author.name ?? say(author.kind === "bot" ? "bot" : "team")), h("span", { dir: "auto" }, message.text)));
    const away = button("icon", () => (glance.hidden = true), icon(CLOSE));
    away.ariaLabel = say("close");
    glance.dir = dir;
    glance.replaceChildren(open, away);
    glance.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(leave, GLANCE_MS);
  };

  frame.style(styles);
  frame.root.append(glance);
  frame.signal.addEventListener("abort", () => {
    clearTimeout(timer);
    glance.remove();
  });
  return () => {
    const { newest, unread, store, log } = chat;
    title(unread);
    if (stage.open || !unread) glance.hidden = true;
    // Each conversation counts anew.
    if (talk !== log.conversation) told = 0;
    talk = log.conversation;
    if (newest <= told) return;
    told = newest;
    if (stage.open && document.hasFocus()) return;
    if (!store.get(MUTE)) chime(store.prefix);
    const message = log.messages.find(({ seq }) => seq === newest);
    if (message && !stage.open && !frame.inline && !frame.host.hidden) peek(message);
  };
}
