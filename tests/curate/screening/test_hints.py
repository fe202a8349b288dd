"""What metadata says, as other programs write it."""

import io
import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from anigifs.curate.screening.hints import MOST_BYTES, MOST_SAID, ai_hint, hint_in
from anigifs.media import write_mp4

SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description Iptc4xmpExt:DigitalSourceType='
    f'"{SOURCE}%s"/></rdf:RDF></x:xmpmeta>'
)
SETTINGS = "a cat\nNegative prompt: dog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1"
NODES = json.dumps({"3": {"class_type": "KSampler", "inputs": {"seed": 1}}})
FRAMES = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]


def saved(kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    FRAMES[0].save(file, kind, save_all=True, append_images=FRAMES[1:], **options)
    return file.getvalue()


def gif_with(extension: bytes, data: bytes | None = None) -> bytes:
    """Return a GIF with an extension before its end."""
    return (saved("GIF") if data is None else data)[:-1] + extension + b";"


def gif_xmp(text: str) -> bytes:
    magic = bytes([1, *range(255, -1, -1), 0])
    return gif_with(b"!\xff\x0bXMP DataXMP" + text.encode() + magic)


def gif_c2pa(text: str) -> bytes:
    blocks = text.encode()
    cut = [blocks[at : at + 255] for at in range(0, len(blocks), 255)]
    return gif_with(
        b"!\xff\x0bC2PA_GIF\x01\x00\x00" + b"".join(bytes([len(b)]) + b for b in cut) + b"\0"
    )


def png(*texts: tuple[str, str, str]) -> bytes:
    info = PngInfo()
    for how, key, value in texts:
        if how == "itxt":
            info.add_itxt(key, value, zip=key == "zipped")
        else:
            info.add_text(key, value, zip=how == "ztxt")
    return saved("PNG", pnginfo=info)


def png_chunk(name: bytes, body: bytes) -> bytes:
    data = saved("PNG")
    check = struct.pack(">I", zlib.crc32(name + body))
    return data[:33] + struct.pack(">I", len(body)) + name + body + check + data[33:]


def webp(**options: object) -> bytes:
    return saved("WEBP", lossless=True, **options)


def exif(text: str) -> bytes:
    """Return Exif as interfaces of diffusion models write it: UTF-16 in a comment."""
    tags = Image.Exif()
    tags.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + text.encode("utf-16-be")
    return bytes(tags.tobytes())


def video(kind: str, **tags: str) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=kind) as container:
        container.metadata.update(tags)
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 16
        stream.pix_fmt = "yuv420p"
        for _ in range(2):
            frame = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file.getvalue()


def box(name: str, text: str) -> bytes:
    """Return an MP4 with a box at its end that has an identifier of its own."""
    identifier = {
        "c2pa": "d8fec3d61b0e483c92975828877ec481",
        "xmp": "be7acfcb97a942e89c71999491e3afac",
    }[name]
    body = b"uuid" + bytes.fromhex(identifier) + text.encode()
    return video("mp4") + struct.pack(">I", 4 + len(body)) + body


def hint(folder: Path, data: bytes) -> str:
    (folder / "file").write_bytes(data)
    return ai_hint(folder / "file")


AI = "trainedAlgorithmicMedia"
PART = "compositeWithTrainedAlgorithmicMedia"
IPTC = f"IPTC: {AI}"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (saved("GIF", comment=b"made with Stable Diffusion"), "comment: Stable Diffusion"),
        (saved("GIF", comment=SETTINGS.encode()), "comment: Steps: 20, Sampler: Euler a"),
        (gif_xmp(XMP % AI), IPTC),
        (gif_xmp(XMP % PART), f"IPTC: {PART}"),
        (gif_c2pa(f"jumb claim_generator {SOURCE}{AI}" + "x" * 400), f"C2PA: {AI}"),
        (gif_c2pa("jumb c2pa.claim " * 40), "C2PA: a manifest that names no source"),
        (png(("text", "Software", "NovelAI")), "Software: NovelAI"),
        (png(("text", "parameters", SETTINGS)), "parameters: Steps: 20, Sampler: Euler a"),
        (png(("ztxt", "parameters", SETTINGS)), "parameters: Steps: 20, Sampler: Euler a"),
        (png(("itxt", "zipped", "Midjourney 7")), "zipped: Midjourney"),
        (png(("itxt", "XML:com.adobe.xmp", XMP % AI)), IPTC),
        (png(("text", "prompt", NODES)), 'prompt: "class_type": "KSampler"'),
        (png_chunk(b"caBX", f"jumb {SOURCE}{AI}".encode()), f"C2PA: {AI}"),
        (webp(xmp=(XMP % AI).encode()), IPTC),
        (webp(exif=exif(SETTINGS)), "Exif: Steps: 20, Sampler: Euler a"),
        (video("mp4", comment="AnimateDiff v3"), "comment: AnimateDiff"),
        (video("matroska", COMMENT=NODES), 'COMMENT: "class_type": "KSampler"'),
        (video("avi", comment="DALL-E 3"), "comment: DALL-E"),
        (box("c2pa", f"jumb {SOURCE}{AI}"), f"C2PA: {AI}"),
        (box("xmp", XMP % AI), IPTC),
    ],
)  # fmt: skip
def test_what_generators_write_is_found(tmp_path: Path, data: bytes, said: str) -> None:
    assert hint(tmp_path, data) == said


