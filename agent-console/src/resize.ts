// How wide each pane is: separators between them, for pointer and keyboard, in shares that this browser
// keeps for each number of panes.
import { say } from "./say";

const KEY = "deskbell.shares.";
const LEAST = 240;
const STEP = 24;

/** The separators of one row of panes. */
export class Shares {
  #panes: HTMLElement[] = [];

  constructor(private readonly row: HTMLElement) {}

  /** Puts a separator between each two of these, with the shares that were chosen for so many. */
  between(panes: HTMLElement[]): void {
    this.#panes = panes;
    for (const line of this.row.querySelectorAll(".sep")) line.remove();
    const shares = this.#kept();
    for (const [n, pane] of panes.entries()) {
      pane.style.flexGrow = String(shares[n] ?? 1);
      if (n > 0) pane.before(this.#line(n));
    }
  }

  /** Hides the separators beside panes that have no room. */
  fit(): void {
    for (const line of this.row.querySelectorAll<HTMLElement>(".sep")) {
      const squeezed = (element: Element | null): boolean => element === null || element.classList.contains("squeezed");
      line.hidden = squeezed(line.previousElementSibling) || squeezed(line.nextElementSibling);
    }
    this.#tell();
  }

  #line(n: number): HTMLElement {
    const line = document.createElement("div");
    line.className = "sep";
    line.tabIndex = 0;
    line.setAttribute("role", "separator");
    line.setAttribute("aria-orientation", "vertical");
    line.setAttribute("aria-label", say("resize", { number: n }));
    line.setAttribute("aria-valuemin", "0");
    line.setAttribute("aria-valuemax", "100");
    line.addEventListener("pointerdown", (event) => this.#drag(event, line, n));
    line.addEventListener("keydown", (event) => this.#key(event, n));
    line.addEventListener("dblclick", () => this.#equal());
    return line;
  }

  #drag(event: PointerEvent, line: HTMLElement, n: number): void {
    event.preventDefault();
    line.setPointerCapture(event.pointerId);
    let last = event.clientX;
    const move = (to: PointerEvent): void => {
      if (this.#shift(n, to.clientX - last)) last = to.clientX;
    };
    line.addEventListener("pointermove", move);
    line.addEventListener("lostpointercapture", () => { line.removeEventListener("pointermove", move); this.#keep(); }, { once: true });
  }

  #key(event: KeyboardEvent, n: number): void {
    const by = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (event.key === "Enter") this.#equal();
    else if (by === undefined) return;
    else this.#shift(n, by);
    event.preventDefault();
    this.#keep();
  }

  /** Moves the line between two neighbours; false where one would get too narrow. */
  #shift(n: number, px: number): boolean {
    const [before, after] = [this.#panes[n - 1], this.#panes[n]];
    if (!before || !after) return false;
    const by = document.dir === "rtl" ? -px : px;
    const widths = [before.offsetWidth + by, after.offsetWidth - by] as const;
    if (Math.min(...widths) < LEAST) return false;
    const all = this.#panes.map((pane) => pane.offsetWidth);
    [all[n - 1], all[n]] = widths;
    for (const [at, pane] of this.#panes.entries()) pane.style.flexGrow = String(all[at]);
    this.#tell();
    return true;
  }

  #equal(): void {
    for (const pane of this.#panes) pane.style.flexGrow = "1";
    this.#keep();
    this.#tell();
  }

  #tell(): void {
    for (const line of this.row.querySelectorAll(".sep")) {
      const [before, after] = [line.previousElementSibling, line.nextElementSibling];
      if (!(before instanceof HTMLElement) || !(after instanceof HTMLElement)) continue;
      line.setAttribute("aria-valuenow", String(Math.round((100 * before.offsetWidth) / Math.max(1, before.offsetWidth + after.offsetWidth))));
    }
  }

  #kept(): number[] {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(KEY + this.#panes.length) ?? "[]");
      return Array.isArray(kept) && kept.every((share) => typeof share === "number" && share > 0) ? kept : [];
    } catch {
      return [];
    }
  }

  #keep(): void {
    try {
      localStorage.setItem(KEY + this.#panes.length, JSON.stringify(this.#panes.map((pane) => Number(pane.style.flexGrow) || 1)));
    } catch {
      // They last as long as the page, then.
    }
  }
}
