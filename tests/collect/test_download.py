import gzip
import hashlib
import io
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from anigifs.collect.download import LIMITED_S, Downloader
from anigifs.collect.items import Fetched
from anigifs.collect.reasons import REASONS
from anigifs.collect.store import Store
from anigifs.collect.web import Limits, Pace, Robots, Web
from anigifs.collect.web.robots import FAILURE_S
from anigifs.foundation import UsageError
from anigifs.media import write_mp4
from tests.collect.web.network import CLOSED, PUBLIC, Network, Server, Time, body, pieces, sent_to
from tests.media.corpus import random_gif

ROOT = "http://public.test"
A = f"{ROOT}/a.gif"


def picture(form: str, frames: int, size: tuple[int, int] = (8, 6)) -> bytes:
    """A picture as Pillow writes it; each frame is of another colour."""
    colours = [(40 * index, 255 - 40 * index, 99) for index in range(frames)]
    first, *others = [Image.new("RGB", size, colour) for colour in colours]
    file = io.BytesIO()
    more = {"save_all": True, "append_images": others, "duration": 80} if others else {}
    first.save(file, form, **more)
    return file.getvalue()


def bomb(width: int, height: int, frames: int) -> bytes:
    """A GIF whose frames all cover a large canvas, each in a few bytes of no real picture."""
    frame = struct.pack("<BHHHHBB", 0x2C, 0, 0, width, height, 0, 2) + b"\x02\x4c\x01\0"
    control = b"!\xf9\x04\0\x0a\0\0\0"
    screen = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    return screen + (control + frame) * frames + b";"


GIF = picture("GIF", 3)


class Kit:
    """All that a download needs, and its clock."""

    def __init__(self, root: Path, web: Web) -> None:
        self.clock = Time()
        self.store = Store(root)
        self.pace = Pace(2, 0.0, self.clock, self.clock.sleep)
        robots = Robots(web, "anigifs/1", self.clock)
        self.downloader = Downloader(web, robots, self.pace, self.store)

    def fetch(self, url: str = A) -> Fetched:
        fetched = self.downloader.fetch(url)
        assert fetched.reason in REASONS or fetched.outcome == "stored"
        assert list(self.store.verify()) == []
        assert fetched.started <= fetched.ended
        if fetched.outcome == "stored":
            data = self.store.path(fetched.sha256, fetched.kind).read_bytes()
            assert (len(data), fetched.reason, fetched.detail) == (fetched.bytes, "", "")
            assert hashlib.sha256(data).hexdigest() == fetched.sha256
        assert list((self.store.root / "unfinished").glob("*")) == []
        return fetched

    @property
    def kept(self) -> int:
        return sum(path.is_file() for path in self.store.root.rglob("*"))


@pytest.fixture
def kit(tmp_path: Path, network: Network) -> Iterator[Kit]:
    with Web(Limits()) as web:
        yield Kit(tmp_path / "store", web)


def refused(kit: Kit, server: Server, data: bytes) -> Fetched:
    server.replies["/a.gif"] = body(data, Content_Type="image/gif")
    fetched = kit.fetch()
    assert (fetched.outcome, fetched.sha256, kit.kept) == ("refused", "", 0)
    return fetched


def test_a_gif_is_stored_with_all_that_is_known(kit: Kit, server: Server) -> None:
    server.replies |= {
        "/first": sent_to("/a.gif", 301),
        "/a.gif": body(GIF, ETag='"7"', Content_Type="text/plain", X_Robots_Tag="nofollow"),
    }
    fetched = kit.fetch(f"{ROOT}/first")
    assert fetched.outcome == "stored"
    assert fetched.sha256 == hashlib.sha256(GIF).hexdigest()
    assert (fetched.kind, fetched.bytes, fetched.status) == ("gif", len(GIF), 200)
    assert (fetched.hops, fetched.address) == ((f"{ROOT}/first", A), PUBLIC)
    signals = {"etag": '"7"', "content-type": "text/plain", "x-robots-tag": "nofollow"}
    assert fetched.signals == signals
    expected = {"width": 8, "height": 6, "frames": 3, "duration_ms": 240.0, "complete": True}
    assert fetched.media == expected


