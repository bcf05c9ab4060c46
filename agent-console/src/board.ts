// The wallboard, live: the server pushes it whole when something changed. What is being chosen in it
// stays as it is.
import type { ServerFrame } from "../../widget/src/generated/protocol";
import { replace } from "./html";
import { Live } from "./live";
import { showLink } from "./status";
import { tellTimes } from "./time";

/** The page of the wallboard. */
export class Board {
  readonly #csrf = document.querySelector<HTMLInputElement>('[name="csrf"]')?.value ?? "";
  #waiting: string | undefined;
  readonly #live = new Live({
    begun: () => this.#live.send({ type: "watch", conversation: null, since: 0, view: "board" }),
    heard: (frame) => this.#heard(frame),
    stands: (standing) => {
      showLink(standing);
      document.body.classList.toggle("live", standing.state === "live" || standing.state === "slow");
      if (standing.state === "signed-out") location.assign("/console/login?next=/console/team");
    },
    wants: () => null,
  });

  start(): void {
    this.#live.start();
    document.addEventListener("focusout", () => setTimeout(() => this.#waiting !== undefined && this.#show(this.#waiting)));
  }

  #heard(frame: ServerFrame): void {
    if (frame.type === "board") this.#show(frame.html);
  }

  #show(html: string): void {
    // A menu that is open, or a state that was chosen and not set yet, is not taken away.
    if (document.activeElement?.closest(".person-state")) return void (this.#waiting = html);
    this.#waiting = undefined;
    replace(html, (fresh) => {
      for (const field of fresh.querySelectorAll<HTMLInputElement>('[name="csrf"]')) field.value = this.#csrf;
      tellTimes(fresh);
    });
  }
}
