import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpcore2
import httpx2
import pytest

from anigifs.collect.reasons import WebFailedError, WebRefusedError
from anigifs.collect.web import Limits, Web
from anigifs.collect.web.transport import CheckedTransport
from tests.collect.web.network import PUBLIC, Network, Server, body, running
from tests.conftest import absent


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for ``safe.test`` and no address, with its key, signed by itself."""
    if shutil.which("openssl") is None:
        absent("openssl")
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    names = ["-subj", "/CN=safe.test", "-addext", "subjectAltName=DNS:safe.test"]
    files = ["-keyout", f"{path}.key", "-out", f"{path}.crt"]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    path.write_bytes(b"".join(path.with_name(f"{path.name}.{end}").read_bytes() for end in ENDS))
    return path


ENDS = ("key", "crt")


@pytest.fixture
def encrypted(certificate: Path, network: Network) -> Iterator[Server]:
    server = Server()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    network.doors[PUBLIC, 443] = server.port
    network.names |= {"safe.test": [[PUBLIC]], "other.test": [[PUBLIC]]}
    with running(server) as one:
        yield one


def test_encryption_is_with_the_host_and_not_its_address(
    encrypted: Server, certificate: Path, network: Network
) -> None:
    encrypted.replies["/"] = body(b"whole")
    with Web(Limits(), verify=ssl.create_default_context(cafile=str(certificate))) as web:
        with web.get("https://safe.test/") as answer:
            assert (answer.read(), answer.address) == (b"whole", PUBLIC)
        with (
            pytest.raises(WebFailedError, match="CERTIFICATE_VERIFY_FAILED"),
            web.get("https://other.test/"),
        ):
            pass
    assert network.connected == [(PUBLIC, 443)] * 2


def test_only_known_certificates_are_believed(encrypted: Server, network: Network) -> None:
    longest = "a" * 63 + ".test"  # that a certificate, or a lookup, can name
    network.names[longest] = [[PUBLIC]]
    with Web(Limits()) as web:
        for host in ("safe.test", longest):
            url = f"https://{host}/"
            with pytest.raises(WebFailedError, match="CERTIFICATE_VERIFY_FAILED"), web.get(url):
                pass
    assert encrypted.asked == []


def test_it_guards_any_client_of_the_library(network: Network, server: Server) -> None:
    server.replies["/"] = body(b"whole")
    with httpx2.Client(transport=CheckedTransport(Limits()), trust_env=False) as client:
        assert client.get("http://public.test/").content == b"whole"
        with pytest.raises(WebRefusedError):
            client.get("http://127.0.0.1/")
    assert network.connected == [(PUBLIC, 80)]


def test_it_will_not_work_unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    def otherwise(self: httpx2.HTTPTransport, **_: object) -> None:
        self._connections = httpcore2.ConnectionPool()  # type: ignore[attr-defined]

    monkeypatch.setattr(httpx2.HTTPTransport, "__init__", otherwise)
    with pytest.raises(RuntimeError, match="not known"):
        CheckedTransport(Limits())


def test_a_socket_of_the_machine_is_not_opened() -> None:
    with CheckedTransport(Limits()) as transport:
        backend = transport._pool._network_backend
        with pytest.raises(NotImplementedError):
            backend.connect_unix_socket("/run/docker.sock")
