"""Fetches the OpenAPI document and fills a desk, so that the checker can ask for what is there.

    prepare.py URL DESK.json OUT.json [--without STATUS]

What only bots do stands in OUT.json.bot, for a run with the key in OUT.json.bot.key: of a bot at
http://127.0.0.1:PORT (in DESK.json.port), which has a chat of its own and acts later.

In what is sent, ids become those that exist, and fields whose values hang together (an epoch, a time, a
mail address) become a few that may fit: without that nearly every request would be about nothing. All else
stays as the document has it, and the checker still sends what it forbids. `--without` takes a status out of
the document, for the control.
"""

import base64
import datetime
import hashlib
import hmac
import json
import pathlib
import sys
import time
import urllib.request

TOMORROW = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
# Fields of what is sent, by their names.
FIELDS = {
    "epoch": [1, 2, 3],
    "if_rev": [2, 3, 4],
    "until": [TOMORROW],
    # Nothing takes one away.
    "email": ["ada@mail.example", "bert@mail.example", "cleo@mail.example", ""],
    "to": ["ada@mail.example"],
    "origin": ["https://outlet.example"],
    "locale": ["en", "de"],
    "external_id": ["4711"],
    # Nobody is there who could be handed a chat: it goes into a queue.
    "to_agent_id": [],
    "add": [["late"], ["late", "vip"]],
    "url": ["https://hooks.shop.example/desk", "https://hooks.shop.example/other"],
    "events": [["message.created"], ["note.created", "message.created"]],
    "actions": [[{"type": "say", "text": "It left us."}], [{"type": "typing"}], [{"type": "noop"}]],
}


def ask(url, key, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data=data)
    request.add_header("Authorization", f"Bearer {key}")
    if data:
        request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def wrote(url, key):
    """The conversation that a mail began: who wrote it has proved her address, and a transcript may go there."""
    mail = b"From: Ada <ada@mail.example>\r\nTo: help@shop.example\r\nSubject: My lamp\r\nMessage-ID: <1@mail.example>\r\n\r\nIt is dark.\r\n"
    at = str(int(time.time()))
    signature = hmac.new(b"what signs mails here", b".".join([b"one", at.encode(), mail]), hashlib.sha256).digest()
    request = urllib.request.Request(url + "/v1/inbound/mail", data=mail)
    for name, value in {"id": "one", "timestamp": at, "signature": "v1," + base64.b64encode(signature).decode()}.items():
        request.add_header("webhook-" + name, value)
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["taken"] == "began"
    found = ask(url, key, "/api/v1/conversations?limit=1")
    return found["items"][0]["id"]


def fill(url, desk):
    """Gives the ids for bodies, and those for paths."""

    def post(path, body):
        return ask(url, desk["api_key"], "/api/v1/" + path, body)

    def invite(name):
        email = f"{name.lower()}@shop.example"
        body = {"email": email, "name": name, "role": "supervisor", "queue_ids": [desk["queue_id"]]}
        return post("agents", body)["agent"]["id"]

    # Quinn acts; Paul is what is done to agents.
    quinn, paul = invite("Quinn"), invite("Paul")
    started = post("conversations", {"site_id": desk["site_id"], "visitor": {"name": "Ada"}, "text": "Where is it?"})
    conversation, visitor = started["conversation"]["id"], started["conversation"]["visitor_id"]

    def told():
        return post("webhooks", {"url": "https://hooks.shop.example/desk", "events": ["note.created"]})["webhook"]["id"]

    # One stays, the other is what is removed.
    webhook, gone = told(), told()
    # Robin is what is done to bots; Mia has a chat, and the checker has her key.
    robin = post("bots", {"name": "Robin", "kind": "webhook", "url": "https://bot.shop.example/"})["bot"]["id"]
    answer = post(f"conversations/{conversation}/messages", {"agent_id": quinn, "text": "On its way."})["id"]
    bodies = {
        "SiteId": [desk["site_id"]],
        "QueueId": [desk["queue_id"]],
        "AgentId": [quinn],
        "VisitorId": [visitor],
    }
    paths = {
        "site_id": [desk["site_id"]],
        "queue_id": [desk["queue_id"]],
        "agent_id": [paul],
        "visitor_id": [visitor],
        "conversation_id": [conversation],
        "message_id": [answer],
        "webhook_id": [webhook],
        "bot_id": [robin],
    }
    port = pathlib.Path(sys.argv[2] + ".port").read_text()
    queue = post("queues", {"name": "First"})["id"]
    mia = {"name": "Mia", "kind": "webhook", "url": f"http://127.0.0.1:{port}/", "later_s": 3_600, "queue_ids": [queue]}
    key = post("bots", mia)["key"]
    begun = {"site_id": desk["site_id"], "visitor": {"name": "Bo"}, "queue_id": queue, "text": "Is anybody there?"}
    of_mia = post("conversations", begun)["conversation"]
    mias = {"key": key, "conversation": of_mia["id"], "epoch": of_mia["epoch"]}
    return {"mia": mias, "bodies": bodies, "paths": paths, "acts": quinn, "fields": {"reply_to": [answer]}, "of": {"removeWebhook": [gone], "mailTranscript": [wrote(url, desk["api_key"])]}}


