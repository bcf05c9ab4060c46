"""A bot that says 202 to everything: it acts later, over REST. Writes its port into a file.

    later.py PORT-FILE
"""

import pathlib
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Later(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Later)
pathlib.Path(sys.argv[1]).write_text(str(server.server_address[1]))
server.serve_forever()
