// The last resort, behind proxies that keep streams back: ask, wait, ask again.

import { HTTP_BEAT_MS, HttpWay } from "./http.ts";
import { LOST, type Transport } from "../chat/transports/link.ts";

export const poll: Transport = {
  window: 1,
  beatMs: HTTP_BEAT_MS,
  dial(way, on) {
    const http = new HttpWay(way, on);
    run(http).catch(() => http.end(LOST));
    return http;
  },
};

/** The server answers a poll within 25 s. */
const SILENT_MS = 35_000;

interface Answer {
  session: string;
  frames: unknown[];
}

async function run(http: HttpWay): Promise<void> {
  while (http.open) {
    const { session } = http;
    http.alive(SILENT_MS);
    const response = await (session ? http.post("poll", { session }) : http.hello("poll"));
    if (!response.ok) {
      // A session that the server no longer knows is begun anew; a refused hello is not repeated.
      return session ? http.end(LOST) : http.refused(response);
    }
    const answer = (await response.json()) as Answer;
    http.session = answer.session;
    if (!session) http.events.up();
    for (const frame of answer.frames) if (http.open) http.events.frame(frame);
  }
}
