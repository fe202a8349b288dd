"""What is said of a release in words: the same sentences in its cards and in its metadata."""

from collections.abc import Iterable
from dataclasses import dataclass

from anigifs.curate.release.account import Account
from anigifs.curate.release.agreeing import measure
from anigifs.curate.release.settings import ReleaseSettings
from anigifs.curate.release.table_one import share
from anigifs.curate.screening.screened import REASONS
from anigifs.curate.votes import CRITERIA, GOLD
from anigifs.curate.voting.agreement import Reliability

#: The provider of addresses that nobody searched for, and that of rendered puppets.
LISTS, DEMO = "url-list", "demo"


@dataclass(frozen=True, kw_only=True)
class Statements:
    """Sentences about a release, each of which its numbers or its making bear out.

    Attributes:
        purpose: What it is for.
        not_the_papers: What it is not.
        collection: How its files were found.
        selection: How few of them were kept.
        protocol: How they were judged.
        agreement: How far those who judged agree.
        annotators: Who judged.
        per_item: How many people judged an item.
        biases: What it shows more of than the world does, and why.
        limitations: What it cannot do.
        personal: What it holds of people.
        licences: Under which terms.
        uses: What it may be good for.
        misuses: What it is not for.
        impact: What it may do to others.
        maintenance: What becomes of it.
    """

    purpose: str
    not_the_papers: str
    collection: str
    selection: str
    protocol: str
    agreement: str
    annotators: str
    per_item: str
    biases: tuple[str, ...]
    limitations: tuple[str, ...]
    personal: tuple[str, ...]
    licences: tuple[str, ...]
    uses: str
    misuses: str
    impact: str
    maintenance: str


def statements_of(account: Account, settings: ReleaseSettings) -> Statements:
    """Return the sentences about a release."""
    return Statements(
        purpose="To measure how well action recognition that was learnt from filmed people carries "
        "over to animated GIFs, in which drawn characters do the same.",
        not_the_papers="It is built in the way of Ani-GIFs (Majumdar et al., 2022, "
        "doi:10.3389/fcomp.2022.876846), by other people, at another time and from other sources; "
        "it is not the data of that paper, and scores on the two cannot be compared.",
        collection=_collection(account),
        selection=_selection(account),
        protocol=_protocol(settings),
        agreement=_agreement(account),
        annotators=f"{counted(account.annotators, 'person', 'people')} judged, of whom nothing was "
        "asked: neither age nor gender, country, language, training or pay is known."
        + _known(account),
        per_item=f"Items of the release judged {_judged(account)}.",
        biases=tuple(_biases(account)),
        limitations=tuple(_limitations(account)),
        personal=tuple(_personal(account)),
        licences=tuple(_licences(account, settings)),
        uses="Testing action recognition on animated GIFs; domain generalisation and domain "
        "adaptation from film to animation; studying near-duplicates and link rot of GIFs.",
        misuses="Finding out who drew something or whom a drawing shows; training what imitates an "
        "artist; showing or selling the GIFs without heeding the licence of each.",
        impact="A model that does well on it recognises drawn actions of these classes, and no "
        "more than that. People whose work is listed were not asked; they can have it removed.",
        maintenance=_maintenance(settings),
    )


def counted(count: int, one: str, many: str = "") -> str:
    """Return a number with what is counted.

    Example:
        >>> counted(1, "class", "classes"), counted(1200, "item")
        ('1 class', '1,200 items')
    """
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def listed(counts: Iterable[tuple[str, int]]) -> str:
    """Return counts in words.

    Example:
        >>> listed([("gif", 1200), ("webp", 3)])
        'gif 1,200; webp 3'
    """
    return "; ".join(f"{name} {count:,}" for name, count in counts)


def _known(account: Account) -> str:
    if not account.known:
        return ""
    return (
        f" Of {counted(account.known, 'item')} the answer was known before and decides; in "
        f"votes.parquet it stands under the name {GOLD}."
    )


def _judged(account: Account) -> str:
    return "; ".join(
        f"by {counted(people, 'person', 'people') if people else 'nobody'}: {items:,}"
        for people, items in account.judges.items()
    )


def _collection(account: Account) -> str:
    words = ", ".join(account.keywords)
    when = {account.first_day, account.last_day}
    days = "at times that are not known" if when == {""} else f"on {account.first_day}"
    if len(when) > 1:
        days = f"from {account.first_day} to {account.last_day}"
    found = f"A program searched for classes{f' under the words {words}' if words else ''}"
    if set(account.providers) == {LISTS}:
        found = "Lists gave the addresses"
    return (
        f"{found}, and fetched what was there {days}, heeding robots.txt and reserved rights. "
        f"Items by where they were found: {listed(account.providers.items())}."
    )


def _selection(account: Account) -> str:
    decided = account.decisions
    screened = listed((f"{REASONS[name]}:", n) for name, n in account.screened_out.items())
    return (
        f"{counted(account.hits, 'hit')} led to {counted(account.files, 'file')}; "
        f"{counted(account.refused, 'address', 'addresses')} gave none. "
        f"A program rejected {account.rejected_by_program:,} of the files"
        f"{f' ({screened})' if screened else ''}; those of the others that show the same are one "
        f"item, which leaves {counted(account.clusters, 'item')}. "
        f"People accepted {decided['accepted']:,} and rejected {decided['rejected']:,}; "
        f"{decided['undecided']:,} are undecided, {decided['unjudged']:,} were judged by nobody. "
        f"So {share(account.items, account.clusters)} of the items are released."
    )


