// The first choice: one WebSocket, one JSON object a frame.

import type { Transport } from "./link.ts";

export const socket: Transport = {
  window: 8,
  beatMs: 20_000,
  dial(way, events) {
    const url = `${way.base.replace(/^http/, "ws")}/v1/live?site=${encodeURIComponent(way.site)}`;
    const ws = new WebSocket(url, "deskbell.v1");
    let done = false;
    const finish = (code: number) => {
      if (done) return;
      done = true;
      events.down(code);
    };
    ws.onopen = () => {
      events.up();
      ws.send(JSON.stringify({ type: "hello", ...way.hello() }));
    };
    ws.onmessage = ({ data }: MessageEvent) => done || events.frame(data);
    ws.onclose = ({ code }) => finish(code);
    return {
      send: (frame) => ws.readyState === WebSocket.OPEN && ws.send(JSON.stringify(frame)),
      // Not waiting for the closing handshake: a dead peer would keep us for a minute.
      close: () => {
        done = true;
        ws.close();
      },
    };
  },
};
