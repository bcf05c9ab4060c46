// The words of the reader's language, and the dates that go with them.

import type { Spoken, WordArguments, Words } from "../contract.ts";
import type { Key } from "../generated/words.ts";

const HOUR: Intl.DateTimeFormatOptions = { hour: "numeric", minute: "2-digit" };
/** Within this time a weekday says which day. */
const WEEK_MS = 6.5 * 24 * 3_600_000;

export class Speech {
  readonly locale: string;
  readonly dir: "ltr" | "rtl";
  /** The site's own words, each under its language: `de.hello`. */
  texts: Readonly<Record<string, string>> | undefined;
  readonly #words: Words;
  readonly #time: Intl.DateTimeFormat;
  readonly #date: Intl.DateTimeFormat;
  readonly #weekday: Intl.DateTimeFormat;

  constructor({ locale, words }: Spoken) {
    this.locale = locale;
    this.dir = /^ar/.test(locale) ? "rtl" : "ltr";
    this.#words = words;
    // Dates as the reader's region writes them, where it speaks this language.
    const region = globalThis.navigator?.languages?.find((tag) => tag.startsWith(locale)) ?? locale;
    const format = (parts: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(region, parts);
    this.#time = format(HOUR);
    this.#date = format({ weekday: "long", day: "numeric", month: "long" });
    this.#weekday = format({ ...HOUR, weekday: "long" });
  }

  readonly say = (key: Key, args: WordArguments = {}): string => {
    const found = this.texts?.[`${this.locale}.${key}`] ?? this.#words[key];
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

  /** A moment of another day: the hour, with the weekday in the next week, else with the date. */
  readonly moment = (at: string, now: number = Date.now()): string => {
    const ahead = Date.parse(at) - now;
    if (ahead > 0 && ahead < WEEK_MS && dayOf(at) !== dayOf(now)) return this.#weekday.format(new Date(at));
    return (dayOf(at) === dayOf(now) ? "" : `${this.day(at, now)}, `) + this.time(at);
  };
}

export function dayOf(at: string | number): string {
  return new Date(at).toDateString();
}
