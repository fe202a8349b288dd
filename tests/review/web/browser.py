"""Somebody's browser: it keeps cookies and sends what browsers send by themselves."""

import json
import re
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlencode

import anyio
import httpx2
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope

from tests.review.web.made import PASSWORD

ORIGIN = "http://127.0.0.1:8000"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
OURS = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
_TOKEN = re.compile(r'<meta name="csrf" content="([^"]*)">')


@dataclass
class Browser:
    """One person at one application.

    Attributes:
        client: Carries requests to it, for all.
        cookies: Those of this person.
        token: Of the page that was loaded last.
    """

    client: TestClient
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self._send("GET", path, None, headers)

    def send(self, path: str, body: object, **headers: str) -> httpx2.Response:
        """Send JSON as our scripts do."""
        ours = {"Content-Type": JSON, "X-CSRF-Token": self.token, **OURS}
        return self._send("POST", path, json.dumps(body).encode(), ours | headers)

    def submit(self, path: str, **fields: str) -> httpx2.Response:
        """Send a form as our pages do."""
        body = urlencode({"csrf": self.token, **fields}).encode()
        return self._send("POST", path, body, {"Content-Type": FORM, **OURS})

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> httpx2.Response:
        """Send anything."""
        return self._send("POST", path, body, headers)

    def log_in(self, name: str, password: str = PASSWORD) -> httpx2.Response:
        self.get("/login")
        response = self.submit("/login", name=name, password=password)
        if response.status_code == 303:
            self.get("/help")  # any page, for its token
        return response

    def vote(self, item: str, **said: object) -> httpx2.Response:
        return self.send("/api/votes", ballot(item, **said))

    def _send(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> httpx2.Response:
        self.client.cookies.clear()
        if self.cookies:
            pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            headers = {"Cookie": pairs} | headers
        as_bytes = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        response = self.client.request(method, path, content=body, headers=as_bytes)
        for name, value in response.cookies.items():
            self.cookies[name] = value
        for line in response.headers.get_list("set-cookie"):
            if "Max-Age=0" in line:
                self.cookies.pop(line.partition("=")[0], None)
        if found := _TOKEN.search(response.text if "html" in content_type(response) else ""):
            self.token = found[1]
        return response


async def disconnected() -> Message:
    return {"type": "http.disconnect"}


def call(
    client: TestClient,
    method: str,
    paths: list[str],
    receive: Receive = disconnected,
    cookies: dict[str, str] | None = None,
) -> list[int]:
    """Call the application as no client would, at several paths at once; return the statuses."""
    pairs = "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())
    headers = [(b"host", b"localhost"), (b"cookie", pairs.encode())]
    said: list[int] = []

    async def send(message: Message) -> None:
        said.extend([message["status"]] if "status" in message else [])

    async def call_one(path: str) -> None:
        scope: Scope = {"type": "http", "method": method, "path": path, "headers": headers}
        scope.update(scheme="http", server=("localhost", 80), query_string=b"", root_path="")
        scope.update(http_version="1.1")
        await client.app(scope, receive, send)

    async def call_all() -> None:
        async with anyio.create_task_group() as group:
            for path in paths:
                group.start_soon(call_one, path)

    assert client.portal is not None
    client.portal.call(call_all)
    return said


def content_type(response: httpx2.Response) -> str:
    return str(response.headers.get("content-type", ""))


def ballot(item: str, **said: object) -> dict[str, object]:
    """Return a vote in JSON; it rejects, unless told otherwise."""
    vote: dict[str, object] = {
        "id": str(uuid.uuid4()),
        "item": item,
        "verdict": "reject",
        "criterion": "action",
    }
    return vote | said
