"""The console in Chinese: what the service says to its owner is Chinese too, whatever it is put together from.

`tests/said` sees to it that each sentence in the sources has its Chinese; here whole messages go through the page.
"""

import json
import re

import pytest
from playwright.sync_api import expect

from owner import ACCOUNTS, plan, taking_in
from patience import until
from test_accounts import UNUSABLE, WRONG_CHANGES, WRONG_PASTES, sample
from test_settings import BROKEN, PLAIN_MANIFEST

# Three words in a row, which no name is that these tests use.
ENGLISH = re.compile(r"[A-Za-z'’]+ [a-z'’]+ [a-z'’]+")
DATABASE = "/config/qianqiao.db"
# What cannot be brought about here: whole messages, as the service puts them together.
SAID = [
    "Qianwen says that it has blocked the account.",
    "Sign in at https://www.qianwen.com/ and see what it says; then switch the account on again, or delete it.",
    "Qianwen says that the account's allowance is used up.",
    "Qianwen answered in an unknown way (HTTP 418 with an unknown body); the site may have changed, look for a newer "
    "version.",
    "the upstream cannot be reached (connection refused)",
    "The upstream gave no answer within 60 s (FIRST_TOKEN_TIMEOUT_S).",
    "DeepSeek does not accept the account's key. Check the key and what it may do, and set the right one.",
    "DashScope 百炼 says that the account is used too fast.",
    "Its credential ends in 3 days (2027-03-01); sign in again and paste the new one.",
    "All accounts are busy with other requests, or at a limit that the owner has set; the next one may be used in 12 s.",
    "No account could answer. qianwen-1: Qianwen says that the account is used too fast. It is tried again in 5 min. "
    "deepseek-1: the upstream's name cannot be resolved. It is tried again in 10 s. (3 more)",
    "This key may make no more than 10 requests a day (UTC), and has; try again in 7 h.",
    f"DATA_DIR: the disk is full, so {DATABASE} cannot be written; free some space; until then changes are kept in "
    "memory only",
    f"DATA_DIR: {DATABASE} cannot be written (Read-only file system (os error 30)); until then changes are kept in "
    "memory only",
    "DATA_DIR: /config cannot be written; make it writable for the service, then restart; until then nothing outlasts a "
    "restart",
    "hooks.example.com did not take the notice: it answered HTTP 404; check the address and the key in it.",
    "hooks.example.com did not take the notice: the upstream cannot be reached (connection refused).",
    "`new`: it is shorter than 16 characters; use a long random text, or leave it out and one is made",
    "the setting pool.strategy that was made here is left out: it is none of least-busy, round-robin, fill-first",
    "`tools[0].function.name` is not a name: write letters, digits, _ and -, 64 at most",
    "The model `qwen-nothing` does not exist here. Near it: `qwen-max`, `qwen-plus`.",
]


@pytest.fixture(scope="module")
def taking(fake):
    """A stack that takes in whatever is pasted."""
    with taking_in(fake) as owner:
        yield owner


def english(locator):
    """The English in what can be read there."""
    return ENGLISH.findall(locator.inner_text())


def card(console):
    """The first account in the list."""
    link = console.page.get_by_role("link", name="qianwen-1", exact=True)
    return console.page.get_by_role("listitem").filter(has=link)


def ill(account, name, message, remedy=None, kind="upstream"):
    """The same account under another name, with this to say of what is the matter."""
    cause = {"class": kind, "status": None, "message": message, "remedy": remedy}
    return {**account, "id": name, "name": name, "state": "needs_owner", "until": None, "cause": cause}


def serve(console, make):
    """From now on the page hears of the accounts that `make` makes of the first one."""
    state = console.stack.admin("overview").json()
    first = next(one for one in state["accounts"] if one["id"] == "qianwen-1")
    frame = f"event: state\ndata: {json.dumps({**state, 'accounts': make(first)})}\n\n"
    stream = {"body": frame, "content_type": "text/event-stream"}
    console.page.route("**/admin/api/live", lambda route: route.fulfill(**stream))
    console.page.reload()


def shown(console, messages):
    """What the page makes of each of these messages."""
    serve(console, lambda one: [ill(one, f"n{number}", message) for number, message in enumerate(messages)])
    console.open("accounts").expect_page("accounts")
    lines = console.page.locator(".account-why > p:first-child")
    expect(lines).to_have_count(len(messages))
    return lines


def all_chinese(console, messages):
    """Fails on what is left of the English."""
    lines = shown(console, messages)
    expect(console.page.get_by_role("main").locator("[lang=en]")).to_have_count(0)
    pairs = zip(messages, lines.all_inner_texts(), strict=True)
    assert [(said, told) for said, told in pairs if ENGLISH.search(told) or not re.search("[一-龥]", told)] == []


