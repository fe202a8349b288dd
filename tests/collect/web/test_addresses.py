import ipaddress
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from anigifs.collect.web.addresses import MAPPED, NAT64, SIX_TO_FOUR, TEREDO, is_public

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "93.184.215.14",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "198.17.255.255",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450:4001:80e::200e",
    "2620:0:861:ed1a::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]
#: What ``ipaddress`` of Python 3.11.7 takes for global, and more that is easily missed.
EASILY_MISSED = [
    "64:ff9b::7f00:1",
    "64:ff9b:1::808:808",
    "64:ff9b:1:7f00:0:100::",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "fec0::1",
    "192.0.0.8",
    "0.0.0.0",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%lo",
    "2606:4700::1111%lo",
    "192.88.99.1",
    "198.19.255.255",
    "255.255.255.255",
    "224.0.0.251",
    "ff02::1",
    "2001:db8::1",
    "3fff::1",
    "2001:2::1",
    "2001:20::1",
    "100::1",
    "5f00::1",
    "4000::1",
    "2a00:1450:4001:80e:0:5efe:10.0.0.1",
]
PRIVATE_4 = st.one_of(
    *(
        st.ip_addresses(v=4, network=network)
        for network in ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8")
    ),
    *(
        st.ip_addresses(v=4, network=network)
        for network in ("169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3")
    ),
)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", EASILY_MISSED)
def test_what_is_easily_missed_is_not_public(address: str) -> None:
    assert not is_public(address)


@given(PRIVATE_4, st.integers(0, 2**80 - 1), st.integers(0, 2**16 - 1))
def test_no_form_hides_a_private_address(inner: IPv4Address, rest: int, port: int) -> None:
    private, public = int(inner), int(IPv4Address("8.8.8.8"))
    forms: dict[str, IPv4Address | IPv6Address] = {
        "plain": inner,
        "mapped": IPv6Address(0xFFFF << 32 | private),
        "compatible": IPv6Address(private),
        "NAT64": IPv6Address(0x64FF9B << 96 | private),
        "local NAT64 /96": IPv6Address(0x64FF9B0001 << 80 | rest % 2**48 << 32 | private),
        "local NAT64 /48": IPv6Address(
            0x64FF9B0001 << 80 | private >> 16 << 64 | (private & 0xFFFF) << 40
        ),
        "6to4": IPv6Address(0x2002 << 112 | private << 80 | rest),
        "Teredo server": IPv6Address(
            0x20010000 << 96 | private << 64 | port << 32 | public ^ 0xFFFFFFFF
        ),
        "Teredo client": IPv6Address(
            0x20010000 << 96 | public << 64 | port << 32 | private ^ 0xFFFFFFFF
        ),
        "ISATAP": IPv6Address(0x2A001450 << 96 | 0x5EFE << 32 | private),
    }
    assert [name for name, address in forms.items() if is_public(address)] == []


@given(st.integers(0, 2**16 - 1))
@example(0x5EFE)  # ISATAP's mark
def test_teredo_between_public_addresses_is_public(port: int) -> None:
    public = int(IPv4Address("8.8.8.8"))
    address = IPv6Address(0x20010000 << 96 | public << 64 | port << 32 | public ^ 0xFFFFFFFF)
    assert address.teredo == (IPv4Address(public), IPv4Address(public))  # Python's reading of it
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_is_public_that_python_knows_as_special(address: IPv4Address) -> None:
    special = not address.is_global or address.is_multicast or address.is_reserved
    assert not (special and is_public(address))


@given(st.ip_addresses(v=6))
def test_no_ipv6_address_is_public_that_python_knows_as_special(address: IPv6Address) -> None:
    if any(address in network for network in (MAPPED, NAT64, TEREDO, SIX_TO_FOUR)):
        return
    special = not address.is_global or address.is_multicast or address.is_site_local
    assert not (special and is_public(address))


def test_what_is_no_address_is_said_to_be_none() -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        is_public("localhost")
    assert ipaddress.ip_address("64:ff9b::7f00:1").is_global  # the reason why it is not asked