def _protocol(settings: ReleaseSettings) -> str:
    criteria = "; ".join(f"{number}. {words}" for number, words in enumerate(CRITERIA.values(), 1))
    return (
        f"People watched each item and asked, in this order: {criteria}. Who rejects it names the "
        "first criterion that fails; who accepts it names the class, as a rule one of those under "
        "which it was found. The outcome that more than half of them vote for counts, if at least "
        f"{counted(settings.least_votes, 'person', 'people')} judged; an adjudicator's vote "
        "counts alone."
    )


def _agreement(account: Account) -> str:
    verdict = account.agreement.verdict
    if verdict.raw is None:
        return "No item was judged by two people, so it is not known how far people agree."
    alpha = "cannot be told, as all said the same"
    if verdict.alpha is not None:
        alpha = f"is {measure(verdict, 'alpha')}"
    return (
        f"{counted(verdict.items, 'item')} had two annotators or more: {100 * verdict.raw:.1f} % "
        f"of their pairs of verdicts agree{_between(verdict)}; Krippendorff's alpha {alpha}, and "
        f"Gwet's AC1 is {measure(verdict, 'ac1')}. Compared are the first "
        f"{account.agreement.compared:,} votes on each item, since later ones may have been asked "
        "for because those differ."
    )


def _between(verdict: Reliability) -> str:
    if "raw" not in verdict.intervals:
        return ""
    low, high = verdict.intervals["raw"]
    return f" (95 % interval: {100 * low:.1f} to {100 * high:.1f} %)"


def _biases(account: Account) -> Iterable[str]:
    yield (
        "What search engines and archives hold, and rank first for English words, is not what is "
        "drawn in the world; cultures, languages and styles are not in proportion."
    )
    yield (
        "Where a review is done class by class, people see many items of one class in a row: they "
        "come to expect it, judge an item by its neighbours, and tire towards the end of the "
        "queue. Where scores order the queue, what scores low is seen last or never, so that "
        "unusual items are missed. Which order was used is not recorded in the votes; items that "
        f"were judged by nobody: {account.decisions['unjudged']:,}."
    )
    if alone := account.judges.get(1, 0):
        yield (
            f"Items that were accepted by one person alone, with that person's idea of the class: "
            f"{alone:,} of {account.items:,}."
        )
    yield (
        "Classes are as frequent as their GIFs, not as the action; which were found at all follows "
        "from what people like to draw and share."
    )


def _limitations(account: Account) -> Iterable[str]:
    if DEMO in account.providers:
        yield (
            "It is made of the demo of anigifs collect: rendered puppets, licences and creators "
            "that are made up, for trying out. It measures nothing of the world."
        )
    if account.short_classes:
        yield (
            f"Classes with fewer than {account.least_test:,} items in the test split: "
            f"{len(account.short_classes):,} of {account.classes:,}; what is measured on one of "
            "them alone has a wide interval."
        )
    yield (
        f"Classes of {account.taxonomy} without an item: {account.empty_classes:,}; nothing is "
        "measured on them."
    )
    if account.waiting:
        yield (
            f"Items that are given by addresses and hashes, without a file: {account.waiting:,} of "
            f"{account.items:,}. Some addresses will die, so that not everybody can have all "
            "items: state how many you had."
        )
    yield "An item has one class, though it may show more than one action."
    if account.incomplete:
        yield f"Files that are cut off, as they were found: {account.incomplete:,}."
    yield (
        "Copies that were cropped or drawn over much may stand as items of their own. Whether a "
        "GIF is made of a video that another data set holds is not known unless it was compared."
    )


def _personal(account: Account) -> Iterable[str]:
    yield (
        "Creators are named as licences ask for; these names, and addresses that may hold names, "
        "are personal data. Drawings may show real people."
    )
    yield (
        "Those who judged stand under pseudonyms, with days instead of times and without their "
        "comments."
    )
    yield (
        f"A program looked for what is unsafe for work in {account.looked_for_nsfw:,} of "
        f"{counted(account.items, 'item')}; it knows photographs better than drawings."
        if account.looked_for_nsfw
        else "No program looked for what is unsafe for work; people may or may not have."
    )


def _licences(account: Account, settings: ReleaseSettings) -> Iterable[str]:
    yield (
        f"The annotations (labels, votes, splits, hashes) are under {settings.licence}. Each GIF "
        "is its creator's, under the licence in its row, if any."
    )
    if settings.include_all_bytes:
        yield (
            "This build holds the files of all items, whatever their licence. It is for those who "
            "made it and must not be given to others."
        )
    else:
        yield (
            f"Files are included for {account.with_bytes:,} of {counted(account.items, 'item')}: "
            "whole ones under an open licence, with no rights reserved. The others are given by "
            "address and hash."
        )
    yield (
        "Licences are what the sources state. Nobody checked that who stated them had the right to."
    )


def _maintenance(settings: ReleaseSettings) -> str:
    contact = (
        f"Ask {settings.contact} for a removal or a correction."
        if settings.contact
        else "Whoever publishes it has to say where to ask for a removal: no contact is stated."
    )
    return (
        f"{contact} A removal leaves no trace but a count: the release is built anew under another "
        "version. A version is never changed once it is out, and its index has an identity, a hash "
        "that every result carries."
    )
