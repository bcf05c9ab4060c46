// What must always be visible: how the connection stands, what is not sent yet, how many wait.
import type { Problem } from "../../widget/src/generated/protocol";
import type { Standing } from "./live";
import { say } from "./say";
import { tellTimes } from "./time";

/** Says how the connection stands, in words. */
export function showLink(standing: Standing): void {
  const line = document.getElementById("link");
  const words = line?.querySelector("span");
  if (!line || !words) return;
  line.dataset["state"] = { connecting: "connecting", live: "live", slow: "live", offline: "lost", lost: "lost", refused: "refused", "signed-out": "refused" }[standing.state];
  const text = linkWords(standing);
  // The region is read aloud: a countdown must not be, every second.
  line.setAttribute("aria-live", standing.state === "lost" && words.textContent !== "" && line.dataset["told"] === "lost" ? "off" : "polite");
  line.dataset["told"] = standing.state;
  words.textContent = text;
  // Where the list is not on the screen, the pane says it while there is something to say.
  for (const strip of document.querySelectorAll<HTMLElement>("[data-link]")) {
    strip.hidden = standing.state === "live" || standing.state === "slow" || standing.state === "connecting";
    strip.querySelector("span")?.replaceChildren(text);
  }
}

function linkWords(standing: Standing): string {
  switch (standing.state) {
    case "connecting":
      return say("connecting");
    case "live":
      return say("live");
    case "slow":
      return say("live-slow");
    case "lost":
      return say("lost", { seconds: standing.seconds });
    case "offline":
      return say("offline");
    case "refused":
      return say("refused");
    case "signed-out":
      return say("signed-out");
  }
}

/** How many messages are on their way. One that goes out at once is not worth a word. */
export function showUnsent(count: number): void {
  const line = document.getElementById("unsent");
  if (!line) return;
  line.hidden = count === 0;
  line.textContent = count === 0 ? "" : say("unsent", { count });
}

/** The foot's line about the queue, and the tab's number. */
export function showWaiting(count: number, since: string): void {
  const line = document.getElementById("line");
  if (!line) return;
  line.textContent = count === 0 ? say("waiting-none") : say("waiting", { count });
  if (count > 0 && since) {
    const time = document.createElement("time");
    time.dateTime = since;
    time.dataset["timer"] = "wait";
    line.append(` · ${say("longest")} `, time);
    tellTimes(line);
  }
  showCount("waiting", count);
}

/** The number on a tab. */
export function showCount(view: string, count: number): void {
  const number = document.querySelector(`.tabs [data-view="${view}"] .count`);
  if (number) number.textContent = String(count);
}

/** Unread in the title and in the icon, where an agent in another tab sees it. */
export function showUnread(count: number): void {
  document.title = document.title.replace(/^\(\d+\) /, "");
  if (count > 0) document.title = `(${count}) ${document.title}`;
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (icon) icon.href = icon.href.replace(/favicon(-unread)?\.svg/, count > 0 ? "favicon-unread.svg" : "favicon.svg");
}

/** The page's title, to which the number of unread chats is added. */
export function untitled(title: string): void {
  document.title = title;
}

/** One sentence above the panes. */
export function notice(text: string): void {
  const line = document.getElementById("notice");
  const words = line?.querySelector("span");
  if (!line || !words) return;
  words.textContent = text;
  line.hidden = false;
}

/** Lets the agent put a notice away. */
export function dismissible(): void {
  const button = document.querySelector<HTMLButtonElement>("#notice .dismiss");
  if (!button) return;
  button.hidden = false;
  button.onclick = () => document.getElementById("notice")?.setAttribute("hidden", "");
}

/** Why a command was not done: who was faster, or that it changed. */
export function whyNot(problem: Problem): string {
  if (problem.status !== 409) return say("not-done", { text: problem.detail });
  const winner = problem.owner?.kind === "agent" ? problem.owner.name : null;
  return winner ? say("taken", { agent: winner }) : say("changed");
}
