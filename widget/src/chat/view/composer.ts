// Where the visitor writes. It never stops working: what is written goes to the outbox.

import type { Chat } from "../chat.ts";
import type { Speech } from "../words.ts";
import { attribute, h, icon, text } from "./dom.ts";
import { SEND } from "./icons.ts";

/** How near the end the counter appears. */
const NEAR = 200;

export interface Composer {
  readonly element: HTMLElement;
  draw(speech: Speech): void;
  fill(value: string): void;
  focus(): void;
}

export function composer(chat: Chat, sent: () => void): Composer {
  let speech: Speech | undefined;

  const field = h("textarea", { rows: "1", dir: "auto", enterkeyhint: "send", autocomplete: "off" });
  // The twin behind the field has its height: it grows without a style of its own.
  const grow = h("div", { class: "grow" }, field);
  const send = h("button", { class: "send" }, icon(SEND));
  const count = h("div", { class: "count", role: "status" });
  const form = h("form", { class: "comp" }, grow, send);
  const focus = () => field.focus({ preventScroll: true });

  const draw = () => {
    const over = chat.over(field.value);
    const idle = !field.value.trim() || over > 0;
    const words = over > 0 ? speech?.say("chars-over", { n: over }) : over > -NEAR && speech?.say("chars-left", { n: -over });
    attribute(grow, "data-twin", field.value);
    attribute(send, "aria-disabled", idle && "true");
    attribute(count, "data-over", over > 0);
    text(count, words || "");
    return idle;
  };
  const fill = (value: string) => {
    field.value = value;
    draw();
  };

  field.oninput = draw;
  field.onkeydown = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) form.onsubmit!(event as unknown as SubmitEvent);
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    focus();
    if (draw()) return;
    const value = field.value.trim();
    fill("");
    chat.say(value);
    sent();
  };

  return {
    element: h("div", {}, count, form),
    draw: (spoken) => {
      speech = spoken;
      attribute(field, "placeholder", spoken.say(chat.log.head?.state === "closed" ? "write-again" : "write"));
      attribute(field, "aria-label", spoken.say("write"));
      attribute(send, "aria-label", spoken.say("send"));
      field.disabled = chat.live.state === "stopped";
      draw();
    },
    fill,
    focus,
  };
}
