"""An accepted cluster as an item of a release."""

from datetime import UTC, datetime

from anigifs.collect.web.signals import FORBIDDING, robots_words
from anigifs.curate.candidate import CandidateHit
from anigifs.curate.licences import best, openness
from anigifs.curate.release.released import ReleasedItem
from anigifs.curate.seeing.fingerprints import Fingerprint, hashes_of
from anigifs.curate.voting.decisions import Decision
from anigifs.curate.voting.items import Item
from anigifs.index import clip_id

CLIPS = "clips"
#: Who it is that reserved rights are read for.
_PRODUCT = "anigifs"


def clip_path(sha256: str, kind: str) -> str:
    """Return where the bytes of a file lie in a release, or will once it is materialised.

    Example:
        >>> clip_path("ab" + 62 * "0", "gif")[:20]
        'clips/ab/ab000000000'
    """
    return f"{CLIPS}/{sha256[:2]}/{sha256}.{kind}"


def released(
    item: Item,
    decision: Decision,
    family: str,
    fingerprint: Fingerprint | None,
    *,
    include_all_bytes: bool,
) -> ReleasedItem:
    """Return an accepted item as a release holds it, in no split yet.

    Args:
        item: The cluster.
        decision: What the votes say of it.
        family: Its name in this release.
        fingerprint: Of the file that stands for it.
        include_all_bytes: Whether its bytes are released whatever its licence.
    """
    shown, own = item.shown, own_hits(item)
    stated = best(own) or CandidateHit(url="", label="")
    fetched = [hit.fetched_at for hit in own if hit.fetched_at is not None]
    with_bytes = include_all_bytes or may_be_copied(item)
    return ReleasedItem(
        clip_id=clip_id(item.cluster),
        cluster=item.cluster,
        family=family,
        label=decision.label,
        split="",
        style=decision.style,
        kind=shown.kind,
        bytes=shown.bytes,
        width=shown.width,
        height=shown.height,
        frames=shown.frames,
        duration_ms=shown.duration_ms,
        complete=shown.complete,
        path=clip_path(item.cluster, shown.kind) if with_bytes else "",
        urls=item.urls,
        same_bytes=len({hit.url for hit in own}),
        page_url=stated.page_url or next((hit.page_url for hit in own if hit.page_url), ""),
        licence=stated.licence,
        licence_url=stated.licence_url,
        licence_evidence=stated.licence_evidence,
        creator=stated.creator,
        attribution=stated.attribution,
        found_under=tuple(
            dict.fromkeys((hit.label, hit.keyword, hit.provider) for hit in item.hits)
        ),
        retrieved_at=_second(min(fetched)) if fetched else "",
        x_robots_tag=next((hit.x_robots_tag for hit in own if hit.x_robots_tag), ""),
        tdm_reservation=next((hit.tdm_reservation for hit in own if hit.tdm_reservation), ""),
        files=tuple(one.sha256 for one in item.files),
        hashes=tuple(hashes_of(fingerprint)) if fingerprint else (),
        quality=tuple(fingerprint.quality_N.tolist()) if fingerprint else (),
        whole=fingerprint.whole if fingerprint else 0,
        accepts=decision.accepts,
        votes=decision.votes,
        motion=shown.motion,
        slideshow=shown.slideshow,
        animated=shown.animated,
        overlay=shown.overlay,
        ai_hint=shown.ai_hint,
    )


def may_be_copied(item: Item) -> bool:
    """Return whether the bytes of the file that stands for an item may be given to others.

    Its licence must be open, nobody may state a restricted one of any of its copies, no rights may
    be reserved on any, and it must be whole.
    """
    stated = best(own_hits(item))  # a restricted licence, if anybody states one
    is_open = stated and openness(stated.licence, stated.licence_url) == "open"
    restricted = any(openness(hit.licence, hit.licence_url) == "restricted" for hit in item.hits)
    free = not restricted and not any(map(reserved, item.hits))
    return bool(is_open) and free and item.shown.complete


def own_hits(item: Item) -> list[CandidateHit]:
    """Return the hits of the very file that stands for an item, and not of its duplicates."""
    return [hit for hit in item.hits if hit.sha256 == item.cluster]


def reserved(hit: CandidateHit) -> bool:
    """Return whether the server of a file reserved rights.

    Example:
        >>> reserved(CandidateHit(url="", label="", x_robots_tag="noai"))
        True
        >>> reserved(CandidateHit(url="", label="", x_robots_tag="nofollow"))
        False
    """
    words = robots_words(hit.x_robots_tag, _PRODUCT)
    return hit.tdm_reservation.strip() == "1" or any(word in FORBIDDING for word in words)


def _second(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds // 1000, UTC).isoformat().replace("+00:00", "Z")