@pytest.mark.parametrize(
    "scenario, state, chinese, remedy",
    [
        ("expired", "expired", "千问不接受账号的 Cookie", "重新登录，再粘贴新的 Cookie"),
        ("guest~check-guest", "expired", "千问把账号当成了访客", "重新登录，再粘贴新的 Cookie"),
        ("waf-json~check-waf", "needs_owner", "千问的风控要求真人验证", "完成验证，再重新粘贴 Cookie"),
        ("429", "cooling", "千问表示账号用得太快", None),
        ("quota", "exhausted", "千问表示账号的额度已用完", None),
        ("401", "expired", "千问不接受账号的 Cookie", "重新登录，再粘贴新的 Cookie"),
        ("empty", "cooling", "千问返回了空回答", None),
        ("500", "cooling", "千问自身出错（HTTP 500）", None),
    ],
)
def test_an_account_that_falls_ill(consoles, owner, fake, scenario, state, chinese, remedy):
    """Its card, its history and the overview say why and what to do, once and in Chinese."""
    name = f"chinese-{scenario.split('~')[0]}"
    plan(fake, name, f"ok~user-{name}")
    stack = owner(name)
    stack.until_checked("qianwen-1")
    plan(fake, name, f"{scenario}~user-{name}")
    until(lambda: stack.chat().status != 200 and stack.account("qianwen-1")["state"] == state, 20)
    console = consoles(stack, language="zh").open("accounts").sign_in()
    expect(card(console)).to_contain_text(chinese)
    assert english(card(console)) == [] and card(console).inner_text().count(chinese) == 1
    expect(card(console).locator("[lang=en]")).to_have_count(0)
    if remedy:
        expect(card(console)).to_contain_text(remedy)
    console.page.get_by_role("link", name="qianwen-1").click()
    drawer = console.page.get_by_role("dialog", name="qianwen-1")
    expect(drawer).to_contain_text(chinese)
    drawer.get_by_role("tab", name="经过").click()
    expect(drawer.get_by_role("list", name="发生过的事，最新在前")).to_be_visible()
    assert english(drawer) == []
    console.open("overview").expect_page("overview")
    main = console.page.get_by_role("main")
    if remedy:
        expect(main).to_contain_text(chinese)
        expect(main).to_contain_text(remedy)
    assert english(main) == []


def test_a_banned_account(consoles, taking):
    """What no site here does, in the words that the service has for it: in the list, the history and the overview."""
    said, mend = SAID[:2]
    event = {"at": 0, "kind": "state", "from": "ready", "to": "needs_owner", "class": "banned"}
    events = json.dumps({"events": [{**event, "message": said, "remedy": mend}]})
    console = consoles(taking, language="zh").open().sign_in()
    page = console.page
    serve(console, lambda one: [ill(one, one["id"], said, mend, "banned")])
    page.route("**/events", lambda route: route.fulfill(body=events, content_type="application/json"))
    console.open("overview").expect_page("overview")
    main = page.get_by_role("main")
    expect(main).to_contain_text("千问表示已封停该账号。请登录 https://www.qianwen.com/ 看看网站怎么说")
    assert english(main) == []
    console.open("accounts").expect_page("accounts")
    page.get_by_role("link", name="qianwen-1", exact=True).click()
    drawer = page.get_by_role("dialog", name="qianwen-1")
    drawer.get_by_role("tab", name="经过").click()
    happened = drawer.get_by_role("listitem")
    expect(happened).to_contain_text("千问表示已封停该账号。")
    expect(happened).to_contain_text("然后重新启用账号，或将它移除。")
    assert english(drawer) + english(main) == []


def test_whole_messages(consoles, taking):
    """Causes, limits, the store and notices, as they are put together from parts."""
    all_chinese(consoles(taking, language="zh").open().sign_in(), SAID)


def test_every_refusal(consoles, taking):
    """Of pastes and of changes, as the service answers them."""
    wrong = [taking.ask(ACCOUNTS, "POST", body) for body, *_ in WRONG_PASTES.values()]
    wrong += [taking.ask(ACCOUNTS, "POST", {"paste": sample(name)}) for name in UNUSABLE]
    wrong += [taking.admin(path, method, body) for path, method, body, *_ in WRONG_CHANGES]
    messages = sorted({answer.error()["message"] for answer in wrong if answer.status >= 400})
    # A ticket that is a word of the sentence is blotted out in it.
    messages = [message for message in messages if "***" not in message]
    assert len(messages) > 40
    all_chinese(consoles(taking, language="zh").open().sign_in(), messages)