def fit(schema, bodies):
    """A schema of what is sent, with ids that exist."""
    if isinstance(schema, list):
        return [fit(part, bodies) for part in schema]
    if not isinstance(schema, dict):
        return schema
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    if name in bodies:
        return {"enum": bodies[name]}
    fitted = {key: fit(value, bodies) for key, value in schema.items()}
    for field, property in fitted.get("properties", {}).items():
        if field in FIELDS:
            nullable = "null" in property.get("type", []) or {"type": "null"} in property.get("oneOf", [])
            fitted["properties"][field] = {"enum": FIELDS[field] + ([None] if nullable else [])}
    return fitted


def main():
    url, desk_file, out = sys.argv[1:4]
    without = sys.argv[5] if sys.argv[4:5] == ["--without"] else None
    desk = json.loads(pathlib.Path(desk_file).read_text())
    known_file = pathlib.Path(desk_file + ".known")
    if not known_file.exists():
        known_file.write_text(json.dumps(fill(url, desk)))
    known = json.loads(known_file.read_text())
    FIELDS.update(known["fields"])
    document = ask(url, desk["api_key"], "/api/openapi.json")
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    schemas = document["components"]["schemas"]
    sent = {"NewPerson"}
    for operation in operations:
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        sent.add(body.get("$ref", "").rsplit("/", 1)[-1])
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                # Others too: what is made on the way is asked for.
                there = known["of"].get(operation["operationId"], known["paths"][parameter["name"]])
                parameter["schema"] = {"anyOf": [{"enum": there}, parameter["schema"]]}
            elif parameter["name"] == "agent_id" and parameter["required"]:
                parameter["schema"] = {"enum": [known["acts"]]}
        if without:
            operation["responses"].pop(without, None)
    for name in sent & schemas.keys():
        schemas[name] = fit(schemas[name], known["bodies"])
    # Either an agent or the visitor writes, which no schema says; visitors' words come by startConversation.
    words = schemas["NewMessage"]
    words["properties"] |= {"agent_id": {"enum": [known["acts"]]}, "visitor_id": {"enum": [None]}}
    words["required"] = ["agent_id", "text"]
    pathlib.Path(out).write_text(json.dumps(document))
    of_bots(document, known["mia"], out + ".bot")


def of_bots(document, mia, out):
    """The document of what only bots do, about the bot's own chat."""
    document["paths"] = {path: what for path, what in document["paths"].items() if path.endswith(("/actions", "/partial"))}
    for path in document["paths"].values():
        for parameter in path["post"]["parameters"]:
            if parameter["in"] == "path":
                parameter["schema"] = {"anyOf": [{"enum": [mia["conversation"]]}, parameter["schema"]]}
    for name in ("Actions", "PartialAnswer"):
        document["components"]["schemas"][name]["properties"]["epoch"] = {"enum": [mia["epoch"], mia["epoch"] + 1]}
    pathlib.Path(out).write_text(json.dumps(document))
    pathlib.Path(out + ".key").write_text(mia["key"])


main()
