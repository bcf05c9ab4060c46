// The menus of a pane's head: snooze and priority here, passing on in its own dialog. Each is a popover of
// the browser: it shuts by Esc or a click beside it, and the focus goes back to its button.
import type { Desk } from "./desk";
import { pass } from "./pass";
import { uuid7 } from "./retry";
import { say } from "./say";
import { notice } from "./status";
import { untilWords } from "./time";

const MORNING = 9;
const GAP_PX = 6;

/** Listens to all menus of the page, also those that come later. */
export function listenMenus(desk: Desk): void {
  document.addEventListener("toggle", (event) => opened(event), true);
  document.addEventListener("submit", (event) => chosen(event, desk));
  document.addEventListener("click", (event) => clicked(event, desk));
  document.addEventListener("keydown", (event) => keys(event), true);
}

function opened(event: Event): void {
  const pop = event.target;
  if (!(pop instanceof HTMLElement) || !pop.classList.contains("pop") || (event as ToggleEvent).newState !== "open") return;
  const buttons = [...document.querySelectorAll<HTMLElement>(`[popovertarget="${CSS.escape(pop.id)}"]`)];
  place(pop, buttons.find((button) => button.checkVisibility()) ?? document.querySelector<HTMLElement>(`[popovertarget="${CSS.escape(pop.id.replace(/^snooze/, "more"))}"]`));
  ready(pop);
}

/** Below its button, at its end; above it where there is no room. */
function place(pop: HTMLElement, button: HTMLElement | null): void {
  const at = button?.getBoundingClientRect();
  if (!at) return;
  const { width, height } = pop.getBoundingClientRect();
  const rtl = document.documentElement.dir === "rtl";
  const left = Math.min(Math.max(GAP_PX, rtl ? at.left : at.right - width), innerWidth - width - GAP_PX);
  const below = at.bottom + GAP_PX + height <= innerHeight;
  pop.classList.add("placed");
  pop.style.left = `${left}px`;
  pop.style.top = `${below ? at.bottom + GAP_PX : Math.max(GAP_PX, at.top - GAP_PX - height)}px`;
}

/** Times in the reader's zone, which the server does not know. */
function ready(pop: HTMLElement): void {
  for (const hint of pop.querySelectorAll<HTMLElement>("[data-in]")) hint.textContent = untilWords(new Date(Date.now() + Number(hint.dataset["in"]) * 1_000));
  for (const button of pop.querySelectorAll<HTMLElement>("[data-until-day]")) {
    button.hidden = false;
    button.querySelector(".pop-at")?.replaceChildren(untilWords(morning(button.dataset["untilDay"] ?? "")));
  }
  for (const coarse of pop.querySelectorAll<HTMLElement>("[data-unless-script]")) coarse.hidden = true;
  const free = pop.querySelector<HTMLElement>("[data-until-free]");
  const field = free?.querySelector("input");
  if (!free || !field) return;
  free.hidden = false;
  field.min = local(new Date());
  if (!field.value) field.value = local(morning("tomorrow"));
}

/** Nine o'clock tomorrow, or on the next Monday. */
function morning(day: string): Date {
  const at = new Date();
  const ahead = day === "monday" ? (8 - at.getDay()) % 7 || 7 : 1;
  at.setDate(at.getDate() + ahead);
  at.setHours(MORNING, 0, 0, 0);
  return at;
}

/** As `<input type="datetime-local">` wants it. */
function local(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function clicked(event: MouseEvent, desk: Desk): void {
  const target = event.target instanceof Element ? event.target : null;
  const link = target?.closest<HTMLAnchorElement>("a.pass");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    link.closest<HTMLElement>("[popover]")?.hidePopover();
    return void pass(link.href, desk);
  }
  const pop = target?.closest<HTMLElement>(".pop");
  if (!pop || !target) return;
  const press = target.closest<HTMLElement>("[data-press]")?.dataset["press"];
  if (press !== undefined) {
    pop.hidePopover();
    return document.getElementById(`${press}-${pop.dataset["conversation"] ?? ""}`)?.showPopover();
  }
  const day = target.closest<HTMLElement>("[data-until-day]")?.dataset["untilDay"];
  if (day !== undefined) return snooze(pop, morning(day), desk);
  const free = target.closest("button")?.closest<HTMLElement>("[data-until-free]");
  if (free) snooze(pop, new Date(free.querySelector("input")?.value ?? ""), desk);
}

function snooze(pop: HTMLElement, until: Date, desk: Desk): void {
  if (!(until.getTime() > Date.now())) return notice(say("snooze-past"));
  const { conversation = "", epoch = "0" } = pop.dataset;
  pop.hidePopover();
  desk.post({ type: "snooze", id: uuid7(), conversation, epoch: Number(epoch), until: until.toISOString() });
}

/** What the plain forms of the menus say goes over the connection. */
function chosen(event: SubmitEvent, desk: Desk): void {
  const button = event.submitter;
  if (!event.defaultPrevented && tags(event, desk)) return event.preventDefault();
  const pop = button?.closest<HTMLElement>(".pop");
  if (event.defaultPrevented || !(button instanceof HTMLButtonElement) || !pop) return;
  const address = new URL(button.formAction);
  const seconds = address.searchParams.get("for_s");
  const priority = address.searchParams.get("priority");
  const bot = address.searchParams.get("to") === "bot";
  if (seconds === null && priority === null && !bot) return;
  event.preventDefault();
  if (seconds !== null) return snooze(pop, new Date(Date.now() + Number(seconds) * 1_000), desk);
  pop.hidePopover();
  const { conversation = "" } = pop.dataset;
  if (bot) return desk.post({ type: "transfer", id: uuid7(), conversation, epoch: Number(button.value), bot });
  desk.post({ type: "priority", id: uuid7(), conversation, priority: priority ?? "normal" });
}

/** Tags of the side panel: a button takes one off, a field puts one on. */
function tags(event: SubmitEvent, desk: Desk): boolean {
  const button = event.submitter;
  const action = button instanceof HTMLButtonElement && button.formAction ? button.formAction : (event.target as HTMLFormElement).action;
  const [, conversation] = /\/console\/conversations\/([^/]+)\/tags/.exec(action) ?? [];
  if (conversation === undefined) return false;
  const off = button instanceof HTMLButtonElement && button.name === "tag";
  const field = document.getElementById(`tag-field-${conversation}`) as HTMLInputElement | null;
  const tag = off ? button.value : (field?.value.trim() ?? "");
  if (!off && field) field.value = "";
  if (tag) desk.post({ type: "tag", id: uuid7(), conversation, tag, on: !off });
  return true;
}

/** A menu has keys of its own: the page's letters mean nothing in it. */
function keys(event: KeyboardEvent): void {
  const pop = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>(".pop") : null;
  if (!pop || event.ctrlKey || event.metaKey || event.altKey) return;
  event.stopPropagation();
  if (event.key === "Escape") {
    event.preventDefault();
    pop.hidePopover();
    return document.querySelector<HTMLElement>(`[popovertarget="${CSS.escape(pop.id)}"]`)?.focus();
  }
  if ((event.key !== "ArrowDown" && event.key !== "ArrowUp") || event.target instanceof HTMLInputElement) return;
  const items = [...pop.querySelectorAll<HTMLElement>(".pop-item")].filter((item) => item.checkVisibility());
  const at = items.indexOf(document.activeElement as HTMLElement) + (event.key === "ArrowDown" ? 1 : -1);
  items[(at + items.length) % items.length]?.focus();
  event.preventDefault();
}
