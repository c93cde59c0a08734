"""Files: the official libraries upload, list, read and delete them; what outlasts a restart, a kill and a full shelf."""

import base64
import http.client
import os
import sqlite3
from contextlib import closing

import pytest

from disk import mount, release, remount
from owner import Owner, grep
from patience import until
from wire import HOST

NAME = "报告 📄.pdf"
TEXT = "SECRETcontents 千桥".encode()


def upload(sdk, stack, data=TEXT, name=NAME, **fields):
    """Sends a file with a library; what it says of it, or the error."""
    body = {"name": name, "data": base64.b64encode(data).decode(), "purpose": "user_data", **fields}
    return sdk.call(stack, "upload", body=body)


def kept(sdk, stack, **fields):
    """A file that was taken."""
    return upload(sdk, stack, **fields)["file"]


def read(sdk, stack, id):
    """A file's contents."""
    return base64.b64decode(sdk.call(stack, "content", body={"id": id})["data"])


def listed(sdk, stack, **query):
    """The ids of all pages of the list."""
    return [file["id"] for file in sdk.call(stack, "files", body=query)["files"]]


def largest(folder):
    """The size of the largest file in a folder that need not be there."""
    return max((file.stat().st_size for file in folder.glob("*")), default=0)


@pytest.fixture(scope="module")
def shelf(fake):
    """The one stack behind `shared`."""
    stack = Owner(fake, "ok~cut701").start()
    yield stack
    stack.close()
    assert "panicked" not in stack.output()
    assert not [word for word in ("SECRET", "报告", NAME) if word in stack.output()], "names and contents are not logged"


@pytest.fixture
def shared(shelf):
    """A stack without files. Shared, so it must outlive whatever a test does to it."""
    for file in shelf.ask("/v1/files").json()["data"]:
        assert shelf.ask(f"/v1/files/{file['id']}", "DELETE").status == 200
    return shelf


def test_a_file_from_its_upload_to_its_end(sdk, shared):
    """Each library reads what each call answers, and a file that is gone is its NotFoundError."""
    file = kept(sdk, shared)
    assert (file["object"], file["bytes"], file["filename"]) == ("file", len(TEXT), NAME)
    assert (file["purpose"], file["status"], file.get("expires_at")) == ("user_data", "processed", None)
    id = file["id"]
    assert sdk.call(shared, "file", body={"id": id})["file"] == file
    assert listed(sdk, shared) == [id]
    assert read(sdk, shared, id) == TEXT
    assert sdk.call(shared, "remove", body={"id": id})["deleted"] == {"id": id, "object": "file", "deleted": True}
    for what in ("file", "content", "remove"):
        error = sdk.call(shared, what, body={"id": id})["error"]
        assert (error["class"], error["status_code"], error["param"]) == ("NotFoundError", 404, "id"), error
        assert f"No such File object: {id}" in error["message"]
    assert listed(sdk, shared) == []


def test_ten_megabytes(sdk, shared):
    """A large file passes nginx and the disk byte for byte."""
    data = os.urandom(10 << 20)
    id = kept(sdk, shared, data=data)["id"]
    assert read(sdk, shared, id) == data
    assert not grep(shared.data_dir, NAME)


def test_pages_follow_each_other(sdk, shared):
    """The libraries' own paging finds every file once."""
    ids = [kept(sdk, shared, data=b"x", purpose="vision" if n == 2 else "batch")["id"] for n in range(5)]
    assert listed(sdk, shared, limit=2) == ids[::-1]
    assert listed(sdk, shared, limit=2, order="asc") == ids
    assert listed(sdk, shared, purpose="vision") == [ids[2]]


@pytest.mark.parametrize(
    "fields, param",
    [
        ({"purpose": "fun"}, "purpose"),
        ({"data": b""}, "file"),
        ({"expires_after": {"anchor": "created_at", "seconds": 60}}, "expires_after[seconds]"),
        ({"expires_after": {"anchor": "now", "seconds": 3600}}, "expires_after[anchor]"),
    ],
)
def test_what_is_wrong_is_an_exception_that_names_the_field(sdk, shared, fields, param):
    """A BadRequestError, and nothing is kept."""
    error = upload(sdk, shared, **fields)["error"]
    assert (error["class"], error["status_code"], error["param"]) == ("BadRequestError", 400, param), error
    assert error["type"] == "invalid_request_error" and f"`{param}`" in error["message"]
    assert listed(sdk, shared) == []


def test_a_file_outlasts_a_restart_and_expires(sdk, owner):
    """By a clean stop and by a kill; its time over, nobody sees it and its contents go."""
    stack = owner("ok~cut702")
    stays = kept(sdk, stack)
    goes = kept(sdk, stack, data=b"goes", expires_after={"anchor": "created_at", "seconds": 3600})
    assert goes["expires_at"] == goes["created_at"] + 3600
    for kill in (False, True):
        stack.restart(kill)
        assert listed(sdk, stack, order="asc") == [stays["id"], goes["id"]]
        assert read(sdk, stack, stays["id"]) == TEXT
    assert stack.stop() == 0
    with closing(sqlite3.connect(stack.data_dir / "qianqiao.db")) as database, database:
        database.execute("UPDATE files SET expires_at = 1 WHERE id = ?", (goes["id"],))
    stack.start()
    assert listed(sdk, stack) == [stays["id"]]
    assert sdk.call(stack, "content", body={"id": goes["id"]})["error"]["class"] == "NotFoundError"
    folder = stack.data_dir / "files"
    until(lambda: os.listdir(folder) == [stays["id"]], 10, lambda: f"the expired one is swept: {os.listdir(folder)}")


