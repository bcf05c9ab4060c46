"""A bot of Deskbell's own contract (docs/bots.md): it checks signatures, answers at once, as a stream, or later
over REST with its key."""

import base64
import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.request

import wire
from brain import PATIENCE_S, filled, late_gate, steps, words_of


def is_signed(headers, body):
    stamp = headers["webhook-timestamp"]
    key = base64.b64decode(wire.settings["secret"].removeprefix("whsec_"))
    signed = headers["webhook-id"].encode() + b"." + stamp.encode() + b"." + body
    ours = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    fits = any(hmac.compare_digest(ours, one) for one in headers["webhook-signature"].split(" "))
    return fits and abs(time.time() - int(stamp)) < 300


def action(step):
    if step[0] == "say":
        return {"type": "say", "text": step[1]}
    if step[0] == "choose":
        replies = [{"title": title, "payload": payload} for title, payload in step[2]]
        return {"type": "say", "text": step[1], "quick_replies": replies}
    if step[0] == "card":
        button = {"title": "Open", "url": step[3]}
        return {"type": "say", "text": step[1], "cards": [{"title": step[2], "buttons": [button]}]}
    if step[0] == "form":
        return {"type": "say", "text": step[1], "form": {"fields": step[2], "submit": "Go", "payload": {"about": 1}}}
    if step[0] == "file":
        return {"type": "say", "text": step[1], "attachments": [{"url": step[2], "name": step[3]}]}
    if step[0] == "handoff":
        return {"type": "handoff", "queue": step[1], "summary": step[2], "note": step[3]}
    if step[0] == "set":
        return {"type": "set", "tags": step[1], "attributes": step[2]}
    return {"type": step[0]}


def act(event, actions, once=None):
    """Over REST; gives the status."""
    url = f"{wire.settings['desk']}/api/v1/conversations/{event['conversation']['id']}/actions"
    headers = {"Authorization": f"Bearer {wire.settings['key']}", "Content-Type": "application/json"}
    if once:
        headers["Idempotency-Key"] = once
    body = json.dumps({"epoch": event["epoch"], "actions": actions}).encode()
    try:
        return urllib.request.urlopen(urllib.request.Request(url, body, headers)).status
    except urllib.error.HTTPError as error:
        return error.code


def later(event, name):
    if name == "lategate":
        late_gate.acquire(timeout=PATIENCE_S)
    say = [{"type": "say", "text": "Later"}]
    status = act(event, say, event["id"])
    if name == "twice":
        act(event, say, event["id"])
    with wire.lock:
        wire.asked.append({"words": "acted", "of": name, "body": status})


def answer(http, event, body):
    if not is_signed(http.headers, body):
        return http.head(401, {}, b"")
    last = event["message"] or {}
    form = last.get("form")
    if form and (last["payload"] != {"about": 1} or last["text"] != "Email: ann@shop.example\nSize: Small"):
        return http.head(400, {}, b"")
    words = filled(form["values"]) if form else last.get("payload") or "\n".join(said["text"] for said in event["messages"])
    http.note(words, event)
    if wire.fault(http, words):
        return None
    name = words.partition(" ")[0]
    if name in ("later", "lategate", "twice", "never"):
        if name != "never":
            threading.Thread(target=later, args=(event, name), daemon=True).start()
        return http.head(202, {}, b"")
    if name == "stream":
        http.head(200, {"Content-Type": "text/event-stream"})
        for piece in ("It ", "grows ", "and ", "grows"):
            http.wfile.write(f"event: delta\ndata: {json.dumps({'text': piece})}\n\n".encode())
            time.sleep(0.2)
        return None
    if name == "null":
        return http.json({"actions": None})
    if name == "many":
        return http.json({"actions": [{"type": "noop"}] * 10_000})
    if name == "unknown":
        return http.json({"actions": [{"type": "dance"}]})
    return http.json({"actions": [action(step) for step in steps(words)]})


assert words_of([("say", "x")]) == "x"
wire.serve(answer)
