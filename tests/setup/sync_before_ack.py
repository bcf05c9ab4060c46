#!/usr/bin/env python3
"""Proves with strace that a message is on stable storage before its sender is told so.

    sync_before_ack.py DESKBELL_BINARY

The server runs under strace. A visitor sends messages over a WebSocket, one by one and then many
at once. For each the trace must show, in this order: its text written to SQLite's write-ahead log,
a sync of that file that came back with 0, and only then the write of its `ack` to the socket.
A control takes the syncs out of the same trace, and the check must then fail.
"""

import base64
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

ONE_BY_ONE = 20
AT_ONCE = 40
TRACED = "fdatasync,fsync,pwrite64,pwritev,write,writev,sendto,sendmsg"


def main():
    binary = os.path.abspath(sys.argv[1])
    strace_is_permitted()
    with tempfile.TemporaryDirectory(prefix="deskbell-sync-") as folder:
        server = Server(binary, pathlib.Path(folder))
        try:
            ids = talk(server)
        finally:
            server.stop()
        lines = server.trace.read_text(errors="replace").splitlines()
    unproven = check(lines, ids)
    for problem in unproven[:5]:
        print(f"  {problem}")
    print(f"  {len(ids)} messages acknowledged, {len(ids) - len(unproven)} of them provably synced before")
    without = [line for line in lines if not SYNC.search(line)]
    noticed = len(check(without, ids))
    print(f"  control, the same trace without its syncs: {noticed} of {len(ids)} noticed")
    sys.exit(1 if unproven or noticed != len(ids) else 0)


def strace_is_permitted():
    probe = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, text=True)
    if probe.returncode != 0:
        sys.exit(f"strace may not trace here, so nothing is proved:\n{probe.stderr}")


# What the trace shows. A call that another thread interrupts stands in two lines; a sync counts
# where it ends, a write where it begins.
SYNC = re.compile(r"(fdatasync|fsync)(\(| resumed)")
SYNC_DONE = re.compile(r"(?:fdatasync|fsync)\(\d+<(?P<path>[^>]*)>\)\s+= 0")
SYNC_BEGUN = re.compile(r"^(?P<thread>\d+)\s.*(?:fdatasync|fsync)\(\d+<(?P<path>[^>]*)>.*<unfinished")
SYNC_RESUMED = re.compile(r"^(?P<thread>\d+)\s.*<\.\.\. (?:fdatasync|fsync) resumed>.*= 0")
LOG_WRITE = re.compile(r"(?:pwrite64|pwritev|write|writev)\(\d+<[^>]*-wal>")
SOCKET_WRITE = re.compile(r"(?:sendto|sendmsg|write|writev)\(\d+<(?:socket|TCP)")


def check(lines, ids):
    """What cannot be proved, in words; `ids` maps a message's id to the mark in its text."""
    written, synced, acked = {}, [], {}
    begun = {}
    for at, line in enumerate(lines):
        if done := SYNC_DONE.search(line):
            synced.append((at, done["path"]))
        elif start := SYNC_BEGUN.search(line):
            begun[start["thread"]] = start["path"]
        elif end := SYNC_RESUMED.search(line):
            synced.append((at, begun.pop(end["thread"], "")))
        elif LOG_WRITE.search(line):
            for mark in MARK.findall(line):
                written.setdefault(mark, at)
        elif SOCKET_WRITE.search(line) and "ack" in line:
            for found in ACK.findall(line):
                acked.setdefault(found, at)
    syncs = [at for at, path in synced if path.endswith("-wal")]
    return [problem for id, mark in ids.items() if (problem := unproved(id, mark, written, syncs, acked))]


MARK = re.compile(r"mark-[0-9a-f]{16}")
ACK = re.compile(r'type\\":\\"ack\\".*?\\"id\\":\\"([0-9a-f-]{36})')


def unproved(id, mark, written, syncs, acked):
    if id not in acked:
        return f"{id}: no ack in the trace"
    if mark not in written:
        return f"{id}: its text was not seen in a write to the write-ahead log"
    if not any(written[mark] < at < acked[id] for at in syncs):
        return f"{id}: no sync of the log between its write (line {written[mark]}) and its ack (line {acked[id]})"
    return None