@pytest.mark.parametrize(
    ("data", "kind", "frames"),
    [
        (picture("WEBP", 3), "webp", 3),
        (picture("PNG", 3), "png", 3),
        (picture("GIF", 1), "gif", 1),
        (random_gif(7), "gif", None),
    ],
)
def test_its_bytes_say_what_it_is(
    data: bytes, kind: str, frames: int | None, kit: Kit, server: Server
) -> None:
    server.replies["/a.gif"] = body(data, Content_Type="image/jpeg")
    fetched = kit.fetch()
    assert (fetched.outcome, fetched.kind) == ("stored", kind)
    assert frames in (None, fetched.media["frames"])


def test_a_video_is_kept_too(kit: Kit, server: Server, tmp_path: Path) -> None:
    write_mp4(tmp_path / "a.mp4", np.zeros((5, 32, 48, 3), np.uint8), 10)
    server.replies["/a.gif"] = body((tmp_path / "a.mp4").read_bytes())
    fetched = kit.fetch()
    assert (fetched.outcome, fetched.kind) == ("stored", "mp4")
    expected = {"width": 48, "height": 32, "frames": 5, "duration_ms": 500.0, "complete": True}
    assert fetched.media == expected


def test_the_same_bytes_at_two_addresses_are_one_file(kit: Kit, server: Server) -> None:
    server.replies |= {"/a.gif": body(GIF), "/b.gif": body(GIF)}
    assert kit.fetch().sha256 == kit.fetch(f"{ROOT}/b.gif").sha256
    assert kit.kept == 1


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "HTML"),
        (b"<html>" + b"x" * 100_000, "HTML"),
        (b'{"error": "no"}', "text"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "text"),
        (picture("JPEG", 1), "JPEG"),
        (picture("PNG", 1), "does not move"),
        (picture("WEBP", 1), "does not move"),
        (picture("BMP", 1), "BMP"),
        (gzip.compress(GIF, mtime=0), "gzip"),
        (b"%PDF-1.7", "PDF"),
        (b"GIF", "not an animation"),
        (b"GIF90a" + bytes(50), "not an animation"),
        (b"", "empty"),
        (bytes(1000), "no known format"),
    ],
)
def test_what_is_no_media_is_refused(data: bytes, told: str, kit: Kit, server: Server) -> None:
    fetched = refused(kit, server, data)
    assert (fetched.reason, fetched.status) == ("not-media", 200)
    assert told in fetched.detail
    assert str(kit.store.root) not in fetched.detail


def test_of_a_page_no_more_is_read_than_shows_what_it_is(kit: Kit, server: Server) -> None:
    def page() -> Iterator[bytes]:
        yield b"<html>"
        while True:
            yield b"x" * 1000

    server.replies["/a.gif"] = pieces(page())
    fetched = kit.fetch()
    assert fetched.reason == "not-media"
    assert fetched.bytes < 1 << 20


@pytest.mark.parametrize("cut", [6, 13, 20, 40])
def test_a_gif_without_a_whole_frame_is_broken(cut: int, kit: Kit, server: Server) -> None:
    whole = picture("GIF", 1, (64, 64))
    assert refused(kit, server, whole[:cut]).reason == "broken"


@pytest.mark.parametrize(
    "data",
    [
        picture("PNG", 3)[:20],
        picture("WEBP", 3)[:20],
        b"RIFF\x10\0\0\0AVI LIST" + bytes(100),
        b"\0\0\0\x18ftypmp42" + bytes(100),
        b"\x1aE\xdf\xa3" + bytes(100),
    ],
)
def test_so_are_other_files_that_cannot_be_read(data: bytes, kit: Kit, server: Server) -> None:
    fetched = refused(kit, server, data)
    assert fetched.reason == "broken"
    assert fetched.kind in ("png", "webp", "avi", "mp4", "matroska")


