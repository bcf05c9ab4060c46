// What both relays store, and how: one indexed row a message, synchronous=FULL, one transaction for
// all that arrived in a turn of the event loop. Nothing is answered before its commit.
import Database from 'better-sqlite3';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const SCHEMA = `CREATE TABLE IF NOT EXISTS messages (
  id TEXT NOT NULL PRIMARY KEY, room TEXT NOT NULL, seq INTEGER NOT NULL,
  text TEXT NOT NULL, created_at INTEGER NOT NULL, UNIQUE (room, seq)) STRICT`;

/** Opens the database in `folder`. `stored(message, seq)` is called for each message after its commit. */
export function openStore(folder, stored) {
  mkdirSync(folder, { recursive: true });
  const db = new Database(join(folder, 'relay.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(SCHEMA);
  const insert = db.prepare(
    'INSERT INTO messages (id, room, seq, text, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const lastSeq = db.prepare('SELECT coalesce(max(seq), 0) FROM messages WHERE room = ?').pluck();
  const missed = db.prepare('SELECT id, seq, text FROM messages WHERE room = ? AND seq > ? ORDER BY seq LIMIT 50');
  const seqs = new Map();
  let waiting = [];

  /** Returns the message's place in its room, or null if it was there already. */
  const insertOne = (message, now) => {
    const seq = (seqs.get(message.room) ?? lastSeq.get(message.room)) + 1;
    const isNew = insert.run(message.id, message.room, seq, message.text, now).changes === 1;
    if (isNew) seqs.set(message.room, seq);
    return isNew ? seq : null;
  };
  const insertAll = db.transaction((batch) => {
    const now = Date.now();
    return batch.map((message) => insertOne(message, now));
  });
  const flush = () => {
    const batch = waiting;
    waiting = [];
    const places = insertAll(batch);
    batch.forEach((message, at) => stored(message, places[at]));
  };

  return {
    /** Queues one message ({id, room, text, …}) for this turn's transaction. */
    append(message) {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push(message);
    },
    /** What a returning client missed: at most 50 messages after `since`. */
    missed: (room, since) => missed.all(room, since),
  };
}

/** Reads `--listen HOST:PORT` and `--data FOLDER`. */
export function options(argv) {
  const value = (name) => argv[argv.indexOf(name) + 1];
  const [host, port] = value('--listen').split(':');
  return { host, port: Number(port), data: value('--data') };
}

/** Prints the line that the benchmark waits for. */
export function listen(server, { host, port }) {
  server.listen({ host, port, backlog: 4096 }, () => {
    console.log(`listening on http://${host}:${server.address().port}`);
  });
  process.on('SIGTERM', () => process.exit(0));
}
