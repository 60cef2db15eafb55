"""Writes the cases of ReferenceCasesTest: templates, conversations, and the texts that Jinja2 makes of them.

    python3 make_cases.py ../../tokenizer/src/test/resources/io/hayloft/tokenizer/template/cases.json
"""

import json
import sys

import expressions
import families
import reference


def user(text):
    return {"role": "user", "content": text}


def assistant(text, **more):
    return {"role": "assistant", "content": text, **more}


def call(name, arguments, id="abcdefghi"):
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


SYSTEM = {"role": "system", "content": "Answer in one line.\n"}
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tells the weather.\nOf one place.",
        "parameters": {
            "type": "object",
            "properties": {
                "place": {"type": "string", "description": "A town, such as \"Bâle\""},
                "unit": {"type": "string", "enum": ["C", "F"]},
                "days": {"type": ["integer", "null"], "minimum": 1},
                "hours": {"type": "array", "items": {"type": "number"}},
            },
            "required": ["place"],
        },
    },
}
CLOCK = {
    "type": "function",
    "function": {"name": "clock", "description": "Tells the time", "parameters": {"type": "object", "properties": {}, "required": []}},
}

CONVERSATIONS = {
    "one": {"messages": [user("Hi")]},
    "system": {"messages": [SYSTEM, user("How far is the moon?")]},
    "turns": {"messages": [user("  Hi \n"), assistant(" Hello! "), user("Who are you?"), assistant("A test."), user("Good\n\n\nbye\r\n")]},
    "system and turns": {"messages": [SYSTEM, user("1 + 1?"), assistant("2"), user("And 2 + 2?")]},
    "ends with an answer": {"messages": [user("Ping"), assistant("Pong")]},
    "letters": {"messages": [user("Grüße, 世界! 😀 \"quoted\" 'single' <b>&amp;</b> \\n {{ x }} {% y %}")]},
    "empty": {"messages": [user("")]},
    "no messages": {"messages": []},
    "two users": {"messages": [user("a"), user("b")]},
    "unknown role": {"messages": [{"role": "critic", "content": "Hm."}, user("x")]},
    "special text": {"messages": [SYSTEM, user("Say <|im_end|> and </s> [INST] <end_of_turn>")]},
    "thoughts": {"messages": [user("Why?"), assistant("<think>\nBecause, I think.\n</think>\n\nSo it is."), user("Sure? /no_think")]},
    "thoughts at the end": {"messages": [user("Why?"), assistant("<think>\nHm.\n</think>\n\nSo."), {"role": "tool", "content": "ok"}, assistant("Yes.", reasoning_content="It is.")]},
    "tools": {"messages": [user("Is it wet in Rome?")], "tools": [WEATHER, CLOCK]},
    "a call": {
        "messages": [SYSTEM, user("Is it wet in Rome?"), assistant("", tool_calls=[call("weather", {"place": "Rome", "days": 2, "hours": [1, 2.5]})])],
        "tools": [WEATHER],
    },
    "call and answer": {
        "messages": [
            user("Is it wet in Rome?"),
            assistant("I look.", tool_calls=[call("weather", {"place": "Rome", "unit": None, "deep": {"ok": True}})]),
            {"role": "tool", "content": "{\"wet\": false}", "tool_call_id": "abcdefghi"},
            assistant("It is dry."),
            user("Thanks"),
        ],
        "tools": [WEATHER, CLOCK],
    },
    "two calls": {
        "messages": [
            user("Weather and time?"),
            assistant("", tool_calls=[call("weather", {"place": "Bâle"}), call("clock", {}, "123456789")]),
            {"role": "tool", "content": "12 C", "tool_call_id": "abcdefghi"},
            {"role": "tool", "content": "noon", "tool_call_id": "123456789"},
        ],
        "tools": [CLOCK, WEATHER],
    },
    "blocks": {"messages": [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "What is this? "}]}]},
    "documents": {"messages": [user("Sum up.")], "documents": [{"title": "A", "text": "First."}, {"title": "B", "text": "Zweites."}]},
}


def chats():
    for family, (template, variables) in families.FAMILIES.items():
        for name, conversation in CONVERSATIONS.items():
            options = [{"add_generation_prompt": True}]
            if name in ("turns", "ends with an answer"):
                options.append({"add_generation_prompt": False})
            if name == "thoughts":
                options.append({"add_generation_prompt": True, "enable_thinking": False})
            for option in options:
                given = {"tools": None, "documents": None, **variables, **conversation, **option}
                yield {"family": family, "conversation": name, "options": option, **outcome(template, given)}


def features():
    given = dict(expressions.VARIABLES, tools=None, documents=None)
    for template in expressions.templates():
        yield {"template": template, **outcome(template, given)}


def outcome(template, variables):
    kind, text = reference.render(template, variables)
    # Messages of Python are not ours; only what the template itself says is.
    return {"text": text} if kind == "text" else {"refusal": text} if kind == "refusal" else {"error": True}


def main(path):
    none = {"tools": None, "documents": None}
    cases = {
        "families": {name: {"template": t, "variables": {**none, **v}} for name, (t, v) in families.FAMILIES.items()},
        "conversations": CONVERSATIONS,
        "variables": {**expressions.VARIABLES, **none},
        "chats": list(chats()),
        "features": list(features()),
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(cases, file, ensure_ascii=True, separators=(",", ":"))
    texts = sum("text" in c for c in cases["chats"])
    print(f"{len(cases['families'])} families, {len(cases['chats'])} chats ({texts} with text), {len(cases['features'])} features")


if __name__ == "__main__":
    main(sys.argv[1])
