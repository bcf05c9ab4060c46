// What the page may ask of the chat, word for word as the script's documents say it, in the order
// in which it asks. What pages ask rarely comes in a part of its own; what is asked after it waits.

import type { Frame, Run, Verb } from "../contract.ts";
import type { Chat } from "./chat.ts";
import type { Panel } from "./view/panel.ts";

/** After the part could not be fetched. */
const AGAIN_MS = 5_000;

export interface PagePart {
  start(frame: Frame, chat: Chat, panel: Panel): Run;
}

export interface Verbs extends Run {
  /** There is a conversation and a session: from now on the page tells where it is. */
  told(): void;
}

export function verbs(frame: Frame, chat: Chat, panel: Panel, show: (open: boolean) => void, again: Run): Verbs {
  const { signal } = frame;
  const waiting: [Verb, readonly unknown[]][] = [];
  let asked: Promise<void> | undefined;
  let tell: Run | undefined;
  let failed: ReturnType<typeof setTimeout> | undefined;
  const own: Partial<Record<Verb, (words: string) => void>> = {
    open: () => show(true),
    close: () => show(false),
    toggle: () => show(!chat.watched),
    message: (words) => {
      const text = words.trim();
      if (chat.over(text) > 0) frame.emit("error", { title: "message: too long" });
      else if (text) chat.say(text);
    },
    prefill: panel.fill,
    reset: () => chat.reset(),
    resume: () => chat.store.get("live") && chat.start(),
  };
  const act: Run = (verb, args) => {
    const [said] = args as [{ jwt?: string } | undefined];
    // Another sits here since: what was asked after that is for theirs.
    if (signal.aborted) again(verb, args);
    else if (Object.hasOwn(own, verb)) own[verb]!(`${said ?? ""}`);
    else if (tell) tell(verb, args);
    else {
      // The part could not be fetched. Who sits here is said without it, by the hello.
      waiting.push([verb, args]);
      if (verb === "identify") chat.jwt = said?.jwt;
    }
  };
  const flush = () => {
    for (const call of waiting.splice(0)) act(...call);
  };
  const told = () => {
    asked ??= chat.part<PagePart>("page").then(({ start }) => {
      if (!signal.aborted) tell = start(frame, chat, panel);
    }, (error: unknown) => {
      frame.emit("error", error);
      failed = setTimeout(() => {
        failed = asked = undefined;
        if (waiting.length) told();
      }, AGAIN_MS);
    }).then(flush);
  };
  const run: Run = (verb, args) => {
    const now = tell || failed || (!waiting.length && Object.hasOwn(own, verb));
    waiting.push([verb, args]);
    if (now) flush();
    else told();
  };
  return Object.assign(run, { told });
}
