// What a page may say of its visitor, and to whom it speaks. Rarely used, and never before the chat: a part of its own.

import type { Frame, Verb } from "../contract.ts";
import type { Update } from "../generated/protocol.ts";
import type { Chat, Updates } from "../chat/chat.ts";
import { DARK } from "../chat/theme.ts";
import { uuid7 } from "../chat/uuid7.ts";
import type { Panel } from "../chat/view/panel.ts";

type Fields = Readonly<Record<string, unknown>>;

export function tell(frame: Frame, chat: Chat, panel: Panel, verb: Verb, [first, second]: readonly unknown[]): void {
  switch (verb) {
    case "identify": return identify(chat, fields(first));
    case "set": return update(chat, { attributes: fields(fields(first)["attributes"] ?? first) });
    case "track": return update(chat, { event: { name: String(first), data: second ?? null } });
    case "queue": return update(chat, { queue: String(first) });
    case "theme": return paint(frame, String(first));
    case "locale": return void speak(frame, chat, panel, String(first));
    case "consent": return update(chat, { consent: first === true });
  }
}

/** With a token made by the website's server, or with details that count as unverified. */
function identify(chat: Chat, { jwt, email, name, phone, attributes }: Fields): void {
  if (typeof jwt === "string") return update(chat, { jwt });
  const profile = Object.fromEntries(Object.entries({ email, name, phone }).filter(([, value]) => typeof value === "string"));
  update(chat, { profile, ...(attributes !== undefined && { attributes: fields(attributes) }) });
}

function paint({ host }: Frame, choice: string): void {
  if (choice === "auto") delete host.dataset["chosen"];
  else host.dataset["chosen"] = choice;
  host.dataset["theme"] = host.dataset["chosen"] ?? (matchMedia(DARK).matches ? "dark" : "light");
}

async function speak(frame: Frame, chat: Chat, panel: Panel, wish: string): Promise<void> {
  const spoken = await frame.speak(wish);
  chat.locale = spoken.locale;
  panel.speak(spoken);
  if (chat.live.state === "ready") update(chat, { locale: spoken.locale });
}

/** Kept in memory until answered: the page says it again when it is loaded again. */
class Pending implements Updates {
  readonly #frames = new Map<string, Update>();
  readonly #chat: Chat;

  constructor(chat: Chat) {
    this.#chat = chat;
  }

  add(update: Update): void {
    this.#frames.set(update.id, update);
    this.#chat.live.send({ type: "update", ...update });
  }

  flush(): void {
    for (const update of this.#frames.values()) this.#chat.live.send({ type: "update", ...update });
  }

  settled(id: string): boolean {
    return this.#frames.delete(id);
  }
}

function update(chat: Chat, said: Omit<Update, "id">): void {
  if (said.jwt) chat.jwt = said.jwt;
  if (!(chat.updates instanceof Pending)) chat.updates = new Pending(chat);
  (chat.updates as Pending).add({ ...said, id: uuid7() });
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