def test_warnings_of_a_start(consoles, stacks, fake):
    """Files of providers that are left out, a cookie without a ticket, a key that no header can carry."""

    def prepare(data_dir):
        folder = data_dir / "providers"
        folder.mkdir()
        for name, text in {**BROKEN, "good.toml": PLAIN_MANIFEST.format(id="good", url=f"{fake.url}/v1")}.items():
            (folder / name).write_text(text, encoding="utf-8")
        (folder / "latin.toml").write_bytes(b'id = "\xe9"\n')

    settings = {
        "CN_ACCOUNT_1_COOKIE": "tongyi_sso_ticket=ok",
        "CN_ACCOUNT_2_COOKIE": "tongyi_sso_ticket=ok",
        "CN_ACCOUNT_3_COOKIE": "cna=1; isg=1",
        "DEEPSEEK_API_KEY": "sk two",
        "OLLAMA_BASE_URL": "nowhere",
    }
    stack = stacks({"QIANWEN_BASE_URL": fake.url, **settings}, prepare=prepare).start()
    assert len(stack.health()["warnings"]) > len(BROKEN)
    console = consoles(stack, language="zh").open().sign_in()
    remarks = console.page.get_by_role("region", name="服务提示")
    expect(remarks).to_contain_text("CN_ACCOUNT_3_COOKIE 里没有")
    assert english(remarks) == []


def test_a_paste_that_cannot_be_used(consoles, taking):
    """Before and after somebody insists on saving it."""
    console = consoles(taking, language="zh").open("accounts").sign_in()
    console.allow("400")
    console.button("添加账号").click()
    dialog = console.page.get_by_role("dialog", name="添加账号")
    dialog.get_by_label("粘贴任何内容").fill(sample("fetch-browser.txt"))
    reading = console.page.get_by_role("region", name="识别结果")
    expect(reading).to_contain_text("用的是浏览器格式，不含 Cookie")
    dialog.get_by_role("button", name="保存账号").click()
    alert = dialog.get_by_role("alert").filter(has_text="识别为")
    expect(alert).to_contain_text("以 cURL 格式复制")
    assert english(reading) + english(alert) == []
    dialog.get_by_label("粘贴任何内容").fill("tongyi_sso_ticket=ok~user-zh; cna=1")
    expect(reading).to_contain_text("登录票据（tongyi_sso_ticket）")
    expect(reading).to_contain_text("设备标识（b-user-id），将随机生成一个")
    assert english(reading) == []


def test_fields_that_are_wrong(consoles, taking):
    """The sentence stands at its field, and does not name it once more in English."""
    taking.done("keys", body={"name": "小明"})
    console = consoles(taking, language="zh").open("keys").sign_in()
    console.allow("400", "409")
    console.button("新建密钥").first.click()
    dialog = console.page.get_by_role("dialog", name="新建密钥")
    dialog.get_by_label("名称").fill("小明")
    dialog.get_by_role("button", name="生成密钥").click()
    alert = dialog.get_by_role("alert").filter(has_text="小明")
    expect(alert).to_contain_text("已经叫“小明”，请换一个")
    assert "name" not in alert.inner_text()
    console.page.keyboard.press("Escape")
    console.open("accounts", id="qianwen-1").expect_page("accounts")
    drawer = console.page.get_by_role("dialog", name="qianwen-1")
    drawer.get_by_role("tab", name="名称与限额").click()
    drawer.get_by_label("每分钟请求").fill("60")
    drawer.get_by_label("每天请求").fill("50")
    drawer.get_by_role("button", name="保存").click()
    expect(drawer.get_by_role("alert").filter(has_text="60")).to_contain_text("永远达不到")
    assert english(drawer) == []


def test_an_answer_that_fails(consoles, owner, fake):
    """The playground tells the whole error in Chinese."""
    plan(fake, "chinese-asked", "429-after-90~user-asked")
    stack = owner("chinese-asked")
    stack.until_checked("qianwen-1")
    console = consoles(stack, language="zh").open("playground").sign_in()
    console.allow("429", "503")
    console.page.get_by_label("你的问题").fill("你好")
    console.button("发送").click()
    answer = console.page.get_by_role("article")
    expect(answer.last).to_contain_text("千问表示账号用得太快")
    assert english(answer.last) == []


def test_what_upstreams_write_stays_as_it_is(consoles, taking):
    """A frame of the service around somebody else's words, and a text that nobody knows, told to be English."""
    console = consoles(taking, language="zh").open().sign_in()
    lines = shown(console, ["DeepSeek refused the request: no such thing here", "so it goes on"])
    expect(lines).to_have_text(
        ["DeepSeek 拒绝了请求：no such thing here", "服务商出错或连不上，会自动重试。"]
    )
    expect(console.page.get_by_role("main").locator("[lang=en]")).to_have_text("so it goes on")

