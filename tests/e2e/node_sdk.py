"""The client libraries for Node that do more than one request: each in a process of its own, all answering alike."""

import json
from pathlib import Path

from gallery import key_variable, manifest, provider_id
from sdk import Probe
from stack import Stack

HERE = Path(__file__).resolve().parent / "node"
LIBRARIES = {
    "openai-6": "openai",
    "openai-7": "openai7",
    "ai-sdk": "ai",
    "langchain-js": "langchain",
}
# Credentials of their own, so that the words of these tests reach no other test.
SAYS = {"qianwen": "node-web", "compatible": "node-service"}


class Library(Probe):
    """One library. What it does is told in `node/libraries/`."""

    def __init__(self, name):
        super().__init__(name, ["node", HERE / "library.mjs", LIBRARIES[name]])

    def do(self, stack, what, model, **order):
        """Does `plain`, `stream`, `calls`, `loop`, `object` or `abort`, and fails if the library did."""
        answer = self.call(stack, what, model=model, **order)
        assert "error" not in answer, answer
        return answer

    def error(self, stack, what, model, **order):
        """The error that the library raises."""
        answer = self.call(stack, what, model=model, **order)
        assert "error" in answer, answer
        return answer["error"]


class Talker(Stack):
    """A product with a web chat and a service whose words a test chooses."""

    def __init__(self, fake):
        self.fake = fake
        web, service = SAYS["qianwen"], SAYS["compatible"]
        environment = {
            "QIANWEN_BASE_URL": fake.url,
            "CN_ACCOUNT_1_COOKIE": f"tongyi_sso_ticket={web}",
            "MODEL_TO_ACCOUNT_MAP": json.dumps({"said": 1}),
            key_variable(service): f"sk-{service}",
        }
        super().__init__(environment, prepare=self.write)
        self.models = {"qianwen": "said", "compatible": f"{provider_id(service)}/fake-large"}

    def write(self, data_dir):
        """The service's provider file."""
        folder, service = data_dir / "providers", SAYS["compatible"]
        folder.mkdir()
        (folder / f"{provider_id(service)}.toml").write_text(manifest(service, f"{self.fake.url}/v1"), encoding="utf-8")

    def says(self, provider, *turns):
        """The next answers: each is a text, or a list of calls (name, arguments) in the form of that upstream."""
        self.fake.say(SAYS[provider], *(turn(provider, said) for said in turns))
        return self.models[provider]


def turn(provider, said):
    """One answer in the form of the upstream: a web chat writes a call as its contract tells it, a service has calls."""
    if isinstance(said, str):
        return {"text": said}
    if provider == "compatible":
        functions = [{"name": name, "arguments": json.dumps(arguments)} for name, arguments in said]
        calls = enumerate(functions, 1)
        return {"tool_calls": [{"id": f"call_{at}", "type": "function", "function": function} for at, function in calls]}
    written = (json.dumps({"name": name, "arguments": arguments}, ensure_ascii=False) for name, arguments in said)
    return {"text": "\n".join(f"[TOOL CALL]\n{call}\n[END TOOL CALL]" for call in written)}
