"""Settings as owners write them: pasted cookies, every way of quoting, and what is said when something is wrong."""

import socket
import subprocess
from pathlib import Path

import pytest

from gallery import PLAIN_MANIFEST
from patience import until
from stack import OWNER_KEY
from wire import ask

# Everything that a shell, an ini file, compose or a URL would take for something of its own.
NASTY = (
    r"""cna=a b; tongyi_sso_ticket=ok; home=$HOME ${PATH} $(id) `id` $$; q="in ner"; p='x'; h=#1 # no comment; """
    r"""u=100%25 %(ENV_RUN_DIR)s %s; b=\n\\ \"; e==; j={"a":[1,2]}; s=*?~!&|<>^; t=<script>; XSRF-TOKEN=x%2Fy%3D; """
    r"""b-user-id=dev 1; last=";'"""
)
TOKEN = 'to$ken "x" #1'


def sent(fake, count_before):
    """The headers of the chat request that came after so many."""
    until(
        lambda: len(chats(fake)) > count_before or fake.journal()["routes"].get("POST /api/v2/chat", 0) > count_before,
        5,
    )
    return dict(chats(fake)[-1]["headers"])


def chats(fake):
    """The last chat requests."""
    return [entry for entry in fake.journal()["recent"] if entry["route"] == "POST /api/v2/chat"]


@pytest.mark.parametrize(
    "form",
    ["{}", '"{}"', "'{}'", "  {}  ", "{}\r", "export"],
    ids=["bare", "double quoted", "single quoted", "with blanks around", "from Windows", "with export"],
)
def test_a_cookie_in_a_file_arrives_byte_for_byte(stacks, fake, form):
    """Whatever quoting the owner chose, and whatever the cookie holds."""
    prefix, form = ("export ", "{}") if form == "export" else ("", form)
    dotenv = (
        f"# settings\n\nQIANWEN_BASE_URL={fake.url}\n{prefix}CN_ACCOUNT_1_COOKIE={form.format(NASTY)}\n"
        f"{prefix}CN_ACCOUNT_1_XSRF_TOKEN={form.format(TOKEN)}\n"
    )
    before = fake.journal()["routes"].get("POST /api/v2/chat", 0)
    stack = stacks(dotenv=dotenv).start()
    assert stack.chat().status == 200
    headers = sent(fake, before)
    assert headers["cookie"] == NASTY
    assert headers["x-xsrf-token"] == TOKEN
    assert headers["x-device-id"] == "dev 1"


@pytest.mark.parametrize("form", ["{}", '"{}"', "'{}'"], ids=["bare", "double quoted", "single quoted"])
def test_a_cookie_in_the_environment_arrives_byte_for_byte(stacks, fake, form):
    """Through bash, supervisord and nginx's start; quotes that a form of secrets copied along are dropped."""
    before = fake.journal()["routes"].get("POST /api/v2/chat", 0)
    stack = stacks(
        {
            "QIANWEN_BASE_URL": fake.url,
            "CN_ACCOUNT_7_COOKIE": form.format(NASTY),
            "CN_ACCOUNT_7_XSRF_TOKEN": form.format(TOKEN),
        }
    ).start()
    assert stack.chat().status == 200
    headers = sent(fake, before)
    assert (headers["cookie"], headers["x-xsrf-token"]) == (NASTY, TOKEN)


def test_the_environment_wins_over_the_file(stacks, fake):
    """Unless it is empty, as a compose file's unset variables are."""
    dotenv = f"QIANWEN_BASE_URL={fake.url}\nCN_ACCOUNT_1_COOKIE=tongyi_sso_ticket=expired\nMAX_BODY_MB=1\n"
    stack = stacks(
        {"CN_ACCOUNT_1_COOKIE": "tongyi_sso_ticket=ok", "CN_ACCOUNT_2_COOKIE": "", "MAX_BODY_MB": ""}, dotenv=dotenv
    ).start()
    assert [stack.chat().status for _ in range(2)] == [200, 200]
    assert stack.chat(text="x" * (2 << 20)).status == 413, "an empty variable does not hide the file's"


