"""Fetches the OpenAPI document and fills a desk, so that the checker knows ids that exist.

    prepare.py URL DESK.json OUT.json [--without STATUS]

Every id in the document becomes "one of those that exist, or any other": without that, nearly every
request would be about nothing. `--without` takes a status out of the document, for the control.
"""

import json
import sys
import urllib.request


def ask(url, key, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data=data)
    request.add_header("Authorization", f"Bearer {key}")
    if data:
        request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def fill(url, desk):
    key = desk["api_key"]
    agent = ask(url, key, "/api/v1/agents", {
        "email": "quinn@shop.example", "name": "Quinn", "role": "supervisor", "queue_ids": [desk["queue_id"]],
    })["agent"]
    started = ask(url, key, "/api/v1/conversations", {
        "site_id": desk["site_id"], "visitor": {"name": "Ada"}, "text": "Where is order 1042?",
    })
    conversation = started["conversation"]
    answer = ask(url, key, f"/api/v1/conversations/{conversation['id']}/messages", {
        "agent_id": agent["id"], "text": "On its way.",
    })
    return {
        "SiteId": [desk["site_id"]],
        "QueueId": [desk["queue_id"]],
        "AgentId": [desk["owner_id"], agent["id"]],
        "VisitorId": [conversation["visitor_id"]],
        "ConversationId": [conversation["id"]],
        "MessageId": [answer["id"], started["message"]["id"]],
    }


def with_known(schema, known):
    return {"anyOf": [{"enum": known}, schema]}


def main():
    url, desk_file, out = sys.argv[1:4]
    without = sys.argv[5] if sys.argv[4:5] == ["--without"] else None
    with open(desk_file) as file:
        desk = json.load(file)
    known_file = desk_file + ".known"
    try:
        with open(known_file) as file:
            known = json.load(file)
    except FileNotFoundError:
        known = fill(url, desk)
        with open(known_file, "w") as file:
            json.dump(known, file)
    document = ask(url, desk["api_key"], "/api/openapi.json")
    schemas = document["components"]["schemas"]
    for name, ids in known.items():
        schemas[name] = with_known(schemas[name], ids)
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", []):
                name = "".join(part.capitalize() for part in parameter["name"].split("_"))
                if name in known:
                    parameter["schema"] = with_known(parameter["schema"], known[name])
            if without:
                operation["responses"].pop(without, None)
    with open(out, "w") as file:
        json.dump(document, file)


main()
