// What a story changes or reads in the server's database, where no page does it.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

/** Lines of Python with the database as `db`; what they print. */
export async function inDatabase(folder, lines) {
  const script = ["import sqlite3,sys", "db = sqlite3.connect(sys.argv[1], timeout=30)", ...lines].join("\n");
  const { stdout } = await promisify(execFile)("python3", ["-c", script, join(folder, "deskbell.db")]);
  return stdout.trim();
}