def test_the_example_file_as_it_stands_is_a_working_configuration(stacks):
    """Copied and not filled in: the placeholders count as not set, so the demo answers."""
    example = (Path(__file__).resolve().parents[2] / ".env.example").read_text(encoding="utf-8")
    stack = stacks(dotenv=example, key=None).start()
    stack.key = (stack.data_dir / "master.key").read_text(encoding="utf-8").strip()
    assert "CN_ACCOUNT_1_COOKIE" in stack.chat().text()


def test_ports_and_limits_from_a_file_reach_nginx(stacks):
    """The binary reads the file, and nginx's configuration comes from the binary."""
    stack = stacks()
    lines = {name: stack.environment.pop(name) for name in ("LISTEN_PORT", "APP_PORT", "API_MASTER_KEY")}
    text = "".join(f"{name}='{value}'\n" for name, value in lines.items()) + "MAX_BODY_MB = 2\n"
    (stack.folder / ".env").write_text(text, encoding="utf-8")
    stack.start()
    assert stack.chat().status == 200
    assert "2 MB" in stack.chat(text="x" * (3 << 20)).error()["message"]


WRONG = {
    "LISTEN_PORT": "99999",
    "MAX_BODY_MB": "many",
    "API_MASTER_KEY": "tiny-key",
    "QIANWEN_KEEP_SESSIONS": "perhaps",
    "UPSTREAM_PROXY": "socks5://SECRET@x",
    "MODEL_TO_ACCOUNT_MAP": '{"SECRET',
    "CN_ACCOUNT_x_COOKIE": "SECRET",
    "HEARTBEAT_S": "0",
    "CN_ACCOUNT_1_COOKIE": "tongyi_sso_ticket=SE\tCRET",
}


def test_every_mistake_is_told_at_once(stacks):
    """By name, with the mend, without a value, and nothing is started."""
    stack = stacks(WRONG, dotenv="this line is SECRET\n").launch()
    assert stack.wait() not in (0, None)
    output = stack.output()
    for name in [*WRONG, ".env line 1"]:
        assert output.count(f"  {name}: ") == 1, (name, output)
    assert "SECRET" not in output and "tiny-key" not in output and "Traceback" not in output
    assert not (stack.run_dir / "nginx.conf").exists()


@pytest.mark.parametrize(
    "value, part",
    [
        ("{", "not a JSON object"),
        ("[]", "not a JSON object"),
        ('{"m": 9}', "account 9, which is not set"),
        ('{"m": []}', "`m`"),
    ],
)
def test_a_broken_map_is_told(stacks, fake, value, part):
    """One clear sentence that names the variable."""
    stack = stacks(
        {"QIANWEN_BASE_URL": fake.url, "CN_ACCOUNT_1_COOKIE": "tongyi_sso_ticket=ok", "MODEL_TO_ACCOUNT_MAP": value}
    )
    assert stack.launch().wait() not in (0, None)
    told = [line for line in stack.output().splitlines() if "MODEL_TO_ACCOUNT_MAP" in line]
    assert len(told) == 1 and part in told[0], stack.output()


@pytest.mark.parametrize("name", ["LISTEN_PORT", "APP_PORT"])
def test_a_taken_port_is_told(stacks, name):
    """One sentence with the port, the variable and what to do; not a restart loop."""
    stack = stacks()
    with socket.create_server(("0.0.0.0", int(stack.environment[name]))):
        assert stack.launch().wait(limit_s=5) not in (0, None)
    told = [line for line in stack.output().splitlines() if name in line]
    assert len(told) == 1 and stack.environment[name] in told[0], stack.output()
    assert "Traceback" not in stack.output()


def test_the_same_port_twice_is_told(stacks):
    """nginx and the service cannot share one."""
    stack = stacks()
    stack.environment["APP_PORT"] = stack.environment["LISTEN_PORT"]
    assert stack.launch().wait() not in (0, None)
    assert "APP_PORT" in stack.output() and "LISTEN_PORT" in stack.output()


def test_a_folder_that_cannot_be_written_with_a_key(stacks):
    """It runs, warns in the log and in the owner's health, and says no more than `degraded` to others."""
    stack = stacks({"DATA_DIR": "/proc/none"}).start()
    assert stack.chat().status == 200
    until(lambda: "DATA_DIR" in stack.output(), why=stack.output)
    assert ask(stack.port, path="/health").json() == {"status": "degraded"}
    assert any("DATA_DIR" in warning for warning in stack.health()["warnings"])
    assert stack.stop() == 0


