"""A server with the channels of Rasa: REST, and callback, whose messages are posted before it says `success`, as
Rasa does."""

import json
import urllib.error
import urllib.request

import wire
from brain import PATIENCE_S, filled, late_gate, steps


def message(step, sender):
    to = {"recipient_id": sender}
    if step[0] == "say":
        return to | {"text": step[1]}
    if step[0] == "choose":
        return to | {"text": step[1], "buttons": [{"title": title, "payload": payload} for title, payload in step[2]]}
    if step[0] == "card":
        return to | {"text": step[1], "image": step[3]}
    if step[0] == "form":
        return to | {"custom": {"form": {"text": step[1], "fields": step[2], "payload": "/contact"}}}
    if step[0] == "file":
        return to | {"text": step[1], "attachment": step[2]}
    if step[0] == "handoff":
        return to | {"custom": {"handoff": True, "queue": step[1], "summary": step[2], "note": step[3]}}
    if step[0] == "set":
        return to | {"custom": {"set": {"tags": step[1], "attributes": step[2]}}}
    return to | {"custom": {step[0]: True}}


def posted(said):
    """To the callback's address; gives the status."""
    url = wire.settings["desk"] + wire.settings["callback"]
    request = urllib.request.Request(url, json.dumps(said).encode(), {"Content-Type": "application/json"})
    try:
        return urllib.request.urlopen(request).status
    except urllib.error.HTTPError as error:
        return error.code


def called_back(http, words, sender):
    name = words.partition(" ")[0]
    if name == "lategate":
        late_gate.acquire(timeout=PATIENCE_S)
    if name != "never":
        answers = [("say", "Later")] if name in ("later", "lategate") else steps(words)
        statuses = [posted(message(step, sender)) for step in answers]
        with wire.lock:
            wire.asked.append({"words": "acted", "of": name, "body": statuses[-1] if statuses else 0})
    http.head(200, {"Content-Type": "text/plain"}, b"success")


def answer(http, asked, body):
    words, sender = asked["message"], asked["sender"]
    if words.startswith("/contact{"):
        values = json.loads(words.removeprefix("/contact"))
        if asked["metadata"]["form"]["values"] != values:
            return http.head(400, {}, b"")
        words = filled(values)
    http.note(words, asked)
    if http.path == "/webhooks/callback/webhook":
        return called_back(http, words, sender)
    if http.path != "/webhooks/rest/webhook":
        return http.head(404, {}, b"")
    if wire.fault(http, words):
        return None
    name = words.partition(" ")[0]
    if name == "null":
        fields = ("recipient_id", "text", "image", "buttons", "attachment", "custom")
        return http.json([dict.fromkeys(fields)])
    if name == "many":
        return http.json([{"recipient_id": sender, "text": "x"}] * 10_000)
    if name == "unknown":
        return http.json([{"recipient_id": sender, "text": "Danced", "custom": {"dance": True}}])
    return http.json([message(step, sender) for step in steps(words) if step[0] != "typing"])


wire.serve(answer)
