"""The official client libraries, each in a process of its own, driven by one line of JSON a call."""

import json
import os
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENVS = HERE.parents[1] / ".venv"
SDKS = {
    "openai-python-current": [os.environ.get("E2E_PYTHON", VENVS / "e2e" / "bin" / "python"), HERE / "sdk_probe.py"],
    "openai-python-2": [
        os.environ.get("E2E_PYTHON_OPENAI2", VENVS / "e2e-openai2" / "bin" / "python"),
        HERE / "sdk_probe.py",
    ],
    "openai-python-1": [
        os.environ.get("E2E_PYTHON_OPENAI1", VENVS / "e2e-openai1" / "bin" / "python"),
        HERE / "sdk_probe.py",
    ],
    "openai-node": ["node", HERE / "node" / "probe.mjs", "openai"],
    "openai-node-7": ["node", HERE / "node" / "probe.mjs", "openai7"],
}
PYTHON = [name for name in SDKS if name.startswith("openai-python")]
LANGCHAIN = [
    os.environ.get("E2E_PYTHON_LANGCHAIN", VENVS / "e2e-langchain" / "bin" / "python"),
    HERE / "langchain_probe.py",
]


class Probe:
    """One library. A call returns what the library returned, or the error that it raised, as plain data."""

    def __init__(self, name, command=None):
        self.name = name
        # No OPENAI_* variable, proxy or log level of the developer may reach the library.
        environment = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        self.process = subprocess.Popen(
            command or SDKS[name],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def close(self):
        """Ends the process."""
        self.process.stdin.close()
        self.process.wait(timeout=20)
        self.process.stdout.close()

    def call(self, stack, what, retries=0, key=None, base="/v1", timeout=30, **arguments):
        """Does one thing, such as `create`, `stream` or `helper`: the probe has the list."""
        options = {
            "base_url": f"http://127.0.0.1:{stack.port}{base}",
            "api_key": key or stack.key,
            "max_retries": retries,
            "timeout": timeout,
        }
        self.process.stdin.write(json.dumps({"do": what, "options": options, **arguments}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"{self.name} ended with {self.process.wait(timeout=5)}"
        return json.loads(line)

    def ask(self, stack, what, model, text="hello", **fields):
        """A call about one user message."""
        extra = {name: fields.pop(name) for name in ("retries", "key", "base", "timeout") if name in fields}
        body = {"model": model, "messages": [{"role": "user", "content": text}], **fields}
        return self.call(stack, what, body=body, **extra)
