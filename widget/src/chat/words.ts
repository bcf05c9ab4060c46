// The words of the reader's language, and the dates that go with them.

import type { Spoken, WordArguments, Words } from "../contract.ts";
import type { Key } from "../generated/words.ts";

export class Speech {
  readonly locale: string;
  readonly dir: "ltr" | "rtl";
  readonly #words: Words;
  readonly #time: Intl.DateTimeFormat;
  readonly #date: Intl.DateTimeFormat;

  constructor({ locale, words }: Spoken) {
    this.locale = locale;
    this.dir = /^(ar|fa|he|ur)\b/.test(locale) ? "rtl" : "ltr";
    this.#words = words;
    this.#time = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
    this.#date = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
  }

  readonly say = (key: Key, args: WordArguments = {}): string => {
    const found = this.#words[key];
    return typeof found === "function" ? found(args) : found;
  };

  readonly time = (at: string | number): string => this.#time.format(new Date(at));

  /** "Today", "Yesterday", or the date. */
  day(at: string | number, now: number = Date.now()): string {
    const day = dayOf(at);
    if (day === dayOf(now)) return this.say("today");
    const before = new Date(now);
    before.setDate(before.getDate() - 1);
    return day === dayOf(before.getTime()) ? this.say("yesterday") : this.#date.format(new Date(at));
  }

  /** A moment to come: the hour, with the day unless it is today. */
  readonly moment = (at: string): string => (dayOf(at) === dayOf(Date.now()) ? "" : `${this.#date.format(new Date(at))}, `) + this.time(at);
}

export function dayOf(at: string | number): string {
  return new Date(at).toDateString();
}
