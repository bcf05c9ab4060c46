// The two views whose numbers are always on the screen.
import type { ServerFrame } from "../../widget/src/generated/protocol";
import { showCount, showWaiting } from "./status";
import { Tally } from "./tally";

/** Mine and Waiting, whichever list is shown. */
export class Tallies {
  static readonly VIEWS: readonly string[] = ["mine", "waiting"];
  readonly #mine = new Tally();
  readonly #waiting = new Tally();

  /** The views that they follow, of a new session. */
  anew(): string[] {
    this.#mine.anew();
    this.#waiting.anew();
    return [...Tallies.VIEWS];
  }

  apply(frame: Extract<ServerFrame, { type: "rows" }>): void {
    if (frame.view === "mine") {
      this.#mine.apply(frame);
      showCount("mine", this.#mine.count);
    } else if (frame.view === "waiting") {
      this.#waiting.apply(frame);
      showWaiting(this.#waiting.count, this.#waiting.oldest);
    }
  }
}
