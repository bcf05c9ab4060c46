// An echo server on npm's `ws`, to check the Autobahn run itself: `echo.mjs PORT` must pass,
// `echo.mjs PORT --accept-invalid-utf8` must fail in group 6.
import { WebSocketServer } from "ws";

const [port, option] = process.argv.slice(2);
const server = new WebSocketServer({
  host: "127.0.0.1",
  port: Number(port),
  path: "/echo",
  maxPayload: 65536,
  perMessageDeflate: false,
  skipUTF8Validation: option === "--accept-invalid-utf8",
});
server.on("listening", () => console.log(`listening on ws://127.0.0.1:${port}/echo`));
server.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (data, binary) => socket.send(data, { binary }));
});
