// Tells the others that the visitor types, and that they stopped.

import type { Stage } from "../chat/view/parts.ts";

const EVERY_MS = 3_000;
/** Where the site lets agents see what is not sent yet. */
const PREVIEW_MS = 1_000;
const END_MS = 4_000;

/** The answer is for every change: what was sent or emptied is not typed any more. */
export function typing({ chat, element, frame }: Stage): () => void {
  const field = element.querySelector<HTMLTextAreaElement>(".comp textarea")!;
  let at = 0;
  let stopping: ReturnType<typeof setTimeout> | undefined;
  let later: ReturnType<typeof setTimeout> | undefined;
  const quiet = () => {
    clearTimeout(stopping);
    if (at) chat.live.send({ type: "typing", on: false });
    at = 0;
  };
  const typed = () => {
    if (!field.value) return quiet();
    const shows = chat.site?.features["preview"];
    const due = at + (shows ? PREVIEW_MS : EVERY_MS) - Date.now();
    clearTimeout(later);
    if (due < 0) {
      at = Date.now();
      chat.live.send({ type: "typing", on: true, preview: shows ? field.value : undefined });
    } else if (shows) later = setTimeout(typed, due);
    clearTimeout(stopping);
    stopping = setTimeout(quiet, END_MS);
  };
  field.addEventListener("input", typed);
  frame.signal.addEventListener("abort", quiet);
  return () => {
    if (!field.value) quiet();
  };
}
