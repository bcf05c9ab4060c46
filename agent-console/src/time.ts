// Times in the reader's zone and language. The server writes `<time datetime>` with the plain time;
// what a reader sees is made here, and timers keep counting.
import { say } from "./say";

// The page's language, and of it the reader's own region: it decides about 13:00 or 1 pm.
const page = document.documentElement.lang || "en";
/** The page's language in the reader's own region. */
export const lang = navigator.languages.find((own) => own === page || own.startsWith(`${page}-`)) ?? page;
const clock = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(lang, { weekday: "short" });
const short = new Intl.DateTimeFormat(lang, { day: "numeric", month: "short" });
const long = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" });
const full = new Intl.DateTimeFormat(lang, { dateStyle: "full", timeStyle: "medium" });
const date = new Intl.DateTimeFormat(lang, { weekday: "long", day: "numeric", month: "long" });

/** Puts every time below `root` into the reader's words. */
export function tellTimes(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[datetime]")) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    element.title = full.format(at);
    element.textContent = words(element, at);
  }
}

function words(element: HTMLTimeElement, at: Date): string {
  if (element.dataset["timer"] === "wait") return waited(Date.now() - at.getTime());
  if (element.dataset["timer"] === "ago") return ago(at);
  if ("day" in element.dataset) return short.format(at);
  if (element.dataset["timer"] === "due") return due(element, at);
  if (element.dataset["timer"] === "left") return left(at.getTime() - Date.now());
  if (element.dataset["timer"] === "soon") return untilWords(at);
  return "long" in element.dataset ? long.format(at) : clock.format(at);
}

/** A time to come: the clock today, with the day otherwise. */
export function untilWords(at: Date): string {
  if (sameDay(at, new Date())) return clock.format(at);
  const near = Math.abs(at.getTime() - Date.now()) < 6 * 86_400_000;
  return `${(near ? weekday : short).format(at)} ${clock.format(at)}`;
}

function waited(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds >= 3600) return say("hours", { count: Math.floor(seconds / 3600) });
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** What is left, or how late it is; the chip shows once little is left. */
function due(element: HTMLTimeElement, at: Date): string {
  const chip = element.closest<HTMLElement>(".due");
  const ms = at.getTime() - Date.now();
  if (chip) {
    chip.hidden = Date.now() < Date.parse(chip.dataset["risk"] ?? "");
    chip.classList.toggle("late", ms < 0);
  }
  return ms < 0 ? say("late-by", { text: waited(-ms) }) : say("answer-in", { text: waited(ms) });
}

function left(ms: number): string {
  return ms < 0 ? say("late-by", { text: waited(-ms) }) : waited(ms);
}

function ago(at: Date): string {
  const minutes = Math.floor((Date.now() - at.getTime()) / 60_000);
  if (minutes < 1) return say("now");
  if (minutes < 60) return say("minutes", { count: minutes });
  if (sameDay(at, new Date())) return clock.format(at);
  return minutes < 6 * 24 * 60 ? weekday.format(at) : short.format(at);
}

/** Keeps the timers counting while the page is seen. */
export function keepTime(): void {
  let second = 0;
  setInterval(() => {
    if (document.hidden) return;
    for (const element of document.querySelectorAll<HTMLTimeElement>(second++ % 15 === 0 ? "time[data-timer]" : 'time[data-timer="wait"], time[data-timer="due"], time[data-timer="left"]')) {
      const text = words(element, new Date(element.dateTime));
      if (element.textContent !== text) element.textContent = text;
    }
  }, 1_000);
}

function sameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString();
}

/** What stands above the first message of a day. */
export function dayName(at: Date): string {
  if (sameDay(at, new Date())) return say("today");
  if (sameDay(at, new Date(Date.now() - 86_400_000))) return say("yesterday");
  return date.format(at);
}
