// A strip above a composer that asks or tells something in place, with what can be done.
import { clone } from "./html";

/** One thing that can be done. */
export interface Deed {
  text: string;
  act(): void;
  primary?: boolean;
}

/** Puts a strip into `place`, in place of what is there; without text it takes it away. */
export function aside(place: HTMLElement | null, what: string, words = "", deeds: readonly Deed[] = []): void {
  const strip = clone("aside");
  if (!place || !strip) return;
  strip.querySelector(".aside-what")?.replaceChildren(what);
  strip.querySelector(".aside-words")?.replaceChildren(words);
  const buttons = deeds.map(({ text, act, primary }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = primary ? "btn sm primary" : "btn sm";
    button.textContent = text;
    button.onclick = () => {
      strip.remove();
      act();
    };
    return button;
  });
  strip.querySelector(".aside-do")?.append(...buttons);
  place.replaceChildren(strip);
}
