// What is worth a sound or a notification: a chat that waits, one that was given to me, words in mine, a
// mention. Never the focus, never for what is in front of the eyes, and in one tab only.
import type { ServerFrame } from "../../widget/src/generated/protocol";
import { elements } from "./html";
import { Ring } from "./ring";
import { say } from "./say";
import { Sound, type Tone } from "./sound";

type Rows = Extract<ServerFrame, { type: "rows" }>;

const KEY = "deskbell.alerts";
const REMIND_MS = 20_000;

interface Settings {
  sound: boolean;
  volume: number;
  notify: boolean;
  waiting: boolean;
  mine: boolean;
  messages: boolean;
  mentions: boolean;
  remind: boolean;
}

const DEFAULTS: Settings = { sound: true, volume: 0.6, notify: true, waiting: true, mine: true, messages: true, mentions: true, remind: true };

/** What the page tells of itself. */
export interface Sight {
  /** The conversation in front of the eyes: focused pane of a focused page. */
  inSight(): string | null;
  open(conversation: string): void;
}

/** Sounds, notifications, and the number on the app's icon. */
export class Alerts {
  readonly #sound = new Sound(() => this.#show());
  readonly #ring: Ring;
  readonly #known = new Map<string, Map<string, number>>();
  readonly #fresh = new Set<string>();
  readonly #unanswered = new Map<string, number>();
  #settings = read();

