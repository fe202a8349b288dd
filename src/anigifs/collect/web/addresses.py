"""Whether an IP address is of the public internet, whatever it is wrapped in.

``ipaddress`` is not asked, because it takes 64:ff9b::7f00:1, 2002:7f00:1::, fec0::1 and 192.0.0.8
for global ones (Python 3.11.7), which lead to this machine or to its neighbours.

Source: the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890).
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

#: IPv4 networks that are not public.
NOT_PUBLIC_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network; on Linux, this machine
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # shared by the customers of a provider
            "127.0.0.0/8",  # this machine
            "169.254.0.0/16",  # link-local; the metadata of a cloud machine
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays of 6to4, given up
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
#: The only IPv6 network from which public addresses are given out; all others are not public.
UNICAST_6 = IPv6Network("2000::/3")
#: Parts of it that are not public.
NOT_PUBLIC_6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments, such as benchmarks and hash identifiers
            "2001:db8::/32",  # documentation
            "3fff::/20",  # documentation
        ),
    )
)
TEREDO = IPv6Network("2001::/32")  # RFC 4380
SIX_TO_FOUR = IPv6Network("2002::/16")  # RFC 3056
MAPPED = IPv6Network("::ffff:0:0/96")  # RFC 4291, section 2.5.5.2
#: RFC 6052. The translators of 64:ff9b:1::/48 (RFC 8215) are a network's own affair, where an IPv4
#: address lies in theirs is not known, and private ones may be meant: that network is never public.
NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)  # RFC 5214: before an IPv4 address in the last 64 bits

Address = IPv4Address | IPv6Address


def is_public(address: str | Address) -> bool:
    """Return whether an address may be connected to by one who wants the public internet only.

    An IPv6 address that holds IPv4 addresses is public where each of those is.

    Args:
        address: As ``getaddrinfo`` gives it; with a zone (``%eth0``) it is never public.

    Raises:
        ValueError: It is no IP address.

    Example:
        >>> is_public("93.184.215.14"), is_public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")
        (True, True)
        >>> is_public("64:ff9b::7f00:1"), is_public("2002:7f00:1::"), is_public("192.0.0.8")
        (False, False, False)
    """
    address = ip_address(address)
    if isinstance(address, IPv4Address):
        return not any(address in network for network in NOT_PUBLIC_4)
    if address.scope_id is not None:
        return False
    inner = tuple(embedded(address))
    if not all(map(is_public, inner)):
        return False
    if any(address in network for network in (MAPPED, NAT64, TEREDO, SIX_TO_FOUR)):
        return True
    return address in UNICAST_6 and not any(address in network for network in NOT_PUBLIC_6)


def embedded(address: IPv6Address) -> Iterator[IPv4Address]:
    """Yield the IPv4 addresses that an IPv6 address stands for or is reached through.

    Example:
        >>> [str(inner) for inner in embedded(IPv6Address("2002:a00:1::"))]
        ['10.0.0.1']
        >>> list(embedded(IPv6Address("2606:4700::1111")))
        []
    """
    value = int(address)
    if address in MAPPED or address in NAT64:
        yield _lowest_32(value)
    elif address in SIX_TO_FOUR:
        yield _lowest_32(value >> 80)
    elif address in TEREDO:
        yield _lowest_32(value >> 64)  # the server
        yield _lowest_32(~value)  # the client, whose bits are turned
        return  # before it stands a port, which may be ISATAP's mark by chance
    if value >> 32 & 0xFFFF_FFFF in _ISATAP:
        yield _lowest_32(value)


def _lowest_32(value: int) -> IPv4Address:
    return IPv4Address(value & 0xFFFF_FFFF)
