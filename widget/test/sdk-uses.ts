// Compiled, never run: every call and every event of docs/embedding.md, and mistakes that the types
// catch. And what the protocol gives is what the types promise.

import type { Deskbell, DeskbellAvailability, DeskbellEvents, DeskbellMessage, DeskbellPerson, DeskbellProblem, DeskbellQueuePlace } from "../deskbell.d.ts";
import type { EventName } from "../src/contract.ts";
import type { Availability, Message, Owner, Problem, QueuePlace } from "../src/generated/protocol.ts";

export function calls(chat: Deskbell): void {
  for (const verb of ["open", "close", "toggle", "show", "hide", "reset", "destroy"] as const) chat(verb);
  chat("identify", { jwt: "a.b.c" });
  chat("identify", { email: "a@shop.example", name: "Ada", phone: "+44 20 7946 0000", attributes: { plan: "pro" } });
  chat("set", { attributes: { cart: 3, vip: true, coupon: null } });
  chat("track", "checkout");
  chat("track", "checkout", { total: 12 });
  chat("message", "Hello");
  chat("prefill", "Where is order ");
  chat("locale", "de");
  chat("theme", "dark");
  chat("queue", "sales");
  chat("consent", true);
}

export function events(chat: Deskbell): void {
  for (const event of ["ready", "open", "close"] as const) chat("on", event, () => undefined);
  chat("on", "message:sent", ({ id }) => id.trim());
  chat("on", "message:received", ({ author, text, created_at }) => `${author.name ?? author.kind}: ${text} ${Date.parse(created_at)}`);
  chat("on", "unread", (count) => count.toFixed());
  chat("off", "unread", (count) => count.toFixed());
  chat("on", "conversation:started", ({ id }) => id.trim());
  chat("on", "conversation:assigned", ({ name }) => name?.trim());
  chat("on", "conversation:closed", ({ id }) => id.trim());
  chat("on", "queue:position", ({ position, wait_s }) => `${position} ${wait_s?.low ?? 0}`);
  chat("on", "availability", ({ online, next_open_at }) => `${online} ${next_open_at ?? ""}`);
  chat("on", "error", ({ title, message, status }) => `${title ?? message ?? ""} ${status ?? 0}`);
  document.addEventListener("deskbell:queue:position", ({ detail }) => detail.position.trim());
  document.addEventListener("deskbell:unread", ({ detail }) => detail.toFixed());
}

export function mistakes(chat: Deskbell): void {
  // @ts-expect-error no such call
  chat("opne");
  // @ts-expect-error no such theme
  chat("theme", "pink");
  // @ts-expect-error no such event
  chat("on", "opened", () => undefined);
  // @ts-expect-error consent is yes or no
  chat("consent", "yes");
  // @ts-expect-error attributes are flat
  chat("set", { attributes: { cart: { items: 3 } } });
  // @ts-expect-error a count is a number
  chat("on", "unread", (count) => count.trim());
}

/** Each of these lines is an assignment that has to hold. */
export const promised: [
  (from: Message) => DeskbellMessage,
  (from: Owner) => DeskbellPerson,
  (from: QueuePlace) => DeskbellQueuePlace,
  (from: Availability) => DeskbellAvailability,
  (from: Problem | Error) => DeskbellProblem,
  (from: EventName) => keyof DeskbellEvents,
  (from: keyof DeskbellEvents) => EventName,
] = [(from) => from, (from) => from, (from) => from, (from) => from, (from) => from, (from) => from, (from) => from];
