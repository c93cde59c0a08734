"""What is kept: copies of it, its key, and a disk that does not serve."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from disk import mount, release, remount
from owner import OK_END, Owner, grep, who
from patience import until
from ports import free_port

COOKIE = "tongyi_sso_ticket=ok~cut601~user-kept; x=SECRETkept"


@pytest.fixture
def owner(fake):
    """Makes stacks of a test's own, not started."""
    made = []

    def make(*credentials, **settings):
        made.append(Owner(fake, *credentials, **settings))
        return made[-1]

    yield make
    for one in made:
        release(one)
        one.close()
    for one in made:
        assert "panicked" not in one.output() and "SECRET" not in one.output()


def test_a_backup_while_running_and_its_restore(owner):
    """A copy under load, by command and by HTTP; it brings back what was there, into a stopped service only."""
    stack = owner("ok~cut602~user-a").start()
    assert stack.paste(COOKIE, name="kept").status == 201
    stack.set("models.aliases", {"mine": "Qwen"})
    files = [stack.folder / "by-command.db", stack.folder / "by-http.db"]
    with ThreadPoolExecutor(8) as pool:
        running = [pool.submit(stack.chat) for _ in range(40)]
        done = stack.command("backup", str(files[0]))
        copied = stack.admin("backup", "POST")
        assert {one.result().status for one in running} == {200}
    assert done.returncode == 0 and "data.key" in done.stdout, done.stderr
    assert copied.header("content-type") == "application/vnd.sqlite3" and copied.header("cache-control") == "no-store"
    files[1].write_bytes(copied.body)
    key = (stack.data_dir / "data.key").read_text().strip()
    for file in files:
        assert sqlite3.connect(file).execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert not [word for word in (key, "SECRETkept", "ok~cut601", stack.key) if word.encode() in file.read_bytes()]
    assert oct(files[0].stat().st_mode)[-3:] == "600"
    again = stack.command("backup", str(files[0]))
    assert again.returncode == 1 and "not there" in again.stderr, "nothing is overwritten"
    assert not list(stack.data_dir.glob("*.part"))
    stack.done("accounts/qianwen-p1", "DELETE")
    stack.done("settings/models.aliases", "DELETE")
    refused = stack.command("restore", str(files[0]))
    assert refused.returncode == 1 and "stop it first" in refused.stderr
    for file in files:
        assert stack.stop() == 0
        restored = stack.command("restore", str(file))
        assert restored.returncode == 0, restored.stderr
        stack.start()
        assert stack.account("qianwen-p1")["name"] == "kept"
        stack.done("accounts/qianwen-1/disable")
        assert who(stack.chat("mine")) == ("qianwen-p1", 1)
        stack.done("accounts/qianwen-p1", "DELETE")


