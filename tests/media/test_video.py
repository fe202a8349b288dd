import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.stream import VideoStream
from PIL import Image

from anigifs.foundation import MediaError, UsageError
from anigifs.media import Format, probe, read, read_frames, write_mp4
from anigifs.media.gifify import GifRecipe, gifify


def ramp(frames: int, height: int = 48, width: int = 64) -> np.ndarray:
    """Frames that can be told apart after lossy coding: each of one grey level."""
    levels = np.linspace(20, 235, frames).astype(np.uint8)
    return np.broadcast_to(levels[:, None, None, None], (frames, height, width, 3)).copy()


def encode(path: Path, frames_THWC: np.ndarray, form: str, codec: str, **options: str) -> None:
    with av.open(str(path), "w", format=form) as container:
        stream = container.add_stream(codec, rate=25, options=options)
        assert isinstance(stream, VideoStream)
        stream.height, stream.width = frames_THWC.shape[1:3]
        stream.pix_fmt = "yuv420p"
        for frame in frames_THWC:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())


CONTAINERS = [
    ("mp4", "libx264", Format.MP4),
    ("mov", "libx264", Format.MP4),
    ("matroska", "libx264", Format.MATROSKA),
    ("webm", "libvpx-vp9", Format.MATROSKA),
    ("avi", "mpeg4", Format.AVI),
    ("avi", "libx264", Format.AVI),
]


@pytest.mark.parametrize(
    ("form", "codec", "kind"), CONTAINERS, ids=[f"{form} {codec}" for form, codec, _ in CONTAINERS]
)
def test_every_container_gives_its_frames_and_times(
    tmp_path: Path, form: str, codec: str, kind: Format
) -> None:
    path = tmp_path / "video.gif"  # the name must not matter
    frames = ramp(30)
    encode(path, frames, form, codec)
    decoded, info = read(path)
    assert info.format is kind
    assert (info.frames, info.width, info.height) == (30, 64, 48)
    assert info.duration_ms == pytest.approx(1200, abs=2)
    assert np.abs(decoded.astype(int) - frames).max() <= 6
    some = dict(read_frames(info, [29, 3, 17]))
    assert list(some) == [3, 17, 29]
    for index, frame in some.items():
        np.testing.assert_array_equal(frame, decoded[index])


@pytest.mark.parametrize("form", ["mp4", "matroska", "avi"])
def test_b_frames_come_in_the_order_of_showing(tmp_path: Path, form: str) -> None:
    path = tmp_path / "b"
    rng = np.random.default_rng(0)
    frames = np.clip(ramp(40).astype(int) + rng.integers(-9, 9, (40, 48, 64, 3)), 0, 255)
    options = {"bf": "3", "g": "12", "b-adapt": "0"}
    encode(path, frames.astype(np.uint8), form, "libx264", **options)
    decoded, info = read(path)
    assert info.frames == 40
    assert info.duration_ms == pytest.approx(1600, abs=2)
    assert (np.diff(decoded.mean(axis=(1, 2, 3))) > 0).all()


