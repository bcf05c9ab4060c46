// Who is here besides: colleagues who have the chat open or write in it, and whether its visitor still is.
// It comes by frames, ends by frames or by itself, and is kept nowhere.
import type { By } from "../../widget/src/generated/protocol";
import { say } from "./say";

const WRITING_MS = 7_000;

interface Here {
  /** Colleagues by id, with their names. */
  readonly looking: Map<string, string>;
  /** Those of them who write, each with what ends it. */
  readonly writing: Map<string, ReturnType<typeof setTimeout>>;
  /** Unknown until the connection says it: then what the server wrote into the page stands. */
  left: boolean | undefined;
}

const chats = new Map<string, Here>();

function of(conversation: string): Here {
  let here = chats.get(conversation);
  if (!here) chats.set(conversation, (here = { looking: new Map(), writing: new Map(), left: undefined }));
  return here;
}

/** Somebody came or went. */
export function came(conversation: string, by: By, state: string, name: string): void {
  const here = of(conversation);
  if (by.kind === "visitor") {
    here.left = state === "offline";
  } else if (by.kind === "agent" && by.id !== document.body.dataset["agent"]) {
    if (state === "online") here.looking.set(by.id, name);
    else {
      here.looking.delete(by.id);
      stops(here, by.id);
    }
  }
  drawHere(document);
}

/** A colleague writes, or stopped. A lost "stop" heals by itself. */
export function writes(conversation: string, by: By, on: boolean): void {
  const here = of(conversation);
  stops(here, by.id);
  if (on) here.writing.set(by.id, setTimeout(() => (here.writing.delete(by.id), drawHere(document)), WRITING_MS));
  drawHere(document);
}

function stops(here: Here, id: string): void {
  clearTimeout(here.writing.get(id));
  here.writing.delete(id);
}

/** The connection is a new one: who is here is told again. */
export function forgetHere(): void {
  for (const here of chats.values()) {
    for (const id of here.writing.keys()) stops(here, id);
    here.looking.clear();
  }
  drawHere(document);
}

/** Writes it into what stands below `root`. */
export function drawHere(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-looking]")) looking(element, of(element.dataset["looking"] ?? ""));
  for (const element of root.querySelectorAll<HTMLElement>("[data-writing]")) writing(element, of(element.dataset["writing"] ?? ""));
  for (const element of root.querySelectorAll<HTMLElement>("[data-left]")) left(element, of(element.dataset["left"] ?? ""));
}

function looking(element: HTMLElement, { looking: who }: Here): void {
  const [first] = who;
  element.hidden = !first;
  if (!first) return;
  const [id, agent] = first;
  const words = who.size > 1 ? say("looking-many", { agent, count: who.size - 1 }) : say("looking-one", { agent });
  if (element.dataset["says"] === words) return;
  element.dataset["says"] = words;
  const text = document.createElement("span");
  text.className = "cut";
  text.textContent = words;
  element.replaceChildren(avatar(id, agent), text);
  element.title = [...who.values()].join(", ");
}

function writing(element: HTMLElement, { looking: who, writing: at }: Here): void {
  const agent = [...at.keys()].map((id) => who.get(id)).find((name) => name !== undefined);
  element.hidden = at.size === 0;
  if (at.size === 0) return;
  const words = agent === undefined ? say("colleague-typing") : say("replying", { agent });
  const span = element.querySelector("span");
  if (span && span.textContent !== words) span.textContent = words;
}

/** What becomes of an answer the server has written into it; here it is shown while it holds. */
function left(element: HTMLElement, { left: gone }: Here): void {
  const state = element.closest<HTMLElement>(".strips")?.dataset["state"];
  if (gone !== undefined) element.hidden = !gone || state === "closed" || state === "snoozed";
}

/** The small round with a colleague's letters, in the colour that the server gives them. */
function avatar(id: string, name: string): HTMLElement {
  const letters = name.split(/\s+/).flatMap((word) => [...word].find((c) => /[\p{L}\p{N}]/u.test(c)) ?? []);
  const round = document.createElement("span");
  const tint = [...new TextEncoder().encode(id)].reduce((sum, byte) => (sum * 31 + byte) % 9973, 7);
  round.className = `av xs c${(tint % 6) + 1}`;
  round.dataset["face"] = id;
  round.ariaHidden = "true";
  round.textContent = [letters[0], letters.length > 1 ? letters.at(-1) : ""].join("").toUpperCase();
  return round;
}
