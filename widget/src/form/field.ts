// One field of a form: its label, its control, and what is wrong with it.

import { attribute, h, icon, text } from "../chat/view/dom.ts";
import type { Speech } from "../chat/words.ts";
import type { Field } from "../generated/protocol.ts";

/** Up to so many choices are all shown; more fold into a list. */
const SHOWN = 6;
const SCORES = [1, 2, 3, 4, 5];
const STAR = "m12 4 2.4 5 5.5.7-4 3.8 1 5.5-4.9-2.7L7.1 19l1-5.5-4-3.8 5.5-.7z";

export interface FieldView {
  readonly name: string;
  readonly element: HTMLElement;
  readonly value: string | number | boolean;
  /** True if it may be sent; else it says what is wrong. */
  check(): boolean;
  fail(why: string): void;
  focus(): void;
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

let drawn = 0;

export function field(spec: Field, held: FieldView["value"] | undefined, speech: Speech): FieldView {
  const id = `f${++drawn}`;
  const group = spec.kind === "score" || (spec.kind === "choice" && (spec.options?.length ?? 0) <= SHOWN);
  const controls = group ? radios(spec, id, speech) : [control(spec, id)];
  const wrong = h("p", { class: "err", id: `${id}e` });
  const start = held ?? spec.value ?? "";
  const label = [spec.label, !spec.required && h("span", {}, ` ${speech.say("optional")}`)];
  for (const one of controls) {
    one.required = spec.required;
    if (one.type === "radio") (one as HTMLInputElement).checked = one.value === `${start}`;
    else if (one.type === "checkbox") (one as HTMLInputElement).checked = `${start}` === "true";
    else one.value = `${start}`;
    one.setAttribute("aria-describedby", `${id}e`);
  }
  const fail = (why: string) => {
    text(wrong, why);
    for (const one of controls) attribute(one, "aria-invalid", !!why && "true");
  };
  const checked = () => controls.find((one) => (one as HTMLInputElement).checked);
  const [first] = controls as [Control];
  const body = group
    ? h("fieldset", { class: spec.kind, role: "radiogroup" }, h("legend", {}, ...label), h("div", {}, ...controls.map((one) => one.parentElement)))
    : spec.kind === "check" ? h("label", { class: "check" }, first, h("span", {}, ...label)) : h("label", {}, h("span", {}, ...label), first);
  const element = h("div", { class: "field" }, body, wrong);
  element.oninput = () => fail("");
  return {
    name: spec.name, element, fail,
    get value() {
      if (spec.kind === "check") return !!checked();
      const value = group ? checked()?.value ?? "" : first.value.trim();
      return spec.kind === "score" && value ? Number(value) : value;
    },
    check: () => {
      const { validity } = first;
      const missing = spec.required && (group || spec.kind === "check" ? !checked() : !first.value.trim());
      fail(missing ? speech.say("field-missing") : validity.valid || group ? "" : speech.say(spec.kind === "email" ? "field-email" : "field-wrong"));
      return !wrong.textContent;
    },
    focus: () => first.focus(),
  };
}

function control({ kind, name, max_chars, options }: Field, id: string): Control {
  if (kind === "choice") return h("select", { id, name }, h("option", { value: "" }, ""), ...(options ?? []).map(({ value, title }) => h("option", { value }, title)));
  const limit = max_chars ? { maxlength: `${max_chars}` } : {};
  if (kind === "textarea") return h("textarea", { id, name, rows: "3", dir: "auto", ...limit });
  // A number is typed as text: its own field drops what it does not understand without a word.
  const type = kind === "check" ? "checkbox" : kind === "number" ? "text" : kind;
  const known = [name, kind].find((word) => /^(name|email|tel)$/.test(word)) ?? (kind === "check" ? null : "on");
  return h("input", { id, name, type, dir: kind === "text" ? "auto" : null, inputmode: kind === "number" && "decimal", autocomplete: known, ...limit });
}

/** Stars for a score, and pills for a choice: real radio buttons, so that arrow keys work. */
function radios({ kind, options }: Field, id: string, { say }: Speech): HTMLInputElement[] {
  const of = (value: string, ...shown: (Node | string)[]) => {
    const one = h("input", { type: "radio", name: id, value });
    h("label", {}, one, ...shown);
    return one;
  };
  if (kind === "score") return SCORES.map((n) => of(`${n}`, icon(STAR), h("span", { class: "hide" }, say("form-stars", { n }))));
  return (options ?? []).map(({ value, title }) => of(value, h("span", {}, title)));
}