@pytest.mark.parametrize(
    "data",
    [
        saved("GIF"),
        saved("GIF", comment=b"GIF made by hand, dalle 9 alle 5, imagen del mar, sora"),
        gif_xmp(XMP % "digitalCapture"),
        gif_xmp(XMP % "algorithmicMedia"),  # drawn by a formula, which nobody has trained
        gif_c2pa(f"jumb {SOURCE}digitalCapture"),
        png(("text", "Software", "Adobe Photoshop 26"), ("text", "Comment", "Steps: 20")),
        webp(exif=exif("a holiday")),
        video("mp4", comment="Lavf and nothing else"),
        box("c2pa", f"jumb {SOURCE}humanEdits"),
        b"\xff\xd8\xff JPEG Midjourney",
        b"",
    ],
)
def test_what_says_nothing_of_it_is_no_hint(tmp_path: Path, data: bytes) -> None:
    assert hint(tmp_path, data) == ""


def test_a_comment_behind_the_pictures_is_found_and_one_behind_the_end_is_not(
    tmp_path: Path,
) -> None:
    comment = b"!\xfe\x0aMidjourney\x00"
    assert hint(tmp_path, gif_with(comment)) == "comment: Midjourney"
    assert hint(tmp_path, saved("GIF") + comment) == ""


def test_a_bomb_is_not_inflated(tmp_path: Path) -> None:
    packed = zlib.compress(b" " * (MOST_BYTES + 1_000) + b"Midjourney")
    assert len(packed) < 20_000
    assert hint(tmp_path, png_chunk(b"zTXt", b"Comment\0\0" + packed)) == ""


def test_an_answer_is_one_short_line() -> None:
    said = hint_in([("a\nvery\tlong " + "k" * 200, "by Midjourney\n")])
    assert len(said) == MOST_SAID
    assert said.isprintable()
    assert hint_in([("a\x1b[31m key", "by Midjourney\n")]) == "a [31m key: Midjourney"


def test_a_missing_file_says_nothing(tmp_path: Path) -> None:
    assert ai_hint(tmp_path / "none.gif") == ""


MAKERS: list[Callable[[], bytes]] = [
    lambda: gif_xmp(XMP % AI),
    lambda: gif_c2pa("jumb" * 200),
    lambda: png(("itxt", "zipped", SETTINGS), ("ztxt", "a", "b"), ("text", "c", "d")),
    lambda: webp(xmp=b"x" * 99, exif=exif(SETTINGS)),
    lambda: box("c2pa", "jumb"),
    lambda: video("matroska", comment=SETTINGS),
    lambda: video("avi", comment=SETTINGS),
]
MAGIC = [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"RIFF\x99\0\0\0WEBP", b"\0\0\0\x18ftypmp42"]


@settings(max_examples=300)
@given(data=st.data())
def test_whatever_the_bytes_are_nothing_is_raised(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    if data.draw(st.booleans()):
        raw = data.draw(st.sampled_from(MAGIC)) + data.draw(st.binary(max_size=200))
    else:
        mutant = bytearray(data.draw(st.sampled_from(MAKERS))())
        for _ in range(data.draw(st.integers(1, 8))):
            at = data.draw(st.integers(0, len(mutant) - 1))
            mutant[at] = data.draw(st.integers(0, 255))
        raw = bytes(mutant[: data.draw(st.integers(1, len(mutant)))])
    folder = tmp_path_factory.getbasetemp()
    said = hint(folder, raw)
    assert len(said) <= MOST_SAID
    assert said.isprintable()


def test_a_video_of_this_program_says_nothing(tmp_path: Path) -> None:
    write_mp4(tmp_path / "a.mp4", np.zeros((3, 16, 16, 3), np.uint8), 10)
    assert ai_hint(tmp_path / "a.mp4") == ""
