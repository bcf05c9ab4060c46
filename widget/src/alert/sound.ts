// Two soft notes, made here: nothing is fetched. One tab plays them for all.

/** Set on this device while the visitor wants no sound. */
export const MUTE = "mute";
/** For so long the tab that plays keeps the others quiet. */
const TURN_MS = 2_000;
const NOTES: readonly (readonly [hertz: number, at: number])[] = [[880, 0], [1318.5, 0.11]];

let context: AudioContext | undefined;

export function chime(prefix: string): void {
  // Before the visitor has touched the page no browser lets it sound: leave the turn to a tab that may.
  if (navigator.userActivation?.hasBeenActive === false) return;
  const { locks } = navigator;
  if (!locks) return play();
  void locks.request(`${prefix}sound`, { ifAvailable: true }, async (turn) => {
    if (!turn) return;
    play();
    await new Promise((done) => setTimeout(done, TURN_MS));
  });
}

function play(): void {
  context ??= new AudioContext();
  void context.resume();
  for (const [hertz, at] of NOTES) {
    const from = context.currentTime + at;
    const tone = new OscillatorNode(context, { frequency: hertz });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(0.12, from + 0.01);
    volume.gain.exponentialRampToValueAtTime(0.001, from + 0.35);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + 0.4);
  }
}
