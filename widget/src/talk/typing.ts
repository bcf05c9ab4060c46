// Tells the others that the visitor types, and that they stopped.

import type { Stage } from "../chat/view/parts.ts";

const EVERY_MS = 3_000;
const END_MS = 4_000;

/** The answer is for every change: what was sent or emptied is not typed any more. */
export function typing({ chat, element, frame }: Stage): () => void {
  const field = element.querySelector<HTMLTextAreaElement>(".comp textarea")!;
  let at = 0;
  let stopping: ReturnType<typeof setTimeout> | undefined;
  const quiet = () => {
    clearTimeout(stopping);
    if (at) chat.live.send({ type: "typing", on: false });
    at = 0;
  };
  const typed = () => {
    if (!field.value) return quiet();
    if (Date.now() - at > EVERY_MS) {
      at = Date.now();
      chat.live.send({ type: "typing", on: true });
    }
    clearTimeout(stopping);
    stopping = setTimeout(quiet, END_MS);
  };
  field.addEventListener("input", typed);
  frame.signal.addEventListener("abort", quiet);
  return () => {
    if (!field.value) quiet();
  };
}