def test_a_folder_that_cannot_be_written_without_a_key(stacks):
    """A key would be made that nobody could ever find again, so it ends and says what to do."""
    stack = stacks({"DATA_DIR": "/proc/none"}, key=None).launch()
    assert stack.wait(limit_s=30) not in (0, None)
    told = [line for line in stack.output().splitlines() if "DATA_DIR" in line and "API_MASTER_KEY" in line]
    assert len(told) == 1, f"one clear sentence: {stack.output()}"


BROKEN = {
    "typo.toml": PLAIN_MANIFEST.format(id="typo", url="https://x.invalid/v1").replace("name =", "nmae ="),
    "no-toml.toml": "this is SECRET = = nothing",
    "empty.toml": "",
    "bad-address.toml": PLAIN_MANIFEST.format(id="bad-address", url="ftp://x.invalid"),
}


def test_a_broken_provider_file_disables_only_itself(stacks, fake):
    """The others work; the owner reads which file is out and why, everybody else only that something is amiss."""

    def prepare(data_dir):
        folder = data_dir / "providers"
        folder.mkdir()
        for name, text in BROKEN.items():
            (folder / name).write_text(text, encoding="utf-8")
        (folder / "good.toml").write_text(PLAIN_MANIFEST.format(id="good", url=f"{fake.url}/v1"), encoding="utf-8")
        (folder / "notes.txt").write_text("not a provider", encoding="utf-8")
        (folder / "latin.toml").write_bytes(b'id = "\xe9"\n')

    stack = stacks({"GOOD_API_KEY": "sk-ok"}, prepare=prepare).start()
    assert stack.chat("good/fake-large").status == 200
    assert ask(stack.port, path="/health").json() == {"status": "degraded"}
    health = stack.health()
    for name in [*BROKEN, "latin.toml"]:
        assert sum(name in warning for warning in health["warnings"]) == 1, (name, health["warnings"])
        assert stack.output().count(name) == 1
    assert "notes.txt" not in str(health) and "SECRET" not in str(health) + stack.output()
    assert [provider["id"] for provider in health["providers"]] == ["good"]


def test_warnings_do_not_keep_it_from_working(stacks, fake):
    """A cookie without a ticket, one given twice, a key that no header can carry: told by name; the rest works."""
    stack = stacks(
        {
            "QIANWEN_BASE_URL": fake.url,
            "CN_ACCOUNT_1_COOKIE": "tongyi_sso_ticket=ok",
            "CN_ACCOUNT_2_COOKIE": "tongyi_sso_ticket=ok",
            "CN_ACCOUNT_3_COOKIE": "cna=SECRET; isg=1",
            "DEEPSEEK_API_KEY": "sk SECRET",
            "CN_ACCOUNT_4_COOKIE": "paste-your-cookie-here",
        }
    ).start()
    warnings = stack.health()["warnings"]
    for name in ("CN_ACCOUNT_3_COOKIE", "DEEPSEEK_API_KEY"):
        assert any(name in warning for warning in warnings), (name, warnings)
        assert name in stack.output()
    assert "CN_ACCOUNT_2_COOKIE" in stack.output(), "a harmless oddity is told in the log, whatever the health says"
    assert "SECRET" not in stack.output() + str(warnings)
    accounts = [account["id"] for provider in stack.health()["providers"] for account in provider["accounts"]]
    assert accounts == ["qianwen-1", "qianwen-3"]


def test_commands_besides_the_service(stacks):
    """What the documents tell owners to run."""
    stack = stacks()
    run = lambda *words: subprocess.run(
        ["bash", Path(__file__).resolve().parents[2] / "docker" / "entrypoint.sh", *words],
        capture_output=True,
        text=True,
        env=stack.environment,
        cwd=stack.folder,
        check=False,
    )
    assert run("version").stdout.startswith("qianqiao ")
    assert run("key").stdout.strip() == OWNER_KEY
    assert run("check").returncode == 0
    assert run("nonsense").returncode == 2
    assert run("healthcheck").returncode == 1
    stack.start()
    assert run("healthcheck").returncode == 0
