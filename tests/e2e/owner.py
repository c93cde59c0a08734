"""The owner's side: a product with accounts, what the admin API says of it, and changes while it runs."""

import json
import os
import subprocess
from contextlib import contextmanager

from patience import until
from stack import ENTRYPOINT, Stack
from wire import ask

ACCOUNTS = "/admin/api/accounts"
OK_END = "🚀👩‍💻✨。"


class Owner(Stack):
    """A stack whose accounts are named by credentials of the fake."""

    def __init__(self, fake, *credentials, **settings):
        names = enumerate(credentials, 1)
        cookies = {f"CN_ACCOUNT_{number}_COOKIE": f"tongyi_sso_ticket={name}" for number, name in names}
        super().__init__({"QIANWEN_BASE_URL": fake.url, "WORKERS": "4", **cookies, **settings})

    def restart(self, kill=False):
        """Starts anew with the same folder, after a clean stop or a kill."""
        if kill:
            self.session.kill()
            self.process.wait(timeout=10)
        else:
            assert self.stop() == 0, self.output()
        return self.start()

    def admin(self, path, method="GET", body=None, **options):
        """A request below /admin/api/."""
        return self.ask(f"/admin/api/{path}", method, body, **options)

    def done(self, path, method="POST", body=None):
        """The same, which must succeed."""
        answer = self.admin(path, method, body)
        assert answer.status in (200, 201, 204), (path, answer.status, answer.body)
        return answer.json() if answer.body else None

    def accounts(self):
        """Id → account, without the demo's, which is always there."""
        listed = self.ask(ACCOUNTS).json()["accounts"]
        return {account["id"]: account for account in listed if account["provider"] != "demo"}

    def account(self, id):
        """One account."""
        return self.ask(f"{ACCOUNTS}/{id}").json()

    def events(self, id):
        """What happened to an account, newest first."""
        return self.done(f"accounts/{id}/events", "GET")["events"]

    def paste(self, text, **fields):
        """Puts an account in."""
        return self.ask(ACCOUNTS, "POST", {"paste": text, **fields})

    def set(self, name, value):
        """Changes a setting."""
        return self.done(f"settings/{name}", "PUT", {"value": value})

    def until_state(self, id, *states, limit_s=10):
        """Waits until an account is in one of these states."""
        return until(
            lambda: (account := self.account(id))["state"] in states and account,
            limit_s,
            lambda: f"{id} is {states}, but {self.account(id)}",
        )

    def until_checked(self, *ids):
        """Waits until the sign-ins of these accounts were checked for the first time."""
        until(
            lambda: all(self.account(id)["last_check"] for id in ids),
            10,
            lambda: f"{ids} were checked, but {self.accounts()}",
        )

    def command(self, *words, **environment):
        """One of the binary's commands, as an owner types it."""
        return subprocess.run(
            ["bash", ENTRYPOINT, *words],
            capture_output=True,
            text=True,
            env={**self.environment, **environment},
            cwd=self.folder,
            check=False,
            timeout=60,
        )


def plan(fake, name, scenario):
    """From now on the credential `name` does what `scenario` says."""
    answer = ask(fake.port, "POST", f"/__fake/set?name={name}&plan={scenario}")
    assert answer.status == 200, answer.body


def who(answer):
    """The account that answered, and after how many attempts."""
    return answer.header("x-qianqiao-account"), int(answer.header("x-qianqiao-attempts"))


def grep(folder, *words):
    """The files below `folder` that hold one of `words`."""
    found = []
    for parent, _, names in os.walk(folder):
        for name in names:
            data = open(os.path.join(parent, name), "rb").read()
            found += [(name, word) for word in words if word.encode() in data]
    return found


def hooks(fake, part):
    """The notices that came to addresses with `part`, oldest first, as the JSON that they are."""
    came = [hook for hook in fake.journal()["hooks"] if part in hook["path"]]
    return [json.loads(hook["body"]) if "json" in hook["content_type"] else hook["body"] for hook in came]


@contextmanager
def taking_in(fake):
    """A stack that takes in whatever is pasted; at its end it must have told nothing that it should not."""
    owner = Owner(fake, "ok~user-first", OPENAI_COMPATIBLE_BASE_URL=f"{fake.url}/v1").start()
    yield owner
    try:
        assert owner.stop() == 0 and "panicked" not in owner.output() and "SECRET" not in owner.output()
    finally:
        owner.close()