  constructor(private readonly sight: Sight) {
    this.#ring = new Ring(() => sight.inSight());
    const dialog = document.getElementById("alerts") as HTMLDialogElement | null;
    for (const button of document.querySelectorAll(".alerts-btn")) button.addEventListener("click", () => this.open());
    dialog?.addEventListener("click", (event) => this.#clicked(event, dialog));
    dialog?.addEventListener("input", () => this.#chosen(dialog));
    setInterval(() => this.#remind(), 1_000);
    this.#show();
  }

  /** A new session: what comes first is what is there already. */
  anew(views: readonly string[]): void {
    for (const view of views) this.#fresh.add(view);
  }

  /** What is in sight changed. */
  looked(): void {
    this.#ring.tell();
    const at = this.sight.inSight();
    if (at !== null) this.#unanswered.delete(at);
  }

  open(): void {
    this.#fill();
    (document.getElementById("alerts") as HTMLDialogElement | null)?.showModal();
  }

  /** Rows of Mine and Waiting. */
  rows(frame: Rows): void {
    if (frame.view !== "mine" && frame.view !== "waiting") return;
    const known = this.#known.get(frame.view) ?? new Map<string, number>();
    this.#known.set(frame.view, known);
    const first = this.#fresh.delete(frame.view);
    if (first) known.clear();
    for (const { id, html } of frame.items) {
      const unread = Number(/data-unread="(\d+)"/.exec(html)?.[1] ?? 0);
      const before = known.get(id);
      known.set(id, unread);
      if (!first) this.#changed(frame.view, id, html, before, unread);
    }
    for (const id of frame.removed) {
      known.delete(id);
      if (frame.view === "mine") this.#unanswered.delete(id);
    }
  }

  #changed(view: string, id: string, html: string, before: number | undefined, unread: number): void {
    const { waiting, mine, messages } = this.#settings;
    if (view === "waiting" && before === undefined && waiting) this.#alert("chat", say("alert-waiting"), id, html);
    if (view !== "mine") return;
    if (before === undefined && mine && !this.#known.get("waiting")?.has(id)) {
      if (unread > 0) this.#unanswered.set(id, Date.now());
      this.#alert("chat", say("alert-mine"), id, html);
    } else if (before !== undefined && unread > before && messages) this.#alert("message", say("alert-message"), id, html);
    if (unread === 0) this.#unanswered.delete(id);
  }

  /** A colleague named me in a note. */
  mentioned(conversation: string, by: string, text: string): void {
    if (!this.#settings.mentions || this.#ring.sees(conversation) || !this.#ring.leads) return;
    this.#sounds("mention");
    this.#notify(say("alert-mention", { agent: by }), text, conversation);
  }

  #alert(tone: Tone, title: string, id: string, html: string): void {
    if (!this.#ring.leads || this.#ring.sees(id)) return;
    this.#sounds(tone);
    const row = elements(html)[0];
    const name = row?.querySelector(".who")?.textContent?.trim() ?? "";
    this.#notify(`${title}: ${name}`, row?.querySelector(".last > .cut")?.textContent ?? "", id);
  }

  #sounds(tone: Tone): void {
    if (this.#settings.sound) this.#sound.play(tone, this.#settings.volume);
  }

  #notify(title: string, body: string, conversation: string): void {
    if (!this.#settings.notify || document.hasFocus() || !("Notification" in window) || Notification.permission !== "granted") return;
    const shown = new Notification(title, { body, tag: conversation, icon: "/console/static/icon-192.png" });
    shown.onclick = () => {
      window.focus();
      this.sight.open(conversation);
      shown.close();
    };
  }

  /** A chat that was given to me and that nobody looked at rings again. */
  #remind(): void {
    for (const [id, since] of this.#unanswered) {
      if (Date.now() - since < REMIND_MS) continue;
      this.#unanswered.set(id, Date.now());
      if (this.#settings.remind && this.#ring.leads && !this.#ring.sees(id)) this.#sounds("chat");
    }
  }

  #clicked(event: Event, dialog: HTMLDialogElement): void {
    if (event.target === dialog) return dialog.close();
    const { test } = (event.target as HTMLElement).closest<HTMLElement>("[data-test]")?.dataset ?? {};
    if (test === "sound") {
      this.#sound.unlock();
      this.#sound.play("chat", this.#settings.volume);
    } else if (test === "notify") void this.#allow();
  }

  async #allow(): Promise<void> {
    if (!("Notification" in window)) return;
    if ((await Notification.requestPermission()) === "granted") new Notification("Deskbell", { body: say("alert-test"), tag: "test" });
    this.#fill();
  }

  #chosen(dialog: HTMLDialogElement): void {
    const form = new FormData(dialog.querySelector(".alerts-form") as HTMLFormElement);
    const on = (name: string): boolean => form.has(name);
    this.#settings = { sound: on("sound"), volume: Number(form.get("volume")) / 100, notify: on("notify"), waiting: on("waiting"), mine: on("mine"), messages: on("messages"), mentions: on("mentions"), remind: on("remind") };
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#settings));
    } catch {
      // They last as long as the page, then.
    }
    this.#show();
  }

  #fill(): void {
    const form = document.querySelector<HTMLFormElement>("#alerts .alerts-form");
    for (const input of form?.querySelectorAll<HTMLInputElement>("input") ?? []) {
      if (input.name === "volume") input.value = String(Math.round(this.#settings.volume * 100));
      else input.checked = this.#settings[input.name as keyof Settings] === true;
    }
    const state = document.getElementById("notify-state");
    if (!state) return;
    const permission = "Notification" in window ? Notification.permission : "denied";
    state.textContent = permission === "granted" ? say("notify-granted") : permission === "denied" ? say("notify-denied") : say("notify-ask");
  }

  /** Whether sound is on stands in the rail, always. */
  #show(): void {
    const voice = !this.#settings.sound ? "off" : this.#sound.locked ? "locked" : "on";
    for (const button of document.querySelectorAll<HTMLElement>(".alerts-btn")) {
      button.dataset["voice"] = voice;
      button.hidden = false;
      const text = voice === "on" ? say("sound-on") : voice === "off" ? say("sound-off") : say("sound-locked");
      button.title = text;
      button.setAttribute("aria-label", text);
    }
  }
}

function read(): Settings {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Settings>) };
  } catch {
    return { ...DEFAULTS };
  }
}
