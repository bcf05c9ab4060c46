// Turns one Fluent catalogue into a small module: key -> text, or a function of the arguments.
// Placeables stand between isolating marks, so that a name or a number keeps its direction.
import { parse } from "@fluent/syntax";

export function words(ftl, locale) {
  const entries = parse(ftl, {}).body.filter((entry) => entry.type !== "Comment" && entry.type !== "ResourceComment" && entry.type !== "GroupComment");
  const broken = entries.find((entry) => entry.type !== "Message");
  if (broken) throw new Error(`${locale}: not understood: ${broken.content ?? broken.id?.name}`);
  const texts = Object.fromEntries(entries.map((entry) => [entry.id.name, entry.value]));
  const lines = Object.entries(texts).map(([key, value]) => `${JSON.stringify(key)}:${message(value)}`);
  return {
    keys: Object.keys(texts),
    plain: (key) => texts[key].elements.map((element) => element.value).join(""),
    code: `${prelude(locale, lines.join())}export default {${lines.join()}}`,
  };
}

function prelude(locale, body) {
  const show = `const f=v=>"\\u2068"+(typeof v=="number"?v.toLocaleString("${locale}"):v)+"\\u2069";`;
  const pick = `const p=new Intl.PluralRules("${locale}"),s=(v,o,d)=>o[v]??o[p.select(v)]??o[d];`;
  const rank = `const q=new Intl.PluralRules("${locale}",{type:"ordinal"}),r=(v,o,d)=>o[q.select(v)]??o[d];`;
  return (body.includes("f(a.") ? show : "") + (body.includes("s(a.") ? pick : "") + (body.includes("r(a.") ? rank : "");
}

function message(pattern) {
  const code = join(pattern);
  return code.startsWith('"') && pattern.elements.length === 1 ? code : `a=>${code}`;
}

function join(pattern) {
  return pattern.elements.map(element).join("+") || '""';
}

function element(part) {
  if (part.type === "TextElement") return JSON.stringify(part.value);
  const { expression } = part;
  if (expression.type === "VariableReference") return `f(a.${expression.id.name})`;
  if (expression.type === "StringLiteral") return JSON.stringify(expression.parse().value);
  if (expression.type !== "SelectExpression") throw new Error(`not supported in words: ${expression.type}`);
  const name = (variant) => variant.key.name ?? variant.key.value;
  const variants = expression.variants.map((variant) => `${JSON.stringify(name(variant))}:${join(variant.value)}`);
  const fallback = name(expression.variants.find((variant) => variant.default));
  const { selector } = expression;
  // `NUMBER($n, type: "ordinal")` selects by rank: 1st, 2nd, 3rd.
  const ranked = selector.type === "FunctionReference" && selector.arguments.named.some(({ name: { name: key }, value }) => key === "type" && value.value === "ordinal");
  const chosen = ranked ? selector.arguments.positional[0] : selector;
  return `${ranked ? "r" : "s"}(a.${chosen.id.name},{${variants.join()}},${JSON.stringify(fallback)})`;
}
