from collections import Counter, defaultdict

import pytest

from anigifs.foundation import UsageError
from anigifs.puppets import DOMAINS, Spec
from anigifs.puppets.instance import SPLITS, Split
from anigifs.puppets.spec import CARTOON_STYLES
from anigifs.taxonomy import class_list


def test_the_default_has_32_4_and_12_clips_of_a_class() -> None:
    spec = Spec()
    counts: dict[Split, int] = {"train": 32, "val": 4, "test": 12}
    for split, count in counts.items():
        assert spec.instances(split) == count
    jobs = list(spec.jobs())
    assert len({job.path for job in jobs}) == len(jobs)
    assert spec.classes == class_list("puppets-16").names
    by_domain = Counter((job.domain, job.instance.split) for job in jobs)
    for domain in DOMAINS:
        for split, count in counts.items():
            found = by_domain[domain, split]
            styles = {"film": 1, "film-neutral": 1, "film-gif": 1, "cartoon-dev": 1}.get(domain, 3)
            if domain == "film-neutral" and split != "test":
                assert found == 0
            elif not domain.startswith("cartoon") or split != "val":
                assert found == 16 * count * styles
    assert by_domain["cartoon-dev", "val"] == 16 * 1
    assert by_domain["cartoon-test", "val"] == 16 * 3


def test_in_validation_an_instance_is_one_cartoon_and_elsewhere_all_four() -> None:
    styles = defaultdict(list)
    for job in Spec(clips_per_class=32).jobs():
        if job.domain.startswith("cartoon"):
            styles[job.instance].append(job.style)
    assert len(styles) == 16 * (32 + 4 + 12)
    for instance, shown in styles.items():
        if instance.split == "val":
            assert len(shown) == 1
        else:
            assert sorted(shown) == sorted(CARTOON_STYLES)
    validated = Counter(shown[0] for one, shown in styles.items() if one.split == "val")
    assert len(set(validated.values())) == 1  # each style as often


def test_what_is_made_of_film_comes_after_it() -> None:
    seen = set()
    for job in Spec(clips_per_class=2).jobs():
        if job.domain == "film-gif":
            assert ("film", job.instance) in seen
        seen.add((job.domain, job.instance))


def test_only_films_are_tied_to_classes_and_neutral_ones_are_not() -> None:
    for job in Spec(clips_per_class=1, context_bias=0.4).jobs():
        assert job.bias == (0 if job.domain == "film-neutral" else 0.4)


def test_names_of_files_say_what_they_are() -> None:
    for job in Spec(clips_per_class=1).jobs():
        domain, action, name = job.path.split("/")
        assert (domain, action) == (job.domain, job.instance.action)
        assert name.startswith(f"{job.instance.split}-0000")
        assert name.endswith(".mp4" if domain in ("film", "film-neutral") else ".gif")


def test_splits_keep_their_shares_and_none_is_empty() -> None:
    for clips, expected in ((1, [1, 1, 1]), (8, [8, 1, 3]), (16, [16, 2, 6]), (47, [47, 5, 17])):
        spec = Spec(clips_per_class=clips)
        assert [spec.instances(split) for split in SPLITS] == expected


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"clips_per_class": 0}, "0 clips"),
        ({"clips_per_class": 10_001}, "10001 clips"),
        ({"size": 63}, "size of 63"),
        ({"size": 1026}, "size of 1026"),
        ({"size": 101}, "even"),
        ({"context_bias": 1.1}, "context bias"),
        ({"context_bias": float("nan")}, "context bias"),
        ({"domains": ("films",)}, "no domain 'films'"),
        ({"splits": ("validation",)}, "no split 'validation'"),
        ({"domains": ("film-gif",)}, "made from film"),
        ({"domains": ("film-neutral",), "splits": ("train",)}, "nothing in train"),
        ({"domains": ()}, "nothing"),
        ({"splits": ()}, "nothing"),
    ],
    ids=str,
)
def test_what_cannot_be_rendered_is_refused(wrong: dict[str, object], reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        Spec(**wrong)  # type: ignore[arg-type]
