// What the page may ask of the chat, word for word as the script's documents say it, in the order
// in which it asks. What pages ask rarely comes in a part of its own; what is asked after it waits.

import type { Frame, Run, Verb } from "../contract.ts";
import type { Chat } from "./chat.ts";
import type { Panel } from "./view/panel.ts";

export interface PagePart {
  start(frame: Frame, chat: Chat, panel: Panel): Run;
}

export interface Verbs extends Run {
  /** There is a conversation and a session: from now on the page tells where it is. */
  told(): void;
}

export function verbs(frame: Frame, chat: Chat, panel: Panel, show: (open: boolean) => void): Verbs {
  const waiting: [Verb, readonly unknown[]][] = [];
  let asked: Promise<void> | undefined;
  let tell: Run | undefined;
  const own: Partial<Record<Verb, (words: string) => void>> = {
    open: () => show(true),
    close: () => show(false),
    toggle: () => show(!chat.watched),
    message: (words) => words.trim() && chat.say(words.trim()),
    prefill: panel.fill,
    reset: () => chat.reset(),
    resume: () => chat.store.get("live") && chat.start(),
  };
  const act: Run = (verb, args) => {
    if (Object.hasOwn(own, verb)) own[verb]!(`${args[0] ?? ""}`);
    else tell?.(verb, args);
  };
  const told = () => {
    asked ??= chat.part<PagePart>("page").then(({ start }) => void (tell = start(frame, chat, panel)), (error: unknown) => {
      asked = undefined;
      frame.emit("error", error);
    }).then(() => {
      for (const call of waiting.splice(0)) act(...call);
    });
  };
  const run: Run = (verb, args) => {
    if (tell || (!waiting.length && Object.hasOwn(own, verb))) return act(verb, args);
    waiting.push([verb, args]);
    told();
  };
  return Object.assign(run, { told });
}