def test_limits_are_exceptions_that_name_the_setting(sdk, owner):
    """A body above MAX_BODY_MB is nginx's, a full shelf the service's; what is deleted makes room."""
    stack = owner("ok~cut703", MAX_BODY_MB="2", FILES_MAX_MB="3")
    error = upload(sdk, stack, data=bytes(2 << 20))["error"]
    assert (error["status_code"], error["code"]) == (413, "request_too_large") and "MAX_BODY_MB" in error["message"]
    first = kept(sdk, stack, data=bytes(3 << 19))["id"]
    kept(sdk, stack, data=bytes(3 << 19))
    error = upload(sdk, stack, data=b"x")["error"]
    assert (error["class"], error["code"], error["param"]) == ("BadRequestError", "storage_full", "file"), error
    assert "FILES_MAX_MB" in error["message"]
    sdk.call(stack, "remove", body={"id": first})
    kept(sdk, stack, data=b"x")


@pytest.fixture
def small(fake):
    """A stack, not started, on a disk of 4 MB."""
    stack = Owner(fake, "ok~cut706")
    mount(stack, "-o", "size=4m")
    yield stack
    release(stack)
    stack.close()
    assert "panicked" not in stack.output()


def test_a_disk_that_does_not_serve_refuses_files(sdk, small):
    """Full, what does not fit leaves nothing; read only, what is there is read and neither added to nor deleted."""
    small.start()
    id, folder = kept(sdk, small)["id"], small.data_dir / "files"
    error = upload(sdk, small, data=bytes(6 << 20))["error"]
    assert (error["status_code"], error["code"]) == (503, "storage_unavailable"), error
    assert "free some space" in error["message"] and os.listdir(folder) == [id]
    sdk.call(small, "remove", body={"id": kept(sdk, small, data=bytes(1 << 20))["id"]})
    assert small.stop() == 0
    remount(small, "ro")
    small.start()
    assert listed(sdk, small) == [id] and read(sdk, small, id) == TEXT
    for error in (upload(sdk, small), sdk.call(small, "remove", body={"id": id})):
        assert (error["error"]["status_code"], error["error"]["code"]) == (503, "storage_unavailable"), error
    assert listed(sdk, small) == [id]
    remount(small, "rw")
    assert sdk.call(small, "remove", body={"id": id})["deleted"]["deleted"]


@pytest.mark.parametrize("end", ["killed", "left"])
def test_half_an_upload_leaves_no_trace(owner, end):
    """The service is killed, or the client leaves, when half a file has reached the disk."""
    stack = owner("ok~cut704")
    folder = stack.data_dir / "files"
    # Straight to the service: nginx would keep the half body to itself.
    connection = http.client.HTTPConnection(HOST, stack.app_port, timeout=30)
    connection.putrequest("POST", "/v1/files")
    for name, value in {
        "Authorization": f"Bearer {stack.key}",
        "Content-Type": "multipart/form-data; boundary=XX",
        "Content-Length": str(20 << 20),
    }.items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(b'--XX\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + bytes(8 << 20))
    until(lambda: largest(folder) > 1 << 20, 10, lambda: "half of it lies on disk")
    assert stack.ask("/v1/files").json()["data"] == []
    if end == "killed":
        stack.restart(kill=True)
        connection.close()
    else:
        connection.close()
    until(lambda: os.listdir(folder) == [], 10, lambda: f"nothing is left: {os.listdir(folder)}")
    assert stack.ask("/v1/files").json()["data"] == []


def test_a_backup_says_what_it_does_not_hold(owner):
    """Rows without contents are taken out by the next start, which says so; with the folder beside it all is there."""
    stack = owner("ok~cut705")
    form = b'--XX\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
    form += b'--XX\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nSECRETx\r\n--XX--\r\n'
    made = stack.ask("/v1/files", "POST", form, headers={"Content-Type": "multipart/form-data; boundary=XX"}).json()
    copy, aside = stack.folder / "copy.db", stack.folder / "aside"
    done = stack.command("backup", str(copy))
    assert done.returncode == 0 and f"copy {stack.data_dir / 'files'} beside it" in done.stdout, done.stdout
    assert stack.ask(f"/v1/files/{made['id']}", "DELETE").status == 200
    assert stack.stop() == 0
    os.rename(stack.data_dir / "files", aside)
    assert stack.command("restore", str(copy)).returncode == 0
    stack.start()
    assert stack.ask("/v1/files").json()["data"] == []
    assert "1 uploaded files are forgotten" in stack.output() and "SECRET" not in stack.output()
