// The sounds, made here and short: two notes up for a chat, one for a message, three for a mention.
// Browsers let a page sound only after somebody touched it.

/** What can be heard. */
export type Tone = "chat" | "message" | "mention";

const NOTES: Record<Tone, readonly number[]> = { chat: [659.3, 880], message: [784], mention: [880, 698.5, 1046.5] };
const NOTE_S = 0.16;

/** Whether sounds can be heard. */
export type Voice = "on" | "off" | "locked";

/** The page's voice. */
export class Sound {
  #context: AudioContext | undefined;

  constructor(private readonly changed: () => void) {
    for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => this.unlock(), { passive: true });
  }

  /** Whether the browser lets the page sound. */
  get locked(): boolean {
    return this.#context?.state !== "running";
  }

  /** A gesture: from now on sounds are allowed. */
  unlock(): void {
    if (!this.locked) return;
    this.#context ??= new AudioContext();
    void this.#context.resume().then(this.changed, this.changed);
  }

  /** Plays a tone, `volume` from 0 to 1. */
  play(tone: Tone, volume: number): void {
    const context = this.#context;
    if (!context || context.state !== "running") return;
    for (const [n, hertz] of NOTES[tone].entries()) {
      const from = context.currentTime + n * NOTE_S;
      const [note, loud] = [context.createOscillator(), context.createGain()];
      note.type = "sine";
      note.frequency.value = hertz;
      // Swells and dies away, so that nothing clicks.
      loud.gain.setValueAtTime(0.0001, from);
      loud.gain.exponentialRampToValueAtTime(Math.max(0.0002, 0.22 * volume), from + 0.02);
      loud.gain.exponentialRampToValueAtTime(0.0001, from + NOTE_S * 1.8);
      note.connect(loud).connect(context.destination);
      note.start(from);
      note.stop(from + NOTE_S * 2);
    }
  }
}