def test_write_mp4_keeps_rate_and_pixels_and_loses_an_odd_edge(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    write_mp4(path, ramp(10, 33, 47), fps=Fraction(30_000, 1001))
    decoded, info = read(path)
    assert decoded.shape == (10, 32, 46, 3)
    assert info.duration_ms == pytest.approx(10 * 1001 / 30, rel=1e-3)
    assert np.abs(decoded.astype(int) - ramp(10, 32, 46)).max() <= 6


def turn(path: Path) -> None:
    """Say of an MP4 file that it is to be shown turned clockwise by a quarter."""
    data = bytearray(path.read_bytes())
    track = data.index(b"tkhd")
    matrix = track + 4 + 4 + 36  # version 0: the matrix stands 36 bytes after the flags
    one = 1 << 16
    turned = (0, one, 0, -one, 0, 0, 0, 0, 1 << 30)
    data[matrix : matrix + 36] = b"".join(value.to_bytes(4, "big", signed=True) for value in turned)
    path.write_bytes(data)


def test_a_turned_phone_video_is_read_upright(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    frames = ramp(10)
    frames[:, :24] = 0  # dark above
    write_mp4(path, frames)
    turn(path)
    frame = next(iter(read_frames(probe(path), [0])))[1]
    assert frame.shape == (64, 48, 3)
    # The matrix turns the picture clockwise by a quarter: what was above is now on the right.
    assert frame[:, 26:].mean() < frame[:, :22].mean()


def test_a_video_that_was_cut_off_is_answered_with_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    encode(path, ramp(60), "matroska", "libx264", g="10")
    whole, _ = read(path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    frames, info = read(path)
    assert 10 <= info.frames < 60
    assert info.warnings[0].startswith("truncated: it holds ")
    assert info.warnings[0].endswith(" of 2.4 s")
    np.testing.assert_array_equal(frames[:10], whole[:10])


def test_a_video_with_rubbish_in_its_middle_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    rng = np.random.default_rng(0)
    noisy = np.clip(ramp(60).astype(int) + rng.integers(-30, 30, (60, 48, 64, 3)), 0, 255)
    encode(path, noisy.astype(np.uint8), "matroska", "libx264", g="60", bf="0")
    data = bytearray(path.read_bytes())
    start = len(data) // 3
    data[start : start + len(data) // 4] = rng.bytes(len(data) // 4)
    path.write_bytes(data)
    frames, info = read(path)
    assert len(frames) == info.frames
    assert info.warnings == ("a hole of 0.7 s without pictures: perhaps damaged",)


def test_a_picture_that_cannot_be_decoded_shows_the_one_before_and_is_counted(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.mp4"
    encode(path, ramp(12), "mp4", "mpeg4", g="1")
    whole, _ = read(path)
    with av.open(str(path)) as container:
        sixth = [packet for packet in container.demux(video=0) if packet.size][6]
        at, size = sixth.pos, sixth.size
    assert at is not None
    data = bytearray(path.read_bytes())
    data[at : at + size] = bytes(size)
    path.write_bytes(data)
    frames, info = read(path)
    assert info.warnings == ("damaged: 1 pictures could not be decoded and show others",)
    np.testing.assert_array_equal(frames[6], whole[5])
    np.testing.assert_array_equal(np.delete(frames, 6, axis=0), np.delete(whole, 6, axis=0))


def test_a_file_without_times_has_its_frames_at_its_rate(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w", format="matroska", options={"avoid_negative_ts": "0"}) as file:
        stream = file.add_stream("ffv1", rate=25)
        assert isinstance(stream, VideoStream)
        stream.height, stream.width, stream.pix_fmt = 48, 64, "yuv420p"
        for frame in ramp(30):
            for packet in stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")):
                packet.pts, packet.dts = (packet.pts or 0) - 10, (packet.dts or 0) - 10
                file.mux(packet)
        file.mux(stream.encode())
    decoded, info = read(path)
    assert info.frames == 30
    assert info.duration_ms == pytest.approx(1200, abs=50)
    assert np.abs(decoded.astype(int) - ramp(30)).max() <= 6


def test_names_that_ffmpeg_would_take_for_addresses_are_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("concat:a.mp4|b.mp4", "pipe:0", "http:x.mp4"):
        write_mp4(tmp_path / "plain.mp4", ramp(9))
        (tmp_path / "plain.mp4").rename(name)
        assert probe(name).frames == 9


def test_a_header_cannot_hide_how_large_pictures_are(tmp_path: Path) -> None:
    path = tmp_path / "a.avi"
    with av.open(str(path), "w", format="avi") as container:
        stream = container.add_stream("mjpeg", rate=25)
        assert isinstance(stream, VideoStream)
        stream.height, stream.width, stream.pix_fmt = 9000, 9000, "yuvj420p"
        blank = np.zeros((9000, 9000, 3), np.uint8)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(blank, format="rgb24")))
        container.mux(stream.encode())
    with pytest.raises(MediaError, match="pictures of 9000 x 9000"):
        probe(path)
    data = bytearray(path.read_bytes())
    size = (9000).to_bytes(4, "little") * 2
    while (at := data.find(size)) >= 0:
        data[at : at + 8] = (64).to_bytes(4, "little") * 2
    path.write_bytes(data)
    with pytest.raises(MediaError, match=r"pictures|cannot be"):
        read(path)


def test_an_unknown_codec_is_a_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    write_mp4(path, ramp(9))
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzzz"))
    with pytest.raises(MediaError, match="codec is not known"):
        probe(path)


def test_transparent_video_shows_the_background(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    with av.open(str(path), "w", format="mov") as container:
        stream = container.add_stream("png", rate=25)
        assert isinstance(stream, VideoStream)
        stream.height, stream.width, stream.pix_fmt = 8, 8, "rgba"
        for _ in range(9):
            clear = np.full((8, 8, 4), (255, 0, 0, 0), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(clear, format="rgba")))
        container.mux(stream.encode())
    frames, _ = read(path, background=(0, 200, 0))
    assert (frames == (0, 200, 0)).all()


def test_longer_sound_is_no_truncation(tmp_path: Path) -> None:
    for form in ("mp4", "matroska"):
        path = tmp_path / form
        with av.open(str(path), "w", format=form) as container:
            video = container.add_stream("libx264", rate=25)
            sound = container.add_stream("aac", rate=16_000)
            assert isinstance(video, VideoStream)
            video.height, video.width, video.pix_fmt = 48, 64, "yuv420p"
            for frame in ramp(25):
                container.mux(video.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
            container.mux(video.encode())
            for start in range(0, 48_000, 1024):
                silence = av.AudioFrame.from_ndarray(
                    np.zeros((1, 1024), np.float32), "fltp", "mono"
                )
                silence.sample_rate, silence.pts = 16_000, start
                container.mux(sound.encode(silence))
            container.mux(sound.encode())
        assert probe(path).warnings == ()


def test_videos_without_pictures_are_refused_in_one_line(tmp_path: Path) -> None:
    sound = tmp_path / "sound.mp4"
    with av.open(str(sound), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=16_000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 16_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    empty = tmp_path / "empty.mp4"
    write_mp4(empty, ramp(3))
    empty.write_bytes(empty.read_bytes()[:200])
    for path in (sound, empty):
        with pytest.raises(MediaError) as caught:
            probe(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_real_videos_hold_as_many_frames_as_a_full_decode(shared_clips: Path) -> None:
    videos = (".mp4", ".mkv", ".avi")
    paths = [path for path in sorted(shared_clips.iterdir()) if path.suffix in videos]
    assert paths
    for path in paths:
        with av.open(str(path)) as container:
            count = sum(1 for _ in container.decode(video=0))
        assert probe(path).frames == count


@pytest.mark.parametrize("form", ["avi", "matroska"])
def test_pictures_that_change_their_size_are_refused(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a"
    with av.open(str(path), "w", format=form) as container:
        stream = container.add_stream("mjpeg", rate=25)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 32, 24, "yuvj420p"
        for number, size in enumerate([(32, 24), (32, 24), (48, 16)]):
            jpeg = io.BytesIO()
            Image.new("RGB", size).save(jpeg, "JPEG")
            packet = av.Packet(jpeg.getvalue())
            packet.stream, packet.time_base = stream, Fraction(1, 25)
            packet.pts = packet.dts = number
            packet.is_keyframe = True
            container.mux(packet)
    for use in (read, lambda one: gifify(one, tmp_path / "a.gif", GifRecipe(sample_fps=25))):
        with pytest.raises(MediaError, match="its pictures change their size"):
            use(path)
    assert not (tmp_path / "a.gif").exists()


def test_what_no_mp4_can_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="an MP4 of 8 x 1 is too small"):
        write_mp4(tmp_path / "a.mp4", np.zeros((3, 1, 8, 3), np.uint8))
    assert list(tmp_path.iterdir()) == []
