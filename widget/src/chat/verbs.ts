// What the page may ask of the chat, word for word as the script's documents say it.

import type { Frame, Run, Verb } from "../contract.ts";
import type { Chat } from "./chat.ts";
import type { Panel } from "./view/panel.ts";

interface PagePart {
  tell(frame: Frame, chat: Chat, panel: Panel, verb: Verb, args: readonly unknown[]): void;
}

export function verbs(frame: Frame, chat: Chat, panel: Panel, show: (open: boolean) => void): Run {
  return (verb, args) => {
    const words = `${args[0] ?? ""}`.trim();
    switch (verb) {
      case "open": return show(true);
      case "close": return show(false);
      case "toggle": return show(!panel.open);
      case "message": return words ? chat.say(words) : undefined;
      case "prefill": return panel.fill(words);
      case "reset": return reset(chat, show);
      default: chat.part<PagePart>("page").then(({ tell }) => tell(frame, chat, panel, verb, args), (error: unknown) => frame.emit("error", error));
    }
  };
}

function reset(chat: Chat, show: (open: boolean) => void): void {
  show(false);
  chat.reset();
}
