"""The first thing that a person does: start it, copy the printed command, read an answer."""

import json
import re
import shlex
import subprocess

import pytest

from patience import until

QUESTION = '{"model":"auto","messages":[{"role":"user","content":"你好"}]}'
OK_BEGINNING = "你好！我是假的上游"


def curl(stack, *arguments, key=None):
    """What curl prints for the command of the documents."""
    url = f"http://127.0.0.1:{stack.port}/v1/chat/completions"
    command = ["curl", "-sS", "--max-time", "20", url, "-H", f"Authorization: Bearer {key or stack.key}", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}).stdout


def check_both_ways(stack, beginning):
    """The answer and the stream begin as they must; curl sends the body as a form, for want of a better header."""
    whole = json.loads(curl(stack, "-d", QUESTION))
    assert whole.get("object") == "chat.completion", whole
    assert whole["choices"][0]["message"]["content"].startswith(beginning)
    assert whole["choices"][0]["finish_reason"] == "stop"
    assert whole["usage"]["total_tokens"] > 0
    streamed = curl(stack, "-N", "-d", QUESTION.replace("{", '{"stream":true,', 1))
    assert streamed.startswith("data: {") and streamed.endswith("data: [DONE]\n\n")
    chunks = [json.loads(line[6:]) for line in streamed.splitlines() if line.startswith("data: {")]
    assert "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks).startswith(beginning)


def test_the_demo_answers_the_printed_command(stacks):
    """Nothing is configured: the key is made, shown once, and the printed command works as it stands."""
    stack = stacks(key=None).start()
    until(lambda: "try it" in stack.output(), why=stack.output)
    printed = stack.output()
    command = re.search(r"try it +(curl .*)", printed)[1]
    stack.key = re.search(r"key +(qq-\w+)", printed)[1]
    assert shlex.split(command)[0] == "curl"
    answer = json.loads(
        subprocess.run(
            ["sh", "-c", command], check=True, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}
        ).stdout
    )
    told = answer["choices"][0]["message"]["content"]
    assert "CN_ACCOUNT_1_COOKIE" in told and "DASHSCOPE_API_KEY" in told, "the demo says what to configure"
    check_both_ways(stack, told[:20])


def test_the_made_key_is_printed_once_and_kept(stacks):
    """A restart keeps the key and does not print it again; the `key` command does."""
    stack = stacks(key=None).start()
    key = until(lambda: re.search(r"key +(qq-\w+)", stack.output()), why=stack.output)[1]
    assert stack.stop() == 0
    again = stacks({"DATA_DIR": str(stack.data_dir)}, key=None).start()
    again.key = key
    assert again.chat().status == 200
    until(lambda: "try it" in again.output(), why=again.output)
    assert key not in again.output()
    entrypoint = ["bash", again.process.args[1], "key"]
    shown = subprocess.run(entrypoint, check=True, capture_output=True, text=True, env=again.environment)
    assert shown.stdout.strip() == key


@pytest.mark.parametrize("cookie", ["tongyi_sso_ticket=ok", "ok"], ids=["a cookie", "the ticket alone"])
def test_a_qianwen_cookie_answers(stacks, fake, cookie):
    """One cookie is all that the web chat needs."""
    stack = stacks({"QIANWEN_BASE_URL": fake.url, "CN_ACCOUNT_1_COOKIE": cookie}).start()
    check_both_ways(stack, OK_BEGINNING)


def test_a_compatible_service_answers(stacks, fake):
    """An address and a key are all that a compatible service needs; `auto` works at once."""
    settings = {"OPENAI_COMPATIBLE_BASE_URL": f"{fake.url}/v1", "OPENAI_COMPATIBLE_API_KEY": "sk-ok"}
    check_both_ways(stacks(settings).start(), OK_BEGINNING)


def test_a_service_without_a_model_list_answers_with_the_named_model(stacks, fake):
    """Some services list no models; then the owner names them."""
    settings = {
        "OPENAI_COMPATIBLE_BASE_URL": f"{fake.url}/v1",
        "OPENAI_COMPATIBLE_API_KEY": "sk-ok~nolist",
        "OPENAI_COMPATIBLE_MODELS": "my-model, other",
    }
    stack = stacks(settings).start()
    check_both_ways(stack, OK_BEGINNING)
    assert fake.requests("ok~nolist")[-1]["body"].count('"my-model"') == 1


def test_a_catalogue_provider_answers(stacks, fake):
    """A key of a built-in provider switches it on; its address may be another one."""
    stack = stacks({"DASHSCOPE_API_KEY": "sk-ok", "DASHSCOPE_BASE_URL": f"{fake.url}/compatible-mode/v1"}).start()
    check_both_ways(stack, OK_BEGINNING)


def test_a_keyless_local_server_answers(stacks, fake):
    """A server on one's own machine asks for no key."""
    check_both_ways(stacks({"OLLAMA_BASE_URL": f"{fake.url}/v1"}).start(), OK_BEGINNING)


def test_all_that_is_configured_is_served_and_the_demo_is_gone(stacks, fake):
    """Several providers stand beside each other; `auto` takes one of them, and never the demo."""
    settings = {
        "QIANWEN_BASE_URL": fake.url,
        "CN_ACCOUNT_3_COOKIE": "tongyi_sso_ticket=ok",
        "DEEPSEEK_API_KEY": "sk-ok",
        "DEEPSEEK_BASE_URL": f"{fake.url}/v1",
    }
    stack = stacks(settings).start()
    owners = lambda: {model["owned_by"] for model in stack.ask("/v1/models").json()["data"]}
    until(lambda: {"qianwen", "deepseek"} <= owners(), why=lambda: f"both are listed, but {owners()}")
    assert "demo" not in owners()
    assert stack.chat("auto").text().startswith(OK_BEGINNING)
    assert stack.chat("deepseek/fake-large").text().startswith(OK_BEGINNING)
