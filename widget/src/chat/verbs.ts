// What the page may ask of the chat, word for word as the script's documents say it.

import type { Frame, Run } from "../contract.ts";
import type { Chat } from "./chat.ts";
import { theme } from "./theme.ts";
import type { Panel } from "./view/panel.ts";
import { Speech } from "./words.ts";

type Fields = Readonly<Record<string, unknown>>;

export function verbs(frame: Frame, chat: Chat, panel: Panel, show: (open: boolean) => void): Run {
  const paint = theme(frame);
  return (verb, [first, second]) => {
    switch (verb) {
      case "open": return show(true);
      case "close": return show(false);
      case "toggle": return show(!panel.open);
      case "message": return say(chat, first);
      case "prefill": panel.composer.value = String(first ?? ""); return;
      case "identify": return identify(chat, fields(first));
      case "set": return chat.update({ attributes: fields(fields(first)["attributes"] ?? first) });
      case "track": return chat.update({ event: { name: String(first), data: second ?? null } });
      case "queue": return chat.update({ queue: String(first) });
      case "consent": return chat.update({ consent: first === true });
      case "locale": return void speak(frame, chat, panel, String(first));
      case "theme": return paint(String(first));
      case "reset": return reset(chat, show);
    }
  };
}

function say(chat: Chat, text: unknown): void {
  if (typeof text === "string" && text.trim()) chat.say(text.trim());
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

function reset(chat: Chat, show: (open: boolean) => void): void {
  show(false);
  chat.reset();
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