def test_a_gif_that_was_cut_later_is_kept_and_said_to_be(kit: Kit, server: Server) -> None:
    server.replies["/a.gif"] = body(GIF[:-10])
    fetched = kit.fetch()
    assert fetched.outcome == "stored"
    assert (fetched.media["frames"], fetched.media["complete"]) == (2, False)
    server.replies["/a.gif"] = body(GIF[:-1])
    assert kit.fetch().media == {**fetched.media, "frames": 3, "duration_ms": 240.0}


@pytest.mark.parametrize(
    ("data", "limit"),
    [
        (bomb(9000, 9000, 2000), "canvas"),
        (bomb(60_000, 60_000, 1), "canvas"),
        (bomb(4000, 4000, 100), "pixels over its frames"),
        (bomb(10, 10, 2001), "2,001 frames"),
    ],
)
def test_a_bomb_is_refused_undecoded(data: bytes, limit: str, kit: Kit, server: Server) -> None:
    assert len(data) < 60_000
    fetched = refused(kit, server, data)
    assert (fetched.reason, fetched.kind) == ("over-budget", "gif")
    assert limit in fetched.detail


def test_the_bomb_is_one_that_pillow_would_let_pass() -> None:
    data = bomb(9000, 9000, 2000)
    assert 45_000 < len(data) < 47_000
    with Image.open(io.BytesIO(data)) as opened:  # no warning, which would be an error here
        assert opened.size == (9000, 9000)


def test_what_robots_txt_forbids_is_not_asked_for(kit: Kit, server: Server) -> None:
    server.replies |= {
        "/robots.txt": body(b"User-agent: *\nDisallow: /private/"),
        "/private/a.gif": body(GIF),
        "/a.gif": sent_to("/private/a.gif"),
    }
    for url in (f"{ROOT}/private/a.gif", A):
        fetched = kit.fetch(url)
        assert (fetched.outcome, fetched.reason) == ("refused", "robots")
    assert fetched.hops == (A, f"{ROOT}/private/a.gif")
    assert server.paths == ["/robots.txt", "/a.gif"]


@pytest.mark.parametrize("status", [500, 429])
def test_nothing_is_fetched_while_the_rules_are_not_known(
    status: int, kit: Kit, server: Server
) -> None:
    server.replies |= {"/robots.txt": body(b"", status), "/a.gif": body(GIF)}
    fetched = kit.fetch()
    assert fetched.outcome == "failed"
    assert fetched.retry_after is not None
    assert kit.pace.wait_time("public.test") > 0
    assert server.paths == ["/robots.txt"]


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"X_Robots_Tag": "noai"}, "x-robots-tag"),
        ({"X_Robots_Tag": "otherbot: nofollow\nanigifs: noimageindex"}, "x-robots-tag"),
        ({"TDM_Reservation": "1"}, "tdm-reservation"),
    ],
)
def test_what_is_reserved_is_not_kept(
    headers: dict[str, str], reason: str, kit: Kit, server: Server
) -> None:
    server.replies["/a.gif"] = body(GIF, 200, **headers)
    fetched = kit.fetch()
    assert (fetched.outcome, fetched.reason, kit.kept) == ("refused", reason, 0)
    assert fetched.signals[reason]
    assert fetched.bytes == 0


def test_what_others_may_not_do_is_written_down_only(kit: Kit, server: Server) -> None:
    server.replies["/a.gif"] = body(GIF, X_Robots_Tag="otherbot: noai", TDM_Reservation="0")
    fetched = kit.fetch()
    assert fetched.outcome == "stored"
    assert fetched.signals == {"x-robots-tag": "otherbot: noai", "tdm-reservation": "0"}


