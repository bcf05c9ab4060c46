// A mail that begins a conversation: its form is a plain one. What is typed is kept in this browser until it is
// known to be sent, so that neither a reload nor a look into another chat loses it.
import { say } from "./say";

const FIELDS = ["site", "to", "cc", "subject", "text"] as const;
/** So many characters before the limit it is shown. */
const NEAR = 200;

type Field = (typeof FIELDS)[number];
type Kept = Partial<Record<Field, string>> & {
  /** The id that the mail gets: the same mail twice is one. */
  id?: string;
};

const section = (): HTMLElement | null => document.getElementById("letter");

/** Whether the form is on the screen. */
export function letterIsOpen(): boolean {
  return section() !== null;
}

/** Something else takes its place. What was typed is kept. */
export function shutLetter(): void {
  section()?.remove();
}

/** Keeps what is typed, and forgets it once it stands in a conversation. */
export function keepLetter(agent: string): void {
  const key = `deskbell.letter.${agent}`;
  const kept = read(key);
  if (kept?.id !== undefined && document.getElementById(`m-${kept.id}`)) localStorage.removeItem(key);
  const form = document.getElementById("letter-form");
  if (form instanceof HTMLFormElement) new Letter(form, key).start();
}

function read(key: string): Kept | undefined {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? "null") as Kept | null) ?? undefined;
  } catch {
    return undefined;
  }
}

class Letter {
  constructor(private readonly form: HTMLFormElement, private readonly key: string) {}

  start(): void {
    this.#restore();
    this.#measure();
    this.form.addEventListener("input", () => this.#changed());
    this.form.addEventListener("change", () => this.#changed());
    this.form.addEventListener("keydown", (event) => this.#keyed(event));
    this.form.addEventListener("submit", (event) => this.#submits(event));
  }

  #field(name: Field | "id"): HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement | undefined {
    const found = this.form.elements.namedItem(name);
    const is = found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement || found instanceof HTMLSelectElement;
    return is ? found : undefined;
  }

  /** What was typed before comes back, unless the page brings words of its own or is about somebody else. */
  #restore(): void {
    const kept = read(this.key);
    const to = this.#field("to");
    if (!kept || !to || "refused" in this.form.dataset) return this.#keep();
    if (to.value !== "" && to.value !== kept.to) return;
    for (const name of ["id", ...FIELDS] as const) {
      const field = this.#field(name);
      const value = kept[name];
      const fits = !(field instanceof HTMLSelectElement) || [...field.options].some((option) => option.value === value);
      if (field && value && fits && (name !== "site" || field instanceof HTMLSelectElement)) field.value = value;
    }
    this.#tell();
    for (const name of ["to", "subject", "text"] as const) {
      const field = this.#field(name);
      if (field?.value === "" || name === "text") return field?.focus();
    }
  }

  #changed(): void {
    this.#keep();
    this.#measure();
  }

  #keep(): void {
    const kept: Kept = { id: this.#field("id")?.value ?? "" };
    for (const name of FIELDS) kept[name] = this.#field(name)?.value ?? "";
    try {
      if ([kept.to, kept.cc, kept.subject, kept.text].every((value) => !value)) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, JSON.stringify(kept));
    } catch {
      return; // Storage is full or forbidden: it still stands in the form.
    }
    this.#tell();
  }

  #tell(): void {
    const line = this.form.querySelector<HTMLElement>("[data-kept]");
    if (line) line.hidden = localStorage.getItem(this.key) === null;
  }

  /** How many characters there are too many. */
  #measure(): number {
    const over = [...(this.#field("text")?.value ?? "")].length - (Number(this.form.dataset["max"]) || 8_000);
    const line = this.form.querySelector(".over");
    if (line) line.textContent = over > 0 ? say("too-long", { count: over }) : over > -NEAR ? say("left", { count: -over }) : "";
    line?.classList.toggle("near", over <= 0);
    return over;
  }

  #keyed(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.isComposing) return;
    const mod = event.ctrlKey || event.metaKey;
    if (mod) {
      event.preventDefault();
      this.form.requestSubmit();
    } else if (event.target instanceof HTMLInputElement) {
      // Enter in the head goes on to the next field; it does not send.
      event.preventDefault();
      const order = [this.#field("to"), this.#field("cc"), this.#field("subject"), this.#field("text")];
      order[order.findIndex((field) => field === event.target) + 1]?.focus();
    }
  }

  #submits(event: SubmitEvent): void {
    if (this.#measure() > 0) {
      event.preventDefault();
      this.#field("text")?.focus();
    } else this.#keep();
  }
}
