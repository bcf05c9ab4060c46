// What a page may say of its visitor, and to whom it speaks. Rarely used, and never before the chat: a part of its own.

import type { Frame, Verb } from "../contract.ts";
import type { Chat } from "../chat/chat.ts";
import type { Panel } from "../chat/view/panel.ts";
import { Speech } from "../chat/words.ts";

type Fields = Readonly<Record<string, unknown>>;

export function tell(frame: Frame, chat: Chat, panel: Panel, verb: Verb, [first, second]: readonly unknown[]): void {
  switch (verb) {
    case "identify": return identify(chat, fields(first));
    case "set": return chat.update({ attributes: fields(fields(first)["attributes"] ?? first) });
    case "track": return chat.update({ event: { name: String(first), data: second ?? null } });
    case "queue": return chat.update({ queue: String(first) });
    case "locale": return void speak(frame, chat, panel, String(first));
    case "consent": return chat.update({ consent: first === true });
  }
}

/** With a token made by the website's server, or with details that count as unverified. */
function identify(chat: Chat, { jwt, email, name, phone, attributes }: Fields): void {
  if (typeof jwt === "string") return chat.update({ jwt });
  const profile = Object.fromEntries(Object.entries({ email, name, phone }).filter(([, value]) => typeof value === "string"));
  chat.update({ profile, ...(attributes !== undefined && { attributes: fields(attributes) }) });
}

async function speak(frame: Frame, chat: Chat, panel: Panel, wish: string): Promise<void> {
  const { locale, words } = await frame.speak(wish);
  chat.locale = locale;
  panel.speak(new Speech(locale, words));
  if (chat.live.state === "ready") chat.update({ locale });
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
