"""What the peers of the conformance suite say: the visitor's first word names the scenario. A step is a
tuple, which each kind of bot puts into its own words."""

import threading

LONG = "A line of words that goes on. " * 266  # just below 8,000 characters
RTL = "مرحبًا بك 👩🏽\u200d🚀 e\u0301 שלום"
FIELDS = [
    {"name": "mail", "kind": "email", "label": "Email", "required": True},
    {"name": "size", "kind": "choice", "label": "Size",
     "options": [{"value": "s", "title": "Small"}, {"value": "l", "title": "Large"}]},
]
# How long whoever waits at a gate waits, in seconds: longer than any test.
PATIENCE_S = 300
gate = threading.Semaphore(0)
# Of those who answer late: whoever comes to the other gate meanwhile does not go in their place.
late_gate = threading.Semaphore(0)


def steps(words):
    """The steps of an answer to these words."""
    name, _, rest = words.strip().partition(" ")
    if not name:  # The chat was given to it, and nobody said anything.
        return []
    if name.startswith("gate"):
        gate.acquire(timeout=PATIENCE_S)
        return [("say", "Through the gate")]
    known = {
        "plain": [("say", "Hello from the bot")],
        "history": [("say", "I remember")],
        "several": [("say", "one"), ("say", "two"), ("say", "three")],
        "choose": [("choose", "Which one?", [("Lamp", "/pick{\"thing\":\"lamp\"}"), ("Desk", "/desk")])],
        "/pick{\"thing\":\"lamp\"}": [("say", "You chose the lamp")],
        "card": [("card", "Look", "A lamp", "https://shop.example/lamp.png")],
        "javascript": [("card", "Look", "A lamp", "javascript:alert(1)")],
        "form": [("form", "Where to?", FIELDS)],
        "manyfields": [("form", "Where to?", [FIELDS[0] | {"name": f"f{n}"} for n in range(3_000)])],
        "nullform": [("form", "Where to?", [dict.fromkeys(FIELDS[0])])],
        "filled": [("say", "Filled in: " + rest)],
        "file": [("file", "Your invoice", "https://shop.example/invoice-7.pdf", "invoice-7.pdf")],
        "badfile": [("file", "Your invoice", "javascript:alert(1)", "invoice-7.pdf")],
        "unicode": [("say", RTL)],
        "long": [("say", LONG.strip())],
        "toolong": [("say", LONG + LONG)],
        "silent": [],
        "typing": [("typing",), ("say", "Typed")],
        "handoff": [("say", "One moment"), ("handoff", None, None, None)],
        "queue": [("handoff", "Sales", None, None)],
        "noqueue": [("handoff", "Nowhere", None, None)],
        "note": [("handoff", None, "Wants a lamp", "Be kind")],
        "close": [("say", "Bye"), ("close",)],
        "set": [("set", ["billing"], {"plan": "pro"}), ("say", "Noted")],
    }
    return known.get(name, [("say", "echo: " + " / ".join(words.split("\n")))])


def filled(values):
    """What a visitor put into a form, as the words that the steps are found by."""
    return "filled " + ", ".join(f"{name}={value}" for name, value in sorted(values.items()))


def words_of(steps_):
    """What the steps say, in one text."""
    return "\n".join(step[1] for step in steps_ if step[0] in ("say", "choose", "card", "form", "file"))
