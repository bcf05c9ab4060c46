// The conversation as a text file: what is stored, in the reader's words and times.

import { h } from "../chat/view/dom.ts";
import type { Stage } from "../chat/view/parts.ts";
import { eventText } from "../chat/view/rows.ts";

/** Older pages are waited for, each at most so long. */
const PAGE_MS = 10_000;
const LOOK_MS = 50;

export async function save(stage: Stage): Promise<void> {
  await whole(stage);
  const { chat, speech } = stage;
  const { say, locale } = speech;
  const at = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const lines = chat.log.messages.map(({ created_at, author, event, deleted_at, text }) => {
    const name = author.kind === "visitor" ? say("you") : author.name ?? say(author.kind === "bot" ? "bot" : "team");
    const words = event ? eventText(event, speech) : `${name}: ${deleted_at ? say("they-deleted") : text}`;
    return words && `[${at.format(new Date(created_at))}] ${words}`;
  });
  const url = URL.createObjectURL(new Blob([[chat.site?.name, "", ...lines.filter(Boolean), ""].join("\n")], { type: "text/plain;charset=utf-8" }));
  h("a", { href: url, download: `${say("title")} ${new Date().toISOString().slice(0, 10)}.txt` }).click();
  setTimeout(() => URL.revokeObjectURL(url), PAGE_MS);
}

/** Brings what is older, as scrolling up would. */
async function whole({ chat }: Stage): Promise<void> {
  for (let waited = 0, low = 0; chat.log.older && chat.live.state === "ready" && waited < PAGE_MS; waited += LOOK_MS) {
    if (chat.log.low !== low) {
      low = chat.log.low;
      waited = 0;
    }
    chat.older();
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
}
