// Contrast as WCAG 2 computes it.

export type Rgb = readonly [number, number, number];

/** Of text, and of edges and signs. */
export const TEXT = 4.5;
export const EDGE = 3;

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];

/** `#abc` or `#aabbcc`; nothing for anything else. */
export function parse(text: string): Rgb | undefined {
  const digits = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(text.trim())?.[1];
  if (!digits) return;
  const wide = digits.length === 3 ? digits.replace(/./g, "$&$&") : digits;
  return [0, 2, 4].map((at) => parseInt(wide.slice(at, at + 2), 16)) as unknown as Rgb;
}

export function show(colour: Rgb): string {
  return `rgb(${colour.map(Math.round).join(" ")})`;
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((part) => {
    const share = Math.round(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Black or white: one of them can always be read. White wins where both can. */
export function on(colour: Rgb): Rgb {
  return contrast(WHITE, colour) >= TEXT ? WHITE : BLACK;
}

export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return a.map((part, i) => part + (b[i]! - part) * share) as unknown as Rgb;
}

/** The colour itself, or as little darker or lighter as it takes to stand out from the ground. */
export function mended(colour: Rgb, ground: Rgb, least: number): Rgb {
  const toward = luminance(ground) > 0.18 ? BLACK : WHITE;
  for (let share = 0; share < 1; share += 0.04) {
    const tried = mix(colour, toward, share);
    if (contrast(tried, ground) >= least) return tried;
  }
  return toward;
}
