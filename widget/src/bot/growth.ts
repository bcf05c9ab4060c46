// A bot's answer as it grows: a line below the log under the id that the stored message will have,
// so that this takes its place without a jump. It is never announced; the stored message is, once.

import type { Stage } from "../chat/view/parts.ts";
import type { Message, ServerFrame } from "../generated/protocol.ts";

/** After so long without a word the answer is not coming. */
const QUIET_MS = 15_000;
/** What comes after the last whole sentence. */
const TAIL = /[^.!?…。！？؟\n]*$/;

export function growth(stage: Stage): void {
  const { chat, frame } = stage;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let epoch = 0;

  const drop = () => {
    clearTimeout(timer);
    stage.growing = [];
  };
  const grow = ({ message: id, text }: Extract<ServerFrame, { type: "partial" }>) => {
    const { head } = chat.log;
    const owner = head?.owner;
    if (!owner || head.state !== "bot" || chat.log.get(id)) return;
    const held = stage.growing.find((one) => one.id === id);
    const author = { ...owner, kind: "bot" } as const;
    drop();
    epoch = head.epoch;
    timer = setTimeout(() => {
      drop();
      stage.draw();
    }, QUIET_MS);
    // Where nothing is to move, it grows by sentences.
    const shown = matchMedia("(prefers-reduced-motion:reduce)").matches ? text.replace(TAIL, "") : text;
    const made: Message = { id, seq: 0, rev: 0, kind: "text", author, text: shown, attachments: [], reactions: [], created_at: held?.created_at ?? new Date().toISOString() };
    if (!shown) return;
    stage.growing = [made];
    // Whose words are there does not type any more.
    if (!held) for (const hear of chat.ears) hear({ type: "typing", by: author, on: false });
  };

  chat.ears.push((heard) => {
    if (heard.type === "partial") grow(heard);
    const { head } = chat.log;
    if (stage.growing.some(({ id }) => chat.log.get(id)) || head?.state !== "bot" || head.epoch !== epoch) drop();
  });
  frame.signal.addEventListener("abort", drop);
}
