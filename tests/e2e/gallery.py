"""One stack with an account for each scenario of the fake: a test picks what the upstream does by the model's name.

A Qianwen scenario is an account of its own, to which a model's name is pinned: a pinned model never moves to another
account. A scenario of the compatible service is a provider file of its own. An account that failed rests, so each test
begins with `heal`: what it meets is the upstream's own answer, and not the rest that an earlier test caused.
"""

import json
from functools import cache

from fake import FIXTURES
from stack import Stack

# The credential that is no scenario: it says what a test tells it to.
SAID = "said"
SCENARIOS = {
    "qianwen": [
        "ok",
        "echo",
        "ok~cut1",
        "ok~cut7",
        "ok~drip50",
        "ok~drip100",
        "reset-mid",
        "truncated",
        "malformed",
        "stall-mid",
        "hold",
        "endless",
        "slow-first-1000",
        "slow-first-8000",
        "stall-before",
        "stall-headers",
        "expired",
        "ex015",
        "401",
        "403",
        "429",
        "429-after-7",
        "429-after-120",
        "quota",
        "waf-json",
        "waf-html",
        "empty",
        "500",
        "503",
        "reset-before",
        "reset-after-headers",
        SAID,
    ],
    "compatible": [
        "ok",
        "echo",
        "ok~cut1",
        "ok~cut7",
        "ok~drip50",
        "ok~drip100",
        "reset-mid",
        "truncated",
        "malformed",
        "stall-mid",
        "hold",
        "endless",
        "slow-first-1000",
        "slow-first-8000",
        "stall-before",
        "stall-headers",
        "expired",
        "401",
        "403",
        "429",
        "429-after-1",
        "429-after-7",
        "429-after-120",
        "quota",
        "waf-html",
        "empty",
        "500",
        "503",
        "reset-before",
        "reset-after-headers",
        SAID,
    ],
}
FOLDERS = {"qianwen": "qianwen", "compatible": "openai_compatible"}
CATALOGUE = FIXTURES.parents[1] / "src" / "providers" / "catalogue"
# The keeper's check would find these signed out before a test has asked them.
SIGNED_OUT = {"expired", "ex015", "401", "403"}
PLAIN_MANIFEST = """
id = "{id}"
name = "The fake"
base_url = "{url}"

[models]
source = "static"
known = ["fake-large"]

[evidence]
source = "tests/fake_upstream"
dated = "2026-11-22"
"""


@cache
def fixtures(provider):
    """Fixture name → what is expected of it, for all that are chat answers."""
    found = {}
    for path in sorted((FIXTURES / FOLDERS[provider]).glob("*.expected.json")):
        expected = json.loads(path.read_text(encoding="utf-8"))
        if "kind" not in expected:
            name = path.name.removesuffix(".expected.json")
            body = next(other for other in path.parent.glob(f"{name}.*") if other != path)
            found[name] = {**expected, "extension": body.suffix}
    return found


def scenarios(provider):
    """Everything that can be picked."""
    return SCENARIOS[provider] + [f"fixture-{name}" for name in fixtures(provider)]


def credential(scenario):
    """The name of a scenario's credential, under which the fake counts."""
    return f"{scenario}~check-ok" if scenario in SIGNED_OUT else scenario


def provider_id(scenario):
    """The id of the provider file of a scenario."""
    return "c-" + scenario.replace("~", "--")


def model(provider, scenario):
    """The name that picks a scenario."""
    assert scenario in scenarios(provider), f"the gallery has no {provider} account for {scenario}"
    return f"q-{scenario}" if provider == "qianwen" else f"{provider_id(scenario)}/fake-large"


class Gallery(Stack):
    """The stack, and what makes its accounts well again."""

    def heal(self):
        """Ends every rest, and forgets what is counted against an account."""
        for account in self.ask("/admin/api/accounts").json()["accounts"]:
            if account["state"] != "ready" or account["cause"]:
                assert self.ask(f"/admin/api/accounts/{account['id']}/enable", "POST").status == 200
        return self


def gallery(fake, **settings):
    """A stack with all of them, not started."""
    accounts = {number: name for number, name in enumerate(scenarios("qianwen"), 1)}
    environment = {
        "QIANWEN_BASE_URL": fake.url,
        "MODEL_TO_ACCOUNT_MAP": json.dumps({model("qianwen", name): number for number, name in accounts.items()}),
        **{f"CN_ACCOUNT_{number}_COOKIE": f"tongyi_sso_ticket={credential(name)}" for number, name in accounts.items()},
        **{key_variable(name): f"sk-{credential(name)}" for name in scenarios("compatible")},
        **settings,
    }
    return Gallery(environment, prepare=lambda data: write_providers(data, fake))


def key_variable(scenario):
    """The variable that holds the key of a scenario's provider."""
    return provider_id(scenario).upper().replace("-", "_") + "_API_KEY"


def write_providers(data_dir, fake):
    """One provider file for each scenario."""
    folder = data_dir / "providers"
    folder.mkdir()
    for name in scenarios("compatible"):
        (folder / f"{provider_id(name)}.toml").write_text(manifest(name, f"{fake.url}/v1"), encoding="utf-8")


def manifest(scenario, url):
    """A provider file. A fixture that is named after a built-in provider gets that one's rules."""
    text = PLAIN_MANIFEST.format(id=provider_id(scenario), url=url)
    named = [path for path in CATALOGUE.glob("*.toml") if scenario.startswith(f"fixture-{path.stem}_")]
    if named:
        rules = named[0].read_text(encoding="utf-8").split("\n[dialect]", 1)
        text += "\n[dialect]" + rules[1].split("\n[evidence]")[0] if len(rules) > 1 else ""
    return text
