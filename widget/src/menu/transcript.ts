// The conversation as a text file: what is stored, in the reader's words and times.

import { h } from "../chat/view/dom.ts";
import type { Stage } from "../chat/view/parts.ts";
import { eventText } from "../chat/view/rows.ts";

/** A page of older messages is waited for this long. */
const PAGE_MS = 10_000;
const PAGE = 50;

export async function save(stage: Stage): Promise<void> {
  await whole(stage);
  const { chat, speech } = stage;
  const { say, locale } = speech;
  const at = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const lines = chat.log.messages.map(({ created_at, author, event, deleted_at, text, attachments }) => {
    const name = author.kind === "visitor" ? say("you") : author.name ?? say(author.kind === "bot" ? "bot" : "team");
    const words = event ? eventText(event, speech) : `${name}: ${deleted_at ? say("they-deleted") : [text, ...attachments.map(({ name: file, url }) => `${file} ${url}`)].join(" ").trim()}`;
    return words && `[${at.format(new Date(created_at))}] ${words}`;
  });
  const url = URL.createObjectURL(new Blob([[chat.site?.name, "", ...lines.filter(Boolean), ""].join("\n")], { type: "text/plain;charset=utf-8" }));
  h("a", { href: url, download: `${say("title")} ${new Date().toISOString().slice(0, 10)}.txt` }).click();
  setTimeout(() => URL.revokeObjectURL(url), PAGE_MS);
}

/** Brings what is older, as scrolling back would. */
async function whole({ chat }: Stage): Promise<void> {
  const { log, live, ears } = chat;
  let arrived = () => {};
  ears.push(({ type }) => (type === "page" || type === "nack") && arrived());
  for (let low = Infinity; log.older && log.low < low && live.send({ type: "history", before_seq: log.low, limit: PAGE });) {
    low = log.low;
    await new Promise<void>((done) => {
      arrived = done;
      setTimeout(done, PAGE_MS);
    });
  }
}
