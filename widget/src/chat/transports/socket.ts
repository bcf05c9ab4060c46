// The first choice: one WebSocket, one JSON object a frame.

import type { Transport } from "./link.ts";

export const socket: Transport = {
  window: 8,
  beatMs: 20_000,
  dial(way, events) {
    const url = `${way.base.replace(/^http/, "ws")}/v1/live?site=${encodeURIComponent(way.site)}`;
    const ws = new WebSocket(url, "deskbell.v1");
    ws.onopen = () => {
      events.up();
      ws.send(JSON.stringify({ type: "hello", ...way.hello() }));
    };
    ws.onmessage = ({ data }: MessageEvent) => events.frame(data);
    ws.onclose = ({ code }) => events.down(code);
    return {
      send: (frame) => ws.readyState === WebSocket.OPEN && ws.send(JSON.stringify(frame)),
      close: () => ws.close(),
    };
  },
};
