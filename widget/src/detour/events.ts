// Where sockets are blocked: an event stream read by fetch for the way down, POSTs for the way up.

import { HTTP_BEAT_MS, HttpWay } from "./http.ts";
import { BUFFERED, LOST, type Transport } from "../chat/transports/link.ts";

/** The first event is due within this time, or something between us keeps the stream back. */
const FIRST_EVENT_MS = 3_000;
/** The server comments every 10 s: after this long without a byte the way down is dead. */
const SILENT_MS = 25_000;

export const events: Transport = {
  window: 1,
  beatMs: HTTP_BEAT_MS,
  dial(way, on) {
    const http = new HttpWay(way, on);
    run(http).catch(() => http.end(LOST));
    return http;
  },
};

async function run(http: HttpWay): Promise<void> {
  const late = setTimeout(() => http.end(BUFFERED), FIRST_EVENT_MS);
  try {
    const response = await http.hello("events");
    if (!response.ok || !response.body) return http.refused(response);
    await read(response.body, () => http.alive(SILENT_MS), (data) => {
      if (!http.open) return;
      if (!http.session && (http.session = sessionOf(data))) {
        clearTimeout(late);
        http.events.up();
      } else {
        http.events.frame(data);
      }
    });
    http.end(LOST);
  } finally {
    clearTimeout(late);
  }
}

function sessionOf(data: string): string {
  const frame = JSON.parse(data) as { session?: unknown };
  return typeof frame.session === "string" ? frame.session : "";
}

async function read(body: ReadableStream<Uint8Array>, alive: () => void, each: (data: string) => void): Promise<void> {
  const reader = body.getReader();
  const split = eventSplitter(each);
  const text = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    alive();
    split(text.decode(value, { stream: true }));
  }
}

/** Takes the stream in any pieces and gives the data of each whole event. */
export function eventSplitter(each: (data: string) => void): (piece: string) => void {
  let line = "";
  let data: string[] = [];
  const take = (whole: string) => {
    if (whole.startsWith("data:")) data.push(whole.slice(5).replace(/^ /, ""));
    else if (!whole && data.length) {
      each(data.join("\n"));
      data = [];
    }
  };
  return (piece) => {
    const lines = (line + piece).split("\n");
    line = lines.pop()!;
    for (const whole of lines) take(whole.replace(/\r$/, ""));
  };
}
