"""The client libraries for Node that do more than one request: each in a process of its own, all answering alike."""

from pathlib import Path

from sdk import Probe

HERE = Path(__file__).resolve().parent / "node"
LIBRARIES = {
    "openai-6": "openai",
    "openai-7": "openai7",
    "ai-sdk": "ai",
    "langchain-js": "langchain",
}


class Library(Probe):
    """One library. How it does what is asked is written in `node/libraries/`."""

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