def test_a_busy_server_is_left_alone(kit: Kit, server: Server) -> None:
    server.replies["/a.gif"] = body(b"", 429, Retry_After="120")
    fetched = kit.fetch()
    assert (fetched.outcome, fetched.reason, fetched.status) == ("failed", "rate-limited", 429)
    assert fetched.retry_after == 120.0
    assert kit.pace.wait_time("public.test") == 120.0
    server.replies["/a.gif"] = body(GIF)
    assert kit.fetch().outcome == "stored"
    assert kit.clock.slept == [120.0]


def test_so_is_one_that_does_not_say_for_how_long(kit: Kit, server: Server) -> None:
    server.replies["/a.gif"] = body(b"", 429)
    assert kit.fetch().reason == "rate-limited"
    assert kit.pace.wait_time("public.test") == LIMITED_S


def test_a_host_that_cannot_be_reached_costs_its_files_no_tries(kit: Kit, network: Network) -> None:
    """They would all be tried in vain while it cannot be known what it allows."""
    network.names["closed.test"] = [[CLOSED]]
    fetched = kit.fetch("http://closed.test/a.gif")
    assert fetched.outcome == "failed"
    assert 0 < kit.pace.wait_time("closed.test") <= FAILURE_S


def test_nobody_waits_long_for_a_host_that_a_redirect_names(
    kit: Kit, server: Server, network: Network
) -> None:
    network.names["busy.test"] = [[PUBLIC]]
    server.replies["/a.gif"] = sent_to("http://busy.test/b.gif")
    kit.pace.hold("busy.test", 3600.0)
    fetched = kit.fetch()
    assert (fetched.outcome, fetched.reason) == ("failed", "rate-limited")
    assert fetched.retry_after == 3600.0
    assert kit.clock.slept == []
    assert "/b.gif" not in server.paths


def test_a_file_that_is_cut_off_is_tried_again(kit: Kit, server: Server) -> None:
    server.replies["/a.gif"] = pieces([GIF[:-10]], Content_Length=str(len(GIF)))
    fetched = kit.fetch()
    assert (fetched.outcome, fetched.reason, kit.kept) == ("failed", "cut-off", 0)
    assert fetched.bytes == len(GIF) - 10


@pytest.mark.parametrize(
    ("url", "outcome", "reason"),
    [
        ("http://127.0.0.1/a.gif", "refused", "private-address"),
        ("http://10.0.0.1/a.gif", "refused", "private-address"),
        ("ftp://public.test/a.gif", "refused", "not-http"),
        ("not an address", "refused", "not-http"),
        ("http://[", "refused", "bad-url"),
        ("http://public.test:22/", "refused", "port"),
        ("http://nowhere.test/", "failed", "no-such-host"),
        (f"{ROOT}/gone", "refused", "gone"),
    ],
)
def test_no_address_raises(url: str, outcome: str, reason: str, kit: Kit) -> None:
    fetched = kit.fetch(url)
    assert (fetched.outcome, fetched.reason) == (outcome, reason)


def test_where_a_bad_redirect_led_is_known(kit: Kit, server: Server) -> None:
    server.replies["/a.gif"] = sent_to("http://169.254.169.254/latest?token=s3cret")
    fetched = kit.fetch()
    assert fetched.reason == "private-address"
    assert fetched.hops == (A, "http://169.254.169.254/latest?token=HIDDEN")
    assert (fetched.status, fetched.address) == (302, PUBLIC)


def test_a_store_that_cannot_be_written_is_an_error_of_ours(
    kit: Kit, server: Server, tmp_path: Path
) -> None:
    server.replies["/a.gif"] = body(GIF)
    (tmp_path / "store").write_text("a file")
    with pytest.raises(UsageError, match=r"store.*: cannot write \(Not a directory\)"):
        kit.downloader.fetch(A)
