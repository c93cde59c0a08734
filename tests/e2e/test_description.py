"""What `/openapi.json` says is so, and `/docs` shows it."""

import gzip
import json
import os
import re
import subprocess

import pytest

from gallery import fixtures, model
from sdk import HERE, VENVS
from wire import ask

BIN = VENVS / "schemathesis" / "bin"
PYTHON = os.environ.get("E2E_PYTHON_SCHEMATHESIS", BIN / "python")
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
]
# A paste that happens to look like somebody's key would be shown to that service, and tests ask nobody outside.
# A stream without an end would be waited for.
LEFT_OUT = ["post_admin_api_accounts", "get_admin_api_live"]
FEWEST = 1000


def described(stack):
    """The description, as anybody reads it."""
    answer = ask(stack.port, path="/openapi.json")
    assert answer.status == 200 and answer.header("content-type") == "application/json"
    return answer.json()


def wrong(stack, values=()):
    """What is wrong with the description, or with values that it should describe."""
    lines = [described(stack), *({"schema": schema, "value": value} for schema, value in values)]
    given = "\n".join(json.dumps(line) for line in lines)
    done = subprocess.run(
        [PYTHON, HERE / "described.py"], input=given, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()


def test_the_description_is_openapi_3_1(gallery):
    """And a wrong value is found, or the other tests here would prove nothing."""
    assert described(gallery)["openapi"].startswith("3.1.")
    assert wrong(gallery) == []
    assert len(wrong(gallery, [("Error", {"error": {"message": "x", "type": "y", "param": None}})])) == 1


def test_every_answer_is_as_described(stacks, tmp_path):
    """Each operation with many right and wrong requests, through nginx. Nothing is asked that has an effect outside."""
    stack = stacks({}).start()
    command = [PYTHON, "-m", "schemathesis.cli", "run", f"http://127.0.0.1:{stack.port}/openapi.json"]
    command += ["--header", f"Authorization: Bearer {stack.key}", "--checks", ",".join(CHECKS)]
    command += ["--phases", "examples,coverage,fuzzing", "--max-examples", "20", "--generation-deterministic"]
    command += ["--no-color"]
    for operation in LEFT_OUT:
        command += ["--exclude-operation-id", operation]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=85, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    # It does not ask for the description itself a second time.
    served = sum(len(item) for item in described(stack)["paths"].values()) - len(LEFT_OUT) - 1
    tested = re.search(r"Tested: (\d+)", done.stdout)
    generated = re.search(r"(\d+) generated", done.stdout)
    assert tested and int(tested[1]) == served, done.stdout[-2000:]
    assert generated and int(generated[1]) > FEWEST, done.stdout[-2000:]


@pytest.mark.parametrize("provider", ["qianwen", "compatible"])
def test_every_kind_of_answer_is_as_described(gallery, provider):
    """Whole answers, chunks and errors of every upstream that there is a fixture of, however it speaks."""
    values = []
    for name in fixtures(provider):
        chosen = model(provider, f"fixture-{name}")
        whole = gallery.heal().chat(chosen)
        values.append(("ChatCompletion" if whole.status == 200 else "Error", whole.json()))
        stream = gallery.heal().stream(chosen, stream_options={"include_usage": True}).read()
        said = re.findall(r"^data: (\{.*)$", stream.body.decode(), re.MULTILINE) if stream.status == 200 else []
        chunks = [json.loads(line) for line in said]
        values += [("Error" if "error" in chunk else "ChatCompletionChunk", chunk) for chunk in chunks]
    assert {schema for schema, _ in values} == {"ChatCompletion", "ChatCompletionChunk", "Error"}
    assert wrong(gallery, values) == []


def test_what_the_owner_reads_is_as_described(gallery):
    """With real accounts in it, which the run over all operations has not."""
    accounts = gallery.ask("/admin/api/accounts").json()
    values = [
        ("AccountList", accounts),
        ("AccountView", gallery.ask(f"/admin/api/accounts/{accounts['accounts'][0]['id']}").json()),
        ("EventList", gallery.ask(f"/admin/api/accounts/{accounts['accounts'][0]['id']}/events").json()),
        ("Served", gallery.ask("/admin/api/models").json()),
        ("SettingList", gallery.ask("/admin/api/settings").json()),
        ("StoreView", gallery.ask("/admin/api/store").json()),
        ("Overview", gallery.ask("/admin/api/overview").json()),
        ("AuditPage", gallery.ask("/admin/api/audit").json()),
        ("SessionView", gallery.ask("/admin/api/session").json()),
        ("SessionList", gallery.ask("/admin/api/sessions").json()),
        ("Health", gallery.health()),
        ("ModelList", gallery.ask("/v1/models").json()),
    ]
    assert wrong(gallery, values) == []


def test_the_page_loads_all_it_needs(gallery):
    """From here and from nowhere else; another page may not frame it, and it sends no address to anybody."""
    pages = [ask(gallery.port, path=path) for path in ("/docs", "/docs/", "//docs")]
    assert {page.status for page in pages} == {200} and len({page.body for page in pages}) == 1
    page = pages[0]
    assert page.header("content-type") == "text/html; charset=utf-8"
    assert page.header("x-content-type-options") == "nosniff" and page.header("referrer-policy") == "no-referrer"
    policy = page.header("content-security-policy")
    assert "default-src 'none'" in policy and "frame-ancestors 'self' https://huggingface.co" in policy
    assert "connect-src 'self'" in policy and "http:" not in policy
    linked = re.findall(r'(?:href|src)="([^"]+)"', page.body.decode())
    assert len(linked) >= 5 and all(link.startswith("/") for link in linked), linked
    kinds = {"css": "text/css", "js": "text/javascript", "png": "image/png", "json": "application/json"}
    for link in linked:
        answer = ask(gallery.port, path=link, headers={"Accept-Encoding": "gzip"})
        assert answer.status == 200, link
        assert answer.header("content-type").split(";")[0] == kinds[link.rsplit(".", 1)[1]], link
        if answer.header("content-encoding") == "gzip":
            # It also checks the length and the checksum.
            assert len(gzip.decompress(answer.body)) > len(answer.body)
    assert ask(gallery.port, path="/docs/no-such-file").status == 404
