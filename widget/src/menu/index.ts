// The menu in the head: sound, earlier chats, and the visitor's rights, each in place.

import { MUTE } from "../alert/sound.ts";
import { button, h, icon } from "../chat/view/dom.ts";
import type { Stage } from "../chat/view/parts.ts";
import type { Key } from "../generated/words.ts";
import { earlier } from "./earlier.ts";
import { DEVICE, DOWNLOAD, INBOX, LOCK, SOUND } from "./icons.ts";
import { sheet, type Sheet } from "./sheet.ts";
import styles from "./styles.css";
import { save } from "./transcript.ts";

export function start(stage: Stage): () => void {
  const { frame, chat, element } = stage;
  const opener = element.querySelector<HTMLButtonElement>("header .icon")!;
  const list = h("div", { class: "menu", role: "menu", hidden: true });
  const pages = sheet(stage);
  let locale = "";

  const show = (open: boolean, back = true) => {
    list.hidden = !open;
    opener.ariaExpanded = String(open);
    if (open) (list.firstChild as HTMLElement).focus({ preventScroll: true });
    else if (back) opener.focus({ preventScroll: true });
  };
  const item = (word: Key, path: string, act: () => void) => {
    const made = button("", () => {
      show(false);
      act();
    }, icon(path), h("span", {}, stage.speech.say(word)));
    made.setAttribute("role", "menuitem");
    made.tabIndex = -1;
    return made;
  };
  const sound = () => {
    const { store } = chat;
    const made = item("menu-sound", SOUND, () => {
      if (store.get(MUTE)) store.remove(MUTE);
      else store.set(MUTE, "1");
      build();
    });
    made.setAttribute("role", "menuitemcheckbox");
    made.setAttribute("aria-checked", String(!store.get(MUTE)));
    made.append(h("i", { class: "switch" }));
    return made;
  };
  const build = () => {
    locale = stage.speech.locale;
    list.setAttribute("aria-label", stage.speech.say("menu"));
    list.replaceChildren(
      sound(),
      item("menu-earlier", INBOX, () => earlier(stage, pages)),
      item("menu-transcript", DOWNLOAD, () => void save(stage)),
      item("menu-kept", LOCK, () => kept(stage, pages)),
      item("menu-forget", DEVICE, () => forget(stage, pages)));
  };
  const keys: Record<string, (all: HTMLElement[], at: number) => HTMLElement | undefined> = {
    ArrowDown: (all, at) => all[(at + 1) % all.length],
    ArrowUp: (all, at) => all.at(at - 1),
    Home: (all) => all[0],
    End: (all) => all.at(-1),
  };
  list.onkeydown = (event) => {
    const all = [...list.children] as HTMLElement[];
    const next = keys[event.key]?.(all, all.indexOf(frame.root.activeElement as HTMLElement));
    if (event.key === "Escape" || event.key === "Tab") show(false);
    if (next || event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
    }
    next?.focus();
  };
  element.addEventListener("pointerdown", (event) => {
    if (!list.hidden && !list.contains(event.target as Node) && !opener.contains(event.target as Node)) show(false, false);
  });

  frame.style(styles);
  opener.ariaHasPopup = "menu";
  opener.onclick = () => show(!!list.hidden);
  opener.after(list);
  build();
  // The click that fetched this part wants the menu.
  show(true);
  return () => {
    if (locale !== stage.speech.locale) build();
  };
}

/** What is kept, in the site's sentence or in ours. */
function kept({ chat, speech: { say } }: Stage, pages: Sheet): void {
  const site = chat.site?.name ?? say("title");
  pages.open(say("menu-kept"), h("p", {}, say("kept-text", { site })), h("p", {}, say("kept-device")));
}

/** Asked once more, in place: what was sent stays with the site, what was not is lost. */
function forget({ chat, speech: { say } }: Stage, pages: Sheet): void {
  const unsent: number = chat.outbox.entries.filter(({ sent }) => sent === undefined).length;
  const sure = button("go danger", () => {
    chat.reset();
  }, say("forget-do"));
  pages.open(say("menu-forget"),
    h("p", {}, say("forget-text", { site: chat.site?.name ?? say("title") })),
    unsent > 0 && h("p", { class: "err" }, say("forget-unsent", { n: unsent })),
    h("div", { class: "row" }, sure, button("no", () => pages.close(), say("cancel"))));
}
