"""A browser without scripts, as far as the deployment's tests need one: it trusts one certificate,
keeps cookies, reads forms and sends them."""
import html
import http.client
import json
import re
import secrets
import socket
import ssl
import urllib.parse
import uuid

PATIENCE_S = 40
PASSWORD = "correct horse battery"
OWNER = "lena@shop.example"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Connection(http.client.HTTPSConnection):
    """To this machine, whatever the host is called."""

    def __init__(self, host, port, context):
        super().__init__(host, timeout=PATIENCE_S, context=context)
        self.there = port

    def connect(self):
        tcp = socket.create_connection(("127.0.0.1", self.there), self.timeout)
        self.sock = self._context.wrap_socket(tcp, server_hostname=self.host)


class Browser:
    def __init__(self, host, port, certificate):
        self.host, self.port = host, port
        self.context = ssl.create_default_context(cafile=str(certificate))
        self.cookies = {}
        self.token = secrets.token_urlsafe(32)

    def asks(self, path, body=None, **headers):
        """The status, the headers and the text."""
        connection = Connection(self.host, self.port, self.context)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        more = {"Cookie": cookies} if cookies else {}
        connection.request("POST" if body is not None else "GET", path, body, {"Origin": f"https://{self.host}", **more, **headers})
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, value = cookie.split(";")[0].split("=", 1)
            assert name.startswith("__Host-") and "; Secure" in cookie and "; HttpOnly" in cookie, cookie
            self.cookies[name] = value
        text = answer.read().decode()
        connection.close()
        return answer.status, answer.headers, text

    def sends(self, path, **fields):
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.asks(path, urllib.parse.urlencode(fields), **kind)

    def sets_up(self, link):
        """By the form behind the link, then signed in; gives the site's key."""
        assert self.asks(link)[0] == 200
        status, _, text = self.sends(link, email=OWNER, password=PASSWORD, site="Shop", origin="https://shop.example")
        assert status in (200, 303), text
        status, _, text = self.sends("/console/login", email=OWNER, password=PASSWORD)
        assert status == 303 and self.cookies, text
        return re.search(r'data-site="([^"]+)"', self.asks("/demo")[2])[1]

    def posts(self, site, path, frame):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        status, _, text = self.asks(f"/v1/live/{path}?site={site}", json.dumps(frame), **headers)
        assert status == 200, text
        return json.loads(text)

    def writes(self, site, text):
        answer = self.posts(site, "send", {"type": "send", "id": uuid7(), "text": text})
        assert answer["type"] == "ack", answer

    def reads(self, site, text):
        """Polls until it is there."""
        asked = {"type": "hello", "token": self.token}
        while True:
            answer = self.posts(site, "poll", asked)
            if text in json.dumps(answer["frames"]):
                return
            assert answer["frames"], f"nothing more comes: {answer}"
            asked = {"session": answer["session"]}

    def answers(self, question, text):
        """An agent finds the chat in the list and answers, with scripts off."""
        _, _, page = self.asks("/console/conversations?view=all")
        row = re.search(r'/console/conversations/([0-9a-f-]{36})', page)
        assert question in page and row, page
        address = f"/console/conversations/{row[1]}"
        _, _, page = self.asks(address)
        form = re.search(rf'<form[^>]*action="{address}/send[^"]*".*?</form>', page, re.S)
        assert form, page
        status, _, said = self.sends(f"{address}/send", **hidden(form[0]), text=text)
        assert status == 303, said


def hidden(page):
    """What a form carries along."""
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in fields}


def uuid7():
    """A fresh id; the time in it need not be right."""
    return str(uuid.UUID(int=(0x01935B3C7A51 << 80) | (7 << 76) | (secrets.randbits(12) << 64) | (2 << 62) | secrets.randbits(62)))
