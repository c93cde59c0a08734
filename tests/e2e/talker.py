"""A product with a web chat and a service of OpenAI's kind, whose words a test chooses."""

import json

from gallery import key_variable, manifest, provider_id
from stack import Stack


class Talker(Stack):
    """Its two credentials are called after `name`, so that the words of one test file reach no other."""

    def __init__(self, fake, name):
        self.fake = fake
        self.credentials = {"qianwen": f"{name}-web", "compatible": f"{name}-service"}
        self.models = {"qianwen": "said", "compatible": f"{provider_id(self.credentials['compatible'])}/fake-large"}
        environment = {
            "QIANWEN_BASE_URL": fake.url,
            "CN_ACCOUNT_1_COOKIE": f"tongyi_sso_ticket={self.credentials['qianwen']}",
            "MODEL_TO_ACCOUNT_MAP": json.dumps({"said": 1}),
            key_variable(self.credentials["compatible"]): f"sk-{self.credentials['compatible']}",
        }
        super().__init__(environment, prepare=self.write)

    def write(self, data_dir):
        """The service's provider file."""
        folder, service = data_dir / "providers", self.credentials["compatible"]
        folder.mkdir()
        (folder / f"{provider_id(service)}.toml").write_text(manifest(service, f"{self.fake.url}/v1"), encoding="utf-8")

    def says(self, provider, *turns):
        """The next answers, each a text, a list of calls (name, arguments) or a `turn`; returns the model to ask."""
        self.fake.say(self.credentials[provider], *(turn(provider, said) for said in turns))
        return self.models[provider]

    def last(self, provider):
        """What the upstream was asked last, as text."""
        return json.dumps(self.fake.last(self.credentials[provider]), ensure_ascii=False)


def turn(provider, said):
    """One answer in the upstream's own form: a service has calls, a web chat writes them as it was told to."""
    if isinstance(said, dict):
        return said
    if isinstance(said, str):
        return {"text": said}
    if provider == "compatible":
        functions = [{"name": name, "arguments": json.dumps(arguments)} for name, arguments in said]
        calls = [{"id": f"call_{at}", "type": "function", "function": one} for at, one in enumerate(functions, 1)]
        return {"tool_calls": calls}
    written = (json.dumps({"name": name, "arguments": arguments}, ensure_ascii=False) for name, arguments in said)
    return {"text": "\n".join(f"[TOOL CALL]\n{call}\n[END TOOL CALL]" for call in written)}
