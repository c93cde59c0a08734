"""A model whose words a test chooses, in the form that its upstream has for them."""

import json

from gallery import SAID, model


class Said:
    """The gallery's accounts that say what they are told to; one credential in both dialects."""

    def __init__(self, gallery, fake, provider):
        self.gallery, self.fake, self.provider = gallery, fake, provider
        self.model = model(provider, SAID)
        # A web chat knows nothing but text, so that tools, JSON and limits are the gateway's own work there.
        self.emulated = provider == "qianwen"

    def says(self, *turns):
        """The next answers, the last one again and again: texts, lists of calls (name, arguments), or the fake's turns."""
        self.fake.say(SAID, *(self.turn(one) for one in turns))
        self.before = self.fake.counts(SAID)["requests"]
        return self

    def turn(self, said):
        """One answer in the form of the upstream."""
        if not isinstance(said, list):
            return said
        if self.emulated:
            calls = [{"name": name, "arguments": arguments} for name, arguments in said]
            texts = (f"[TOOL CALL]\n{json.dumps(call, ensure_ascii=False)}\n[END TOOL CALL]" for call in calls)
            return {"text": "\n".join(texts)}
        functions = [{"name": name, "arguments": json.dumps(arguments)} for name, arguments in said]
        return {
            "tool_calls": [
                {"id": f"call_{at}", "type": "function", "function": function} for at, function in enumerate(functions, 1)
            ]
        }

    def ask(self, sdk, what, text="What is the weather?", **fields):
        """Lets a library ask."""
        return sdk.ask(self.gallery, what, self.model, text, **fields)

    def result(self, sdk, what, **fields):
        """The completion that a library made, which must be one."""
        answer = self.ask(sdk, what, **fields)
        assert "result" in answer, answer
        return answer["result"]

    def error(self, sdk, what, **fields):
        """The error that a library raised."""
        answer = self.ask(sdk, what, **fields)
        assert "error" in answer, answer
        return answer["error"]

    def asked(self):
        """How often the upstream was asked since it was told what to say."""
        return self.fake.counts(SAID)["requests"] - self.before

    def body(self):
        """What the upstream was asked last."""
        return self.fake.last(SAID)

    def prompt(self):
        """All the text of what the upstream was asked last."""
        contents = (message.get("content") for message in self.body()["messages"])
        return "\n".join(content for content in contents if isinstance(content, str))


def message(result, index=0):
    """The message of one choice."""
    return result["choices"][index]["message"]


def finish(result, index=0):
    """Why one choice ended."""
    return result["choices"][index]["finish_reason"]


def called(message):
    """The calls of a message as (name, arguments), after a look at what every call must have."""
    calls = message["tool_calls"]
    assert all(call["type"] == "function" and call["id"] for call in calls), calls
    assert len({call["id"] for call in calls}) == len(calls), calls
    return [(call["function"]["name"], json.loads(call["function"]["arguments"])) for call in calls]
