"""A bot as people write them for Chatwoot's AgentBot: it knows Chatwoot's webhook and Chatwoot's REST, and
nothing of Deskbell."""

import hashlib
import hmac
import json
import threading
import urllib.error
import urllib.request

import wire
from brain import PATIENCE_S, filled, late_gate, steps


def is_signed(headers, body):
    signed = headers["X-Chatwoot-Timestamp"].encode() + b"." + body
    ours = "sha256=" + hmac.new(wire.settings["secret"].encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(ours, headers["X-Chatwoot-Signature"]) and headers["X-Chatwoot-Delivery"]


def post(event, path, value):
    """One call of Chatwoot's REST; gives the status."""
    account, conversation = event["account"]["id"], event["conversation"]["id"]
    url = f"{wire.settings['desk']}/api/v1/accounts/{account}/conversations/{conversation}/{path}"
    headers = {"api_access_token": wire.settings["key"], "Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, json.dumps(value).encode(), headers)) as got:
            got.read()
            return got.status
    except urllib.error.HTTPError as error:
        return error.code


def say(event, text, kind="text", items=None, private=False):
    attributes = {"items": items} if items else {}
    value = {"content": text, "message_type": "outgoing", "private": private, "content_type": kind}
    return post(event, "messages", value | {"content_attributes": attributes})


def item(field):
    """A field as Chatwoot's forms have it."""
    kind = {"choice": "select"}.get(field["kind"], field["kind"])
    options = [{"label": one["title"], "value": one["value"]} for one in field.get("options") or []]
    return {"name": field["name"], "type": kind, "label": field["label"], "required": field["required"] if "required"
            in field else False, "options": options}


def do(event, step):
    if step[0] == "say":
        return say(event, step[1])
    if step[0] == "choose":
        return say(event, step[1], "input_select", [{"title": title, "value": value} for title, value in step[2]])
    if step[0] == "card":
        action = {"type": "link", "text": "Open", "uri": step[3]}
        return say(event, step[1], "cards", [{"title": step[2], "description": "x", "actions": [action]}])
    if step[0] == "form":
        return say(event, step[1], "form", [item(field) for field in step[2]])
    if step[0] == "typing":
        return post(event, "toggle_typing_status", {"typing_status": "on"})
    if step[0] == "set":
        post(event, "custom_attributes", {"custom_attributes": step[2]})
        return post(event, "labels", {"labels": step[1]})
    if step[0] == "close":
        return post(event, "toggle_status", {"status": "resolved"})
    for text in filter(None, step[2:]):
        say(event, text, private=True)
    return post(event, "toggle_status", {"status": "open"})


def work(event, words):
    name = words.partition(" ")[0]
    if name == "lategate":
        late_gate.acquire(timeout=PATIENCE_S)
    if name == "never":
        return
    if name == "null":
        fields = ("content", "message_type", "private", "content_type", "content_attributes")
        status = post(event, "messages", dict.fromkeys(fields))
    elif name == "unknown":
        status = say(event, "x", "poll")
    else:
        done = [("say", "Later")] if name in ("later", "lategate") else steps(words)
        statuses = [do(event, step) for step in done]
        status = statuses[-1] if statuses else 0
    with wire.lock:
        wire.asked.append({"words": "acted", "of": name, "body": status})


def answer(http, event, body):
    if not is_signed(http.headers, body):
        return http.head(401, {}, b"")
    if event["conversation"]["status"] != "pending" or not isinstance(event["conversation"]["id"], int):
        return http.head(200, {}, b"")
    submitted = event["content_attributes"].get("submitted_values")
    if event["event"] == "message_updated" and submitted:
        if event["content_type"] == "form":
            words = filled({one["name"]: one["value"] for one in submitted})
        else:
            words = submitted[0]["value"]
    elif event["event"] == "message_created" and event["message_type"] == "incoming":
        words = event["content"]
    else:
        return http.head(200, {}, b"")
    http.note(words, event)
    if wire.fault(http, words):
        return None
    # Some act before they answer, some after.
    if words.partition(" ")[0] in ("later", "lategate", "gate"):
        threading.Thread(target=work, args=(event, words), daemon=True).start()
        return http.head(200, {}, b"")
    work(event, words)
    return http.head(200, {}, b"")


wire.serve(answer)
