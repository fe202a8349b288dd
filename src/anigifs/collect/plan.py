"""How many requests a set of queries makes, and how long they take: before the first is made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil

from anigifs.collect.items import Capabilities, Query
from anigifs.foundation import UsageError

DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Share:
    """What falls to one provider.

    Attributes:
        provider: Its name.
        title: What people call it.
        queries: How many it is asked.
        least: Requests, if each query has one page of results.
        most: Requests, if each goes as deep as it can; None where no bound is known.
        least_s: Seconds from the first to the last of the least requests, at the provider's limits.
        most_s: The same for the most.
        hits: Results at most; None where no bound is known.
        states_licences: Whether it states a licence for each item.
    """

    provider: str
    title: str
    queries: int
    least: int
    most: int | None
    least_s: float
    most_s: float | None
    hits: int | None
    states_licences: bool


@dataclass(frozen=True)
class Plan:
    """The shares of all providers, which are asked side by side.

    Attributes:
        shares: In the order in which the queries name the providers.
    """

    shares: tuple[Share, ...]

    @property
    def queries(self) -> int:
        """Queries in all."""
        return sum(share.queries for share in self.shares)

    @property
    def least_s(self) -> float:
        """Seconds until the slowest provider has been asked the least."""
        return max((share.least_s for share in self.shares), default=0.0)

    @property
    def most_s(self) -> float | None:
        """The same for the most; None where no bound is known."""
        most = [share.most_s for share in self.shares]
        known = [seconds for seconds in most if seconds is not None]
        return max(known, default=0.0) if len(known) == len(most) else None

    def lines(self) -> list[str]:
        """Say it to people: a line for each provider, and one for all."""
        told = [_line(share) for share in self.shares]
        return [*told, f"in all: {self.queries:,} queries, {_times(self.least_s, self.most_s)}"]


def plan_of(queries: Iterable[Query], providers: Mapping[str, Capabilities]) -> Plan:
    """Count the requests that queries make, and their time.

    A page that comes in parts, as those of Commons may, makes more requests than are counted;
    so does every request that is made again after a failure.

    Args:
        queries: All of them.
        providers: What each provider can do, by its name.

    Raises:
        UsageError: A query is for a provider that is not given.
    """
    counts: dict[str, int] = {}
    for query in queries:
        counts[query.provider] = counts.get(query.provider, 0) + 1
    if lacking := [name for name in counts if name not in providers]:
        raise UsageError(f"there are queries for {', '.join(lacking)}, which is not searched")
    return Plan(tuple(_share(name, count, providers[name]) for name, count in counts.items()))


def seconds_for(requests: int, a_minute: float, a_day: int | None = None) -> float:
    """Return the seconds from the first to the last of some requests at two limits.

    Requests are spread over their minute, and a day's are made as soon as the day begins; a day is
    the 24 hours from the first of its requests.

    Args:
        requests: How many, from 0 on.
        a_minute: How many a minute may have.
        a_day: How many a day may have; None is without a limit.

    Example:
        >>> seconds_for(1800, 60), seconds_for(201, 20, 200) == 24 * 60 * 60
        (1799.0, True)
    """
    gap, waits = 60 / a_minute, max(requests - 1, 0)
    if a_day is None or a_day * gap >= DAY:
        return waits * gap
    days, rest = divmod(waits, a_day)
    return days * DAY + rest * gap


def span(seconds: float) -> str:
    """Say a time to people, in its two largest units.

    Example:
        >>> span(40), span(1799), span(86_400), span(700_000)
        ('1 min', '30 min', '1 d', '8 d 3 h')
    """
    minutes = ceil(seconds / 60)
    days, hours = divmod(ceil(minutes / 60) if minutes >= DAY / 60 else 0, 24)
    if days:
        return f"{days:,} d {hours} h" if hours else f"{days:,} d"
    hours, minutes = divmod(minutes, 60)
    return " ".join(f"{count} {unit}" for count, unit in ((hours, "h"), (minutes, "min")) if count)


def _share(name: str, count: int, can: Capabilities) -> Share:
    pages = None if can.deepest is None else max(ceil(can.deepest / can.page_size), 1)
    most = None if pages is None else count * pages
    return Share(
        provider=name,
        title=can.title,
        queries=count,
        least=count,
        most=most,
        least_s=seconds_for(count, can.requests_a_minute, can.requests_a_day),
        most_s=None
        if most is None
        else seconds_for(most, can.requests_a_minute, can.requests_a_day),
        hits=None if can.deepest is None else count * can.deepest,
        states_licences=can.states_licences,
    )


def _line(share: Share) -> str:
    if share.most is None:
        requests = f"{share.least:,} requests or more"
    elif share.most == share.least:
        requests = f"{share.least:,} requests"
    else:
        requests = f"{share.least:,} to {share.most:,} requests"
    licences = "with" if share.states_licences else "without"
    return (
        f"{share.provider}: {share.queries:,} queries, {requests}, "
        f"{_times(share.least_s, share.most_s)}, {licences} licences"
    )


def _times(least: float, most: float | None) -> str:
    low = span(least) or "no time"
    if most is None:
        return f"{low} or more"
    high = span(most) or "no time"
    return low if low == high else f"{low} to {high}"