class Server:
    def __init__(self, binary, folder):
        self.trace = folder / "trace"
        data = folder / "data"
        data.mkdir()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        (data / "deskbell.toml").write_text("[limits]\nsends_per_minute = 60000\nsends_burst = 5000\nsends_per_minute_per_address = 60000\n")
        flags = ["--owner-email", "lena@shop.example", "--owner-password", "correct horse battery", "--site", "Shop", "--origin", self.url]
        bootstrap = subprocess.run([binary, "bootstrap", *flags, "--data", data], capture_output=True, text=True, check=True)
        self.site = json.loads(bootstrap.stdout)["site_key"]
        strace = [shutil.which("strace"), "-f", "-yy", "-s", "300000", "-e", f"trace={TRACED}", "-o", self.trace]
        serve = [binary, "serve", "--listen", f"127.0.0.1:{self.port}", "--public-url", self.url, "--data", data]
        self.process = subprocess.Popen([*strace, *serve], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_port(self.port, self.process)

    def stop(self):
        """Ends the server, not strace, which then ends by itself with a whole trace."""
        pid = self.process.pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
        for child in children.read_text().split() if children.exists() else []:
            os.kill(int(child), signal.SIGTERM)
        self.process.wait(timeout=30)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port, process):
    for _ in range(300):
        if process.poll() is not None:
            sys.exit(f"the server ended with {process.returncode} under strace")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit("the server did not listen within 30 s")


def talk(server):
    """Sends the messages, waits for every ack, and gives each id with the mark in its text."""
    live = WebSocket(server.port, f"/v1/live?site={server.site}", server.url)
    token = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
    page = {"url": f"{server.url}/demo", "title": "Demo", "referrer": ""}
    live.send({"type": "hello", "token": token, "conversation": None, "since": 0, "page": page, "locale": "en"})
    live.until("welcome")
    ids = {}
    for _ in range(ONE_BY_ONE):
        live.send(message(ids))
        live.until("ack")
    for _ in range(AT_ONCE):
        live.send(message(ids))
    for _ in range(AT_ONCE):
        live.until("ack")
    live.close()
    return ids


def message(ids):
    id, mark = uuid7(), f"mark-{secrets.token_hex(8)}"
    ids[id] = mark
    return {"type": "send", "id": id, "text": mark}


def uuid7():
    value = int(time.time() * 1000) << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    digits = f"{value:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


class WebSocket:
    """As little of RFC 6455 as a test needs: short text frames out, text frames in."""

    def __init__(self, port, path, origin):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.rest = b""
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Origin: {origin}", "Connection: Upgrade", "Upgrade: websocket"]
        lines += [f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: deskbell.v1", "", ""]
        self.socket.sendall("\r\n".join(lines).encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.take(1)
        if b" 101 " not in head:
            sys.exit(f"no upgrade: {head.decode(errors='replace')}")

    def take(self, count):
        while len(self.rest) < count:
            piece = self.socket.recv(65536)
            if not piece:
                sys.exit("the server closed the socket")
            self.rest += piece
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def send(self, frame):
        self.raw(1, json.dumps(frame).encode())

    def raw(self, opcode, payload):
        mask = secrets.token_bytes(4)
        length = bytes([0x80 | len(payload)]) if len(payload) < 126 else bytes([0xFE]) + struct.pack(">H", len(payload))
        self.socket.sendall(bytes([0x80 | opcode]) + length + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload)))

    def until(self, wanted):
        while True:
            frame = self.frame()
            if frame.get("type") == wanted:
                return frame
            if frame.get("type") == "nack":
                sys.exit(f"refused: {frame}")

    def frame(self):
        first, second = self.take(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", self.take(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", self.take(8))
        payload = self.take(length)
        opcode = first & 0x0F
        if opcode == 9:
            self.raw(10, payload)
        if opcode == 8:
            sys.exit(f"the server closed the session: {payload!r}")
        return json.loads(payload) if opcode == 1 else {}

    def close(self):
        self.raw(8, struct.pack(">H", 1000))
        self.socket.close()


main()
