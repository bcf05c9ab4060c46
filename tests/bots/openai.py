"""A server of OpenAI's chat completions: streams by default, as OpenAI does, or as others do."""

import json
import time

import wire
from brain import steps, words_of


def piece(delta, reason=None, **more):
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [choice], **more}


def call(name, arguments):
    return {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}


def stream(http, pieces, pause=0.0):
    http.head(200, {"Content-Type": "text/event-stream"})
    for one in pieces:
        http.wfile.write(f"data: {json.dumps(one)}\n\n".encode())
        http.wfile.flush()
        time.sleep(pause)
    http.wfile.write(b"data: [DONE]\n\n")


def tool_of(steps_):
    for step in steps_:
        if step[0] == "handoff":
            names = ("queue", "summary", "note")
            return json.dumps({name: value for name, value in zip(names, step[1:]) if value})
    return None


def special(http, name):
    if name == "stream":
        stream(http, [piece({"content": text}) for text in ("It ", "grows ", "and ", "grows")] + [piece({}, "stop")], 0.2)
    elif name == "null":
        http.json({"id": None, "choices": None, "usage": None})
    elif name == "many":
        calls = [call("handoff", "{}") | {"index": n} for n in range(10_000)]
        http.json({"choices": [{"message": {"content": None, "tool_calls": calls}, "finish_reason": "tool_calls"}]})
    elif name == "unknown":
        stream(http, [piece({"tool_calls": [{"index": 0} | call("dance", "{}")]}), piece({}, "tool_calls")])
    elif name == "whole":
        http.json({"choices": [{"message": {"role": "assistant", "content": "In one piece"}, "finish_reason": "stop"}]})
    elif name == "sse_error":
        stream(http, [piece({"content": "Half of "}), {"error": {"message": "overloaded"}}])
    else:
        return False
    return True


def answer(http, asked, body):
    if http.path != "/v1/chat/completions" or http.headers["Authorization"] != "Bearer sk-peer":
        return http.json({"error": {"message": "no"}}, 401)
    last = asked["messages"][-1]
    system = asked["messages"][0]["content"]
    words = "\n".join(line for line in last["content"].split("\n") if line) if last["role"] == "user" else ""
    http.note(words, asked)
    if words and words in system:
        return http.json({"error": {"message": "the visitor's words stand in the system message"}}, 400)
    name = words.partition(" ")[0]
    if wire.fault(http, words) or special(http, name):
        return None
    said = steps(words)
    text, tool = words_of(said), tool_of(said)
    pieces = [piece({"role": "assistant", "content": None})]
    half = len(text) // 2
    pieces += [piece({"content": part}) for part in (text[:half], text[half:]) if part]
    if tool is not None:
        pieces.append(piece({"tool_calls": [{"index": 0} | call("handoff", tool[:4])]}))
        pieces.append(piece({"tool_calls": [{"index": 0, "function": {"arguments": tool[4:]}}]}))
    pieces.append(piece({}, "tool_calls" if tool is not None else "stop"))
    pieces.append({"choices": [], "usage": {"prompt_tokens": 60, "completion_tokens": 40, "total_tokens": 100}})
    return stream(http, pieces)


wire.serve(answer)