@pytest.mark.parametrize("kind", ["text", "empty", "half", "another database", "nothing"])
def test_what_is_no_backup_is_not_restored(owner, kind):
    """One sentence, exit code 1, and everything is as it was."""
    stack = owner("ok~cut603~user-a").start()
    assert stack.paste(COOKIE).status == 201
    file = stack.folder / "copy.db"
    whole = stack.admin("backup", "POST").body
    assert stack.stop() == 0
    if kind == "another database":
        database = sqlite3.connect(file)
        database.execute("CREATE TABLE things (name TEXT)")
        database.commit()
        database.close()
    elif kind != "nothing":
        file.write_bytes({"text": b"SECRET " * 1000, "empty": b"", "half": whole[: len(whole) // 2]}[kind])
    done = stack.command("restore", str(file))
    assert done.returncode == 1 and "nothing was restored" in done.stderr and "copy.db" in done.stderr
    assert "panicked" not in done.stderr
    stack.start()
    assert list(stack.accounts()) == ["qianwen-1", "qianwen-p1"]


def test_nothing_that_is_kept_can_be_read(owner):
    """Cookies, tokens and keys are sealed on disk; files are the owner's alone."""
    stack = owner("ok~cut604~user-SECRETenv", DEEPSEEK_API_KEY="sk-SECRETenv").start()
    assert stack.paste(COOKIE).status == 201
    assert stack.paste("sk-SECRETpasted", provider="ollama").status in (200, 201, 400, 422)
    until(lambda: stack.admin("store").json()["pending"] == 0, 3)
    assert stack.stop() == 0
    assert not grep(stack.data_dir, "SECRETkept", "ok~cut601", "ok~cut604", "sk-SECRET")
    modes = {path.name: oct(path.stat().st_mode)[-3:] for path in stack.data_dir.iterdir() if path.is_file()}
    assert set(modes.values()) == {"600"}, modes


def dump(path):
    """All that a database holds."""
    with closing(sqlite3.connect(path)) as database:
        return list(database.iterdump())


def test_a_clean_stop_leaves_one_file(owner):
    """Who copies the database of a stopped service, by hand, has all of it."""
    stack = owner("ok~cut612~user-a").start()
    assert stack.paste(COOKIE).status == 201
    assert stack.stop() == 0
    names = {path.name for path in stack.data_dir.iterdir()}
    assert not names & {"qianqiao.db-wal", "qianqiao.db-shm"}, names


WRONG_KEYS = {
    "lost": (lambda stack: (stack.data_dir / "data.key").unlink(), "data.key"),
    "another": (lambda stack: (stack.data_dir / "data.key").write_text("f" * 64), "data.key"),
    "named wrongly": (lambda stack: stack.environment.update(DATA_KEY="a-wrong-key-0123456789SECRET"), "DATA_KEY"),
}


@pytest.mark.parametrize("case", WRONG_KEYS)
def test_a_key_that_does_not_fit(owner, case):
    """78 and one sentence with the mend; nothing is overwritten, and with the key all is there again."""
    spoil, part = WRONG_KEYS[case]
    stack = owner("ok~cut605~user-a").start()
    assert stack.paste(COOKIE).status == 201
    assert stack.stop() == 0
    key = (stack.data_dir / "data.key").read_text()
    before = dump(stack.data_dir / "qianqiao.db")
    spoil(stack)
    served = stack.command("serve")
    assert served.returncode == 78, (served.returncode, served.stderr)
    told = [line for line in served.stderr.splitlines() if part in line]
    assert len(told) == 1 and "or move" in told[0] and "SECRET" not in served.stderr, served.stderr
    assert dump(stack.data_dir / "qianqiao.db") == before
    (stack.data_dir / "data.key").write_text(key)
    stack.environment.pop("DATA_KEY", None)
    stack.start()
    stack.done("accounts/qianwen-1/disable")
    assert who(stack.chat()) == ("qianwen-p1", 1)


@pytest.mark.parametrize("named", [False, True], ids=["kept", "DATA_KEY"])
def test_another_key(owner, named):
    """rotate-key wants a stopped service; afterwards the old key opens nothing and the new one everything."""
    settings = {"DATA_KEY": "the-first-key-0123456789"} if named else {}
    stack = owner("ok~cut606~user-a", **settings).start()
    assert stack.paste(COOKIE).status == 201
    refused = stack.command("rotate-key")
    assert refused.returncode == 1 and "stop it first" in refused.stderr
    assert stack.stop() == 0
    old = None if named else (stack.data_dir / "data.key").read_text()
    done = stack.command("rotate-key")
    assert done.returncode == 0, done.stderr
    if named:
        assert not (stack.data_dir / "data.key").exists()
        new = done.stdout.split("DATA_KEY=")[1].split()[0]
        stack.environment["DATA_KEY"] = new
    else:
        new = (stack.data_dir / "data.key").read_text()
        assert new != old and new.strip() not in done.stdout
    stack.start()
    assert not stack.health()["warnings"]
    stack.done("accounts/qianwen-1/disable")
    assert who(stack.chat()) == ("qianwen-p1", 1)
    assert stack.stop() == 0
    assert not (stack.data_dir / "data.key.new").exists()
    wrong = stack.command("serve", DATA_KEY="the-first-key-0123456789" if named else old.strip())
    assert wrong.returncode == 78, wrong.stderr


def test_two_services_do_not_share_a_folder(owner, fake):
    """The second one is refused with a sentence and does no harm."""
    stack = owner("ok~cut607~user-a").start()
    second = stack.command("serve", APP_PORT=str(free_port()))
    assert second.returncode == 78 and "another qianqiao" in second.stderr, second.stderr
    assert stack.chat().text().endswith(OK_END)


def test_a_full_disk(owner):
    """Requests are answered, the health says degraded and why; once there is room, all is kept."""
    stack = owner("ok~cut608~user-a")
    mount(stack, "-o", "size=1m")
    stack.start()
    assert stack.health()["status"] == "ok"
    with open(stack.data_dir / "filler", "wb", buffering=0) as filler:
        try:
            while filler.write(b"\0" * 4096):
                pass
        except OSError:
            pass
    added = stack.paste(COOKIE + "y" * 9000, name="in memory").json()
    assert added["created"] and not added["kept"] and "full" in added["not_kept"], added
    until(lambda: stack.health()["status"] == "degraded", 5, stack.health)
    assert stack.ask("/health", key=None).json() == {"status": "degraded"}
    health = stack.health()
    assert not health["store"]["on_disk"] and "full" in health["store"]["problem"] and health["store"]["pending"]
    assert {who(stack.chat(text=f"{n}"))[0] for n in range(6)} == {"qianwen-1", "qianwen-p1"}
    (stack.data_dir / "filler").unlink()
    until(lambda: stack.health()["status"] == "ok" and not stack.health()["store"]["pending"], 20, stack.health)
    stack.restart(kill=True)
    assert stack.account("qianwen-p1")["name"] == "in memory"


def test_a_folder_that_becomes_read_only(owner):
    """As after an error of the disk; a start on such a folder serves what was kept."""
    stack = owner("ok~cut609~user-a")
    mount(stack)
    stack.start()
    assert stack.paste(COOKIE).status == 201
    assert stack.stop() == 0
    remount(stack, "ro")
    stack.start()
    health = stack.health()
    assert health["status"] == "degraded" and "DATA_DIR" in health["store"]["problem"], health
    assert {who(stack.chat(text=f"{n}"))[0] for n in range(6)} == {"qianwen-1", "qianwen-p1"}
    changed = stack.done("settings/pool.strategy", "PUT", {"value": "fill-first"})
    assert changed["kept"] is False and changed["not_kept"]
    assert {who(stack.chat(text=f"{n}"))[0] for n in range(6)} == {"qianwen-1"}, "it holds all the same"
    remount(stack, "rw")
    until(lambda: stack.health()["store"]["on_disk"], 20, stack.health)
    until(lambda: not stack.health()["store"]["pending"], 5, stack.health)
    assert stack.health()["status"] == "ok", stack.health()
    stack.restart()
    settings = {one["name"]: one["value"] for one in stack.admin("settings").json()["settings"]}
    assert settings["pool.strategy"] == "fill-first"


def test_a_folder_that_cannot_be_written_at_all(owner, fake):
    """Everything works from memory, and nobody is left in the dark."""
    stack = owner("ok~cut610~user-a", DATA_DIR="/proc/none").start()
    added = stack.paste(COOKIE).json()
    assert added["created"] and not added["kept"] and "DATA_DIR" in added["not_kept"]
    assert {who(stack.chat(text=f"{n}"))[0] for n in range(6)} == {"qianwen-1", "qianwen-p1"}
    assert stack.ask("/health", key=None).json() == {"status": "degraded"}
    refused = stack.admin("backup", "POST")
    assert refused.status == 503 and refused.error()["code"] == "try_again"
    assert stack.stop() == 0


def test_a_damaged_database_is_not_overwritten(owner):
    """The service does not begin anew over what could be rescued."""
    stack = owner("ok~cut611~user-a").start()
    assert stack.paste(COOKIE).status == 201
    assert stack.stop() == 0
    path = stack.data_dir / "qianqiao.db"
    assert stack.command("backup", str(stack.folder / "good.db")).returncode == 0
    for beside in ("wal", "shm"):
        (stack.data_dir / f"qianqiao.db-{beside}").unlink(missing_ok=True)
    path.write_bytes(b"this was a database" * 500)
    served = stack.command("serve")
    assert served.returncode == 78 and "restore" in served.stderr and "nothing was changed" in served.stderr
    assert path.read_bytes() == b"this was a database" * 500
    assert stack.command("restore", str(stack.folder / "good.db")).returncode == 0
    stack.start()
    assert list(stack.accounts()) == ["qianwen-1", "qianwen-p1"]
