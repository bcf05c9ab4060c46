// Compiled, never run: every call of the script's documents, and mistakes that the types catch.

import type { Deskbell } from "../src/sdk.d.ts";

export function uses(chat: Deskbell): void {
  for (const verb of ["open", "close", "toggle", "show", "hide", "reset", "destroy"] as const) chat(verb);
  chat("identify", { jwt: "a.b.c" });
  chat("identify", { email: "a@shop.example", name: "Ada", attributes: { plan: "pro" } });
  chat("set", { attributes: { cart: 3 } });
  chat("track", "checkout", { total: 12 });
  chat("message", "Hello");
  chat("prefill", "Where is order ");
  chat("locale", "de");
  chat("theme", "dark");
  chat("queue", "sales");
  chat("consent", true);
  chat("on", "message:received", (message) => message.text.trim());
  chat("off", "unread", (unread) => unread.toFixed());
  document.addEventListener("deskbell:queue:position", ({ detail }) => detail.position.trim());
  // @ts-expect-error no such theme
  chat("theme", "pink");
  // @ts-expect-error no such event
  chat("on", "opened", () => undefined);
  // @ts-expect-error consent is yes or no
  chat("consent", "yes");
}
