// The same relay on socket.io: its rooms, its acknowledgements.
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { listen, openStore, options } from './store.js';

const settings = options(process.argv);
const store = openStore(settings.data, stored);
const server = createServer();
const io = new Server(server, { serveClient: false, maxHttpBufferSize: 64 * 1024 });

io.on('connection', (socket) => {
  const { room, since } = socket.handshake.auth;
  socket.join(room);
  socket.emit('welcome', { messages: store.missed(room, since) });
  socket.on('send', ({ id, text }, acknowledge) => store.append({ id, text, room, acknowledge }));
});

function stored({ id, room, text, acknowledge }, seq) {
  acknowledge({ id, seq });
  if (seq !== null) io.to(room).emit('message', { id, seq, text });
}

listen(server, settings);
