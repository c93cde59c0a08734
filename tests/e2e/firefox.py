"""Debian's Firefox, without a window, by the protocol that it has itself (Marionette), so that no driver is needed.

Playwright drives only a Firefox of its own making, which cannot be had everywhere; what people have is this one.
"""

import base64
import json
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from patience import until
from ports import free_port
from processes import Session

START_S = 60
STEP_S = 15
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Enter": "\ue007"}
# It finds no other host than this one: everything else goes to a proxy that is not there.
SETTINGS = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "127.0.0.1",
    "intl.accept_languages": "en-GB",
    "ui.prefersReducedMotion": 1,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
}
# Errors and warnings of which the browser itself has told about pages of ours: scripts, the policy, style sheets.
COMPLAINTS = """
  return Services.console.getMessageArray()
    .filter(one => one instanceof Ci.nsIScriptError && one.sourceName.startsWith(arguments[0]))
    .map(one => `${one.category}: ${one.errorMessage} (${one.sourceName}:${one.lineNumber})`);
"""
NARROWED = "gBrowser.selectedBrowser.style.maxWidth = arguments[0] ? `${arguments[0]}px` : ''"


class Firefox:
    """One window with a profile that nobody used before."""

    def __init__(self):
        program = shutil.which("firefox-esr") or shutil.which("firefox")
        assert program, "no Firefox: on Debian, apt-get install firefox-esr"
        self.profile = Path(tempfile.mkdtemp(prefix="qianqiao-firefox-"))
        self.port = free_port()
        settings = {**SETTINGS, "marionette.port": self.port}
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in settings.items())
        (self.profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        self.process = subprocess.Popen(
            [program, "--headless", "--marionette", "--remote-allow-system-access", "--profile", self.profile],
            env={**os.environ, "HOME": str(self.profile), "MOZ_HEADLESS_WIDTH": "1280", "MOZ_HEADLESS_HEIGHT": "900"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.session = Session(self.process.pid)
        self.count = 0
        self.wire = until(self.connected, START_S, "Firefox listens")
        self.read()
        self.ask("WebDriver:NewSession", capabilities={"alwaysMatch": {"unhandledPromptBehavior": "ignore"}})

    def connected(self):
        """The connection, once it listens."""
        assert self.process.poll() is None, f"Firefox ended with {self.process.returncode}"
        try:
            return socket.create_connection(("127.0.0.1", self.port), timeout=START_S)
        except OSError:
            return None

    def close(self):
        """Ends it and all its processes."""
        self.wire.close()
        self.session.kill()
        self.process.wait(timeout=10)
        shutil.rmtree(self.profile, ignore_errors=True)

    def read(self):
        """One message: its length, a colon, and JSON."""
        length = b""
        while (piece := self.received(1)) != b":":
            length += piece
        return json.loads(self.received(int(length)))

    def received(self, count):
        """So many bytes."""
        data = b""
        while len(data) < count:
            piece = self.wire.recv(count - len(data))
            assert piece, "Firefox hung up"
            data += piece
        return data

    def ask(self, command, **parameters):
        """One command and what it gives; an error is raised with Firefox's own words."""
        self.count += 1
        data = json.dumps([0, self.count, command, parameters]).encode()
        self.wire.sendall(b"%d:%s" % (len(data), data))
        _, number, error, result = self.read()
        assert number == self.count, (number, self.count)
        assert error is None, f"{command} {parameters}: {error['error']}: {error['message']}"
        return result.get("value") if isinstance(result, dict) and list(result) == ["value"] else result

    def run(self, script, *arguments):
        """Runs a script in the page."""
        return self.ask("WebDriver:ExecuteScript", script=script, args=list(arguments), sandbox=None)

    def inside(self, script, *arguments):
        """Runs a script in the browser itself."""
        self.ask("Marionette:SetContext", value="chrome")
        try:
            return self.ask("WebDriver:ExecuteScript", script=script, args=list(arguments))
        finally:
            self.ask("Marionette:SetContext", value="content")

    def setting(self, name, value):
        """Changes a setting of the browser."""
        kind = {bool: "Bool", int: "Int", str: "String"}[type(value)]
        self.inside(f"Services.prefs.set{kind}Pref(arguments[0], arguments[1])", name, value)

    def width(self, pixels):
        """Gives the page this width, or with 0 all that the window has; a window itself cannot be so narrow."""
        self.inside(NARROWED, pixels)

    def go(self, url):
        """Goes to an address."""
        self.ask("WebDriver:Navigate", url=url)

    def complaints(self, home):
        """What went wrong on pages of `home` so far."""
        return self.inside(COMPLAINTS, home)

    def found(self, xpath):
        """All that this path leads to and that can be seen."""
        found = self.ask("WebDriver:FindElements", using="xpath", value=xpath)
        return [one[ELEMENT] for one in found if self.ask("WebDriver:IsElementDisplayed", id=one[ELEMENT])]

    def element(self, xpath):
        """The first one that can be seen, waited for."""
        return until(lambda: self.found(xpath), STEP_S, lambda: f"{xpath} is there, but {self.text()[:2000]}")[0]

    def click(self, xpath):
        """Clicks it as a mouse would."""
        self.ask("WebDriver:ElementClick", id=self.element(xpath))

    def type(self, xpath, text):
        """Types into it, also keys by their name."""
        self.ask("WebDriver:ElementSendKeys", id=self.element(xpath), text=KEYS.get(text, text))

    def text(self):
        """All that can be read."""
        return self.run("return document.body ? document.body.innerText : ''")

    def shows(self, text):
        """Waits until this can be read."""
        return until(lambda: text in self.text(), STEP_S, lambda: f"{text!r} is shown, but {self.text()[:2000]}")

    def picture(self, path):
        """What the page looks like, as a file."""
        Path(path).write_bytes(base64.b64decode(self.ask("WebDriver:TakeScreenshot", full=True, hash=False)))
