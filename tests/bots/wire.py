"""A real HTTP server on loopback for the peers, with everything that can go wrong on the wire, and a way for
the tests to look in: GET /_asked, POST /_set, POST /_go, POST /_late."""

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from brain import gate, late_gate

asked = []
settings = {}
refused_once = set()
lock = threading.Lock()


def fault(handler, words):
    """Does what the first word says with the connection; False where it is no fault."""
    name = words.strip().partition(" ")[0]
    if name == "hang":
        time.sleep(15)
    elif name == "drip":
        handler.head(200, {"Content-Type": "application/json"})
        for byte in b"{" + b" " * 14:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(1)
    elif name == "broken":
        handler.head(500, {}, b"oh no")
    elif name == "busy":
        handler.head(429, {"Retry-After": "60"}, b"")
    elif name == "busyonce":
        with lock:
            first = words not in refused_once
            refused_once.add(words)
        if not first:
            return False
        handler.head(429, {"Retry-After": "1"}, b"")
    elif name == "redirect":
        handler.head(302, {"Location": "http://169.254.169.254/latest/"}, b"")
    elif name == "huge":
        handler.head(200, {"Content-Type": "application/json"})
        chunk = b" " * (1 << 20)
        for _ in range(1024):
            handler.wfile.write(chunk)
    elif name == "bomb":
        import gzip
        handler.head(200, {"Content-Type": "application/json", "Content-Encoding": "gzip"},
                     gzip.compress(b" " * (64 << 20)))
    elif name == "html":
        handler.head(200, {"Content-Type": "text/html"}, b"<html>It works!</html>")
    elif name == "cut":
        handler.head(200, {"Content-Type": "application/json", "Content-Length": "1000"}, b'{"act', counts=False)
    else:
        return False
    return True


class Handler(BaseHTTPRequestHandler):
    """One request; `answer` is the kind's own."""

    protocol_version = "HTTP/1.1"
    answer = None

    def head(self, status, headers, body=None, counts=True):
        self.close_connection = True
        self.send_response(status)
        if body is not None and counts:
            headers = {**headers, "Content-Length": str(len(body))}
        for name, value in {**headers, "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(body)

    def json(self, value, status=200):
        self.head(status, {"Content-Type": "application/json"}, json.dumps(value).encode())

    def do_GET(self):
        with lock:
            self.json(list(asked))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        try:
            if self.path == "/_set":
                settings.update(json.loads(body))
                self.json({})
            elif self.path == "/_go":
                gate.release()
                self.json({})
            elif self.path == "/_late":
                late_gate.release()
                self.json({})
            else:
                type(self).answer(self, json.loads(body), body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def note(self, words, body):
        """Keeps what was understood, and the whole of it."""
        with lock:
            asked.append({"words": words, "body": body})

    def log_message(self, *_):
        pass


def serve(answer):
    """Serves on the port that is asked for, or on any, and says which."""
    Handler.answer = answer
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    server.serve_forever()
