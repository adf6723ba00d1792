"""A headless Chromium driven through its DevTools protocol: pages, clicks, keys and what the page then says."""

import asyncio
import base64
import itertools
import json
import re
import shutil
import subprocess
import tempfile

BINARIES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
)


def binary() -> str | None:
    return next((found for name in BINARIES if (found := shutil.which(name))), None)


class Browser:
    """One tab. `faults` collects uncaught errors of the page and every address it asked for."""

    def __init__(self):
        import aiohttp

        self.loop, self.folder = asyncio.new_event_loop(), tempfile.mkdtemp(prefix="browser-")
        command = [binary(), *FLAGS, f"--user-data-dir={self.folder}", "about:blank"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        line = next(line for line in self.process.stderr if "ws://" in line)
        port = re.search(r":(\d+)/", line)[1]
        self.numbers, self.faults, self.asked = itertools.count(1), [], []

        async def connect():
            self.session = aiohttp.ClientSession()
            tabs = await (await self.session.get(f"http://127.0.0.1:{port}/json")).json()
            address = next(tab for tab in tabs if tab["type"] == "page")["webSocketDebuggerUrl"]
            self.socket = await self.session.ws_connect(address, max_msg_size=0)

        self.loop.run_until_complete(connect())
        for domain in ("Runtime", "Network", "Page"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params) -> dict:
        number = next(self.numbers)

        async def ask():
            await self.socket.send_json({"id": number, "method": method, "params": params})
            while True:
                told = json.loads((await self.socket.receive(timeout=900)).data)
                if told.get("method") == "Runtime.exceptionThrown":
                    self.faults.append(str(told["params"]["exceptionDetails"].get("exception", {}).get("description")))
                if told.get("method") == "Network.requestWillBeSent":
                    self.asked.append(told["params"]["request"]["url"])
                if told.get("id") == number:
                    return told.get("result", told)

        return self.loop.run_until_complete(ask())

    def js(self, expression: str):
        """The value of an expression; a promise is awaited."""
        found = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def open(self, address: str, width: int) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600
        )
        self.call("Page.navigate", url=address)
        self.wait("document.readyState === 'complete' && !!document.getElementById('main')")

    def wait(self, condition: str, seconds: float = 300.0) -> None:
        done = self.js(f"""new Promise((done) => {{ const end = Date.now() + {int(1000 * seconds)};
            const look = () => {{ let ok = false; try {{ ok = {condition}; }} catch {{}}
            if (ok || Date.now() > end) done(ok); else setTimeout(look, 50); }}; look(); }})""")
        assert done, f"never became true: {condition}"

    def click(self, selector: str) -> None:
        """A real mouse click in the middle of the first element that the selector finds and that is shown."""
        spot = self.js(f"""(() => {{ const all = [...document.querySelectorAll({json.dumps(selector)})];
            const one = all.find((part) => part.getClientRects().length); if (!one) return null;
            one.scrollIntoView({{ block: 'center', behavior: 'instant' }}); const box = one.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2]; }})()""")
        assert spot, f"nothing to click: {selector}"
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=spot[0], y=spot[1], button="left", clickCount=1)

    def key(self, name: str) -> None:
        code = {"Enter": 13, "ArrowRight": 39, "Tab": 9, "Escape": 27}[name]
        text = {"Enter": "\r"}.get(name)
        extra = {"text": text} if text else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=name, code=name, windowsVirtualKeyCode=code, **extra)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=name, code=name, windowsVirtualKeyCode=code)

    def shot(self, path: str) -> None:
        size = self.js("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        clip = {"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1}
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def close(self) -> None:
        async def leave():
            await self.socket.close()
            await self.session.close()

        self.loop.run_until_complete(leave())
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()
        self.loop.close()
        shutil.rmtree(self.folder, ignore_errors=True)
