// What a page may say of its visitor, to whom it speaks, and where it is. Rarely used, and never
// before the chat: a part of its own.

import type { Frame, Run } from "../contract.ts";
import type { Update } from "../generated/protocol.ts";
import type { Chat } from "../chat/chat.ts";
import { DARK } from "../chat/theme.ts";
import type { Panel } from "../chat/view/panel.ts";
import { Pending } from "./pending.ts";
import { watch } from "./place.ts";

type Fields = Readonly<Record<string, unknown>>;
type Said = Omit<Update, "id">;

export function start(frame: Frame, chat: Chat, panel: Panel): Run {
  const pending = new Pending(frame, chat);
  chat.updates = pending;
  watch(frame, chat, pending);
  const update = (said: Said | string) => {
    if (typeof said === "string") frame.emit("error", { title: said });
    else pending.add(said);
  };
  return (verb, [first, second]) => {
    switch (verb) {
      case "identify": return identify(pending, fields(first), update);
      case "set": return update(isFields(fields(first)["attributes"]) ? { attributes: fields(fields(first)["attributes"]) } : "set: give {attributes: {…}}");
      case "track": return update(isText(first) ? { event: { name: first, data: second ?? null } } : "track: give the event a name");
      case "queue": return update(isText(first) ? { queue: first } : "queue: give its name");
      case "consent": return update(typeof first === "boolean" ? { consent: first } : "consent: give true or false");
      case "theme": return /^(light|dark|auto)$/.test(`${first}`) ? paint(frame, `${first}`) : update("theme: give light, dark or auto");
      case "locale": return isText(first) ? void speak(frame, chat, panel, first).catch((error: unknown) => frame.emit("error", error)) : update("locale: give a language, such as de");
      default: update(`There is no call ${String(verb)}.`);
    }
  };
}

/** With a token made by the website's server, or with details that count as unverified. */
function identify(pending: Pending, { jwt, email, name, phone, attributes }: Fields, update: (said: Said | string) => void): void {
  if (isText(jwt)) return pending.identify(jwt);
  const details = Object.entries({ email, name, phone }).filter(([, value]) => isText(value));
  if (!details.length && !isFields(attributes)) return update("identify: give {jwt}, or an email, a name, a phone or attributes");
  update({ ...(details.length && { profile: Object.fromEntries(details) }), ...(isFields(attributes) && { attributes: { ...attributes } }) });
}

function paint({ host }: Frame, choice: string): void {
  if (choice === "auto") delete host.dataset["chosen"];
  else host.dataset["chosen"] = choice;
  host.dataset["theme"] = host.dataset["chosen"] ?? (matchMedia(DARK).matches ? "dark" : "light");
}

async function speak(frame: Frame, chat: Chat, panel: Panel, wish: string): Promise<void> {
  const spoken = await frame.speak(wish);
  // The frame keeps it for whoever sits here next.
  Object.assign(frame, spoken);
  chat.locale = spoken.locale;
  panel.speak(spoken);
  if (chat.live.state === "ready" && chat.open) chat.updates?.add({ locale: spoken.locale });
}

function isText(value: unknown): value is string {
  return typeof value === "string" && !!value.trim();
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function fields(value: unknown): Fields & Record<string, unknown> {
  return isFields(value) ? { ...value } : {};
}
