// On a phone the window is the screen: it ends above the keyboard, the page behind stands still,
// and the focus stays inside.

import type { Stage } from "../chat/view/parts.ts";
import { attribute } from "../chat/view/dom.ts";
import styles from "./styles.css";

const STILL = "html{overflow:hidden!important}";
const REACHABLE = "button,textarea,input,select,a[href],[tabindex='0']";

export function start(stage: Stage): () => void {
  const { frame, element } = stage;
  const { signal, root } = frame;
  const still = new CSSStyleSheet();
  const narrow = matchMedia("(max-width:480px)");
  const view = window.visualViewport;
  let on = false;

  const fit = () => {
    if (!on || !view) return;
    element.style.setProperty("--vh", `${view.height}px`);
    element.style.setProperty("--vy", `${view.offsetTop}px`);
  };
  const keep = (event: KeyboardEvent) => {
    if (event.key !== "Tab") return;
    const all = [...element.querySelectorAll<HTMLElement>(REACHABLE)].filter((one) => one.tabIndex >= 0 && one.checkVisibility?.({ visibilityProperty: true }) !== false);
    const [first, last] = [all[0], all.at(-1)];
    if (root.activeElement !== (event.shiftKey ? first : last)) return;
    event.preventDefault();
    (event.shiftKey ? last : first)?.focus();
  };
  const turn = (wanted: boolean) => {
    if (wanted === on) return;
    on = wanted;
    attribute(element, "aria-modal", on && "true");
    document.adoptedStyleSheets = on ? [...document.adoptedStyleSheets, still] : document.adoptedStyleSheets.filter((sheet) => sheet !== still);
    fit();
  };
  const draw = () => turn(stage.open && narrow.matches && !signal.aborted);

  still.replaceSync(STILL);
  frame.style(styles);
  element.addEventListener("keydown", (event) => on && keep(event));
  narrow.addEventListener("change", draw, { signal });
  signal.addEventListener("abort", draw);
  for (const name of ["resize", "scroll"]) view?.addEventListener(name, fit, { signal });
  return draw;
}
