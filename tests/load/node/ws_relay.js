// A bare relay on `ws`: rooms, one row a message, acknowledged and relayed after the commit.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { listen, openStore, options } from './store.js';

const settings = options(process.argv);
const rooms = new Map();
const store = openStore(settings.data, stored);
const server = createServer();
const sockets = new WebSocketServer({ server, maxPayload: 64 * 1024 });

sockets.on('connection', (socket, request) => {
  const query = new URL(request.url, 'http://relay').searchParams;
  const room = query.get('room');
  join(room, socket);
  socket.send(JSON.stringify({ type: 'welcome', messages: store.missed(room, Number(query.get('since'))) }));
  socket.on('message', (data) => {
    const { id, text } = JSON.parse(data);
    store.append({ id, text, room, socket });
  });
  socket.on('error', () => socket.terminate());
});

function join(room, socket) {
  const members = rooms.get(room) ?? new Set();
  rooms.set(room, members.add(socket));
  socket.on('close', () => {
    members.delete(socket);
    if (members.size === 0) rooms.delete(room);
  });
}

function stored({ id, room, text, socket }, seq) {
  socket.send(JSON.stringify({ type: 'ack', id, seq }));
  if (seq === null) return;
  const frame = JSON.stringify({ type: 'message', id, seq, text });
  for (const member of rooms.get(room) ?? []) member.send(frame);
}

listen(server, settings);
