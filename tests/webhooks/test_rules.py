"""What an address may be, which places may be called, and how a call is signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.mail import wording as mail_wording
from fairlead.people import access
from fairlead.webhooks import rules
from tests.cast import AT

INSIDE = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.8.8.8 169.254.169.254 168.63.129.16 172.16.0.1
172.31.255.255 192.0.0.192 192.0.2.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.9 224.0.0.1 239.1.1.1 240.0.0.1
255.255.255.255 ::1 :: ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::808:808 2002:7f00:1::
2002:808:808:: 2001::1 2001:db8::1 3fff::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 100::1 5f00::1
2606:4700::1111%eth0
""".split()  # fmt: skip
OUTSIDE = "8.8.8.8 1.1.1.1 93.184.216.34 172.32.0.1 2606:4700:4700::1111 2a00:1450:4001:80b::200e".split()


@pytest.mark.parametrize("ip", INSIDE)
def test_nothing_inside_is_called(ip: str) -> None:
    assert not rules.is_outside(ip)


@pytest.mark.parametrize("ip", OUTSIDE)
def test_the_internet_is_called(ip: str) -> None:
    assert rules.is_outside(ip)


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_is_called_by_another_way_of_writing_it(ip: ipaddress.IPv4Address) -> None:
    for net in ("::ffff:0:0", "::", "64:ff9b::"):
        assert not rules.is_outside(str(ipaddress.IPv6Address(int(ipaddress.IPv6Address(net)) + int(ip))))
    assert not rules.is_outside(str(ipaddress.IPv6Address((0x2002 << 112) + (int(ip) << 80))))


@given(st.ip_addresses())
def test_what_the_standard_library_calls_special_is_never_called(ip: ipaddress.IPv4Address) -> None:
    special = (
        ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_reserved
        or ip.is_unspecified
    )  # fmt: skip
    assert not (special and rules.is_outside(str(ip)))


def test_one_place_inside_among_many_refuses_the_name() -> None:
    assert rules.where(["2606:4700::1111", "8.8.8.8"]) == "8.8.8.8"
    for found in ([], ["8.8.8.8", "10.0.0.1"], ["10.0.0.1", "8.8.8.8"], ["8.8.8.8", "::1"], ["nonsense"]):
        with pytest.raises(rules.Inside):
            rules.where(found)


REFUSED = """
http://chat.example.com/x
ftp://chat.example.com/x
//chat.example.com/x
chat.example.com
https://
https://chat
https://localhost/x
https://127.0.0.1/x
https://2130706433/x
https://0x7f000001/x
https://0177.0.0.1/x
https://127.1/x
https://1.0x7f/x
https://[::1]/x
https://[::ffff:127.0.0.1]/x
https://user@chat.example.com/x
https://user:pass@chat.example.com/x
https://chat.example.com@127.0.0.1/x
https://127.0.0.1#@chat.example.com/x
https://chat.example.com#x
https://chat.example.com\\@127.0.0.1/x
https://chat.example.com\\x
https://chat.example.com/a b
https://chat.example.com/a\tb
https://chat.example.com./x
https://chat..example.com/x
https://-.example.com:443x/
https://chat.example.com:/x
https://chat.example.com?x=1
https://chat.exämple.com/x
https://chat.example.com/ä
https://１２７.0.0.1/x
""".strip().splitlines()


@pytest.mark.parametrize("url", [*REFUSED, "https://a.example/\r\nHost: b", "https://a.example/" + "x" * 500])
def test_an_address_that_is_no_plain_https_name_is_refused(url: str) -> None:
    with pytest.raises(access.Refusal) as refusal:
        rules.address_of(url)
    assert refusal.value.code == "bad_address"


def test_a_port_that_is_not_allowed_is_refused() -> None:
    assert rules.address_of("https://a.example:8443/", ports={443, 8443}).authority == "a.example:8443"
    for port in ("22", "8443", "0", "99999"):
        with pytest.raises(access.Refusal) as refusal:
            rules.address_of(f"https://a.example:{port}/")
        assert refusal.value.code == "bad_port"


def test_an_address_is_taken_apart_as_it_will_be_called() -> None:
    found = rules.address_of("  HTTPS://Chat.Example.com/Hooks/a?b=C ")
    assert found == rules.Address("https", "chat.example.com", 443, "/Hooks/a?b=C")
    assert rules.address_of("https://xn--exmple-cua.com").target == "/"


def test_loopback_is_for_tests_alone() -> None:
    assert rules.address_of("http://127.0.0.1:81/x", loopback=True).host == "127.0.0.1"
    with pytest.raises(access.Refusal):
        rules.address_of("http://127.0.0.1:81/x")
    with pytest.raises(access.Refusal):
        rules.address_of("http://10.0.0.1:81/x", loopback=True)


# Signing


def verified(secret: str, key: str, seconds: str, header: str, body: bytes) -> bool:
    """Standard Webhooks as a receiver would write it, from its specification and not from the code here."""
    raw = base64.b64decode(secret.removeprefix("whsec_"))
    made = hmac.new(raw, b".".join([key.encode(), seconds.encode(), body]), hashlib.sha256).digest()
    offered = [part[3:] for part in header.split(" ") if part.startswith("v1,")]
    return any(hmac.compare_digest(base64.b64decode(one), made) for one in offered)


def test_the_signature_is_the_one_of_the_specification() -> None:
    # The example that the reference implementations are tested with.
    raw = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = rules.signature(
        [raw], key="msg_p5jXN8AQM9LWM0D4loKWxJek", seconds=1614265330, body=b'{"test": 2432232314}'
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(), st.text(alphabet="abc-_09", min_size=1), st.integers(0, 2**33))
def test_a_receiver_verifies_with_either_secret_and_no_other(body: bytes, key: str, seconds: int) -> None:
    new, old, other = (rules.secret_of("the server's", "abc", version) for version in (2, 1, 3))
    header = rules.signature([new, old], key=key, seconds=seconds, body=body)
    for secret, fits in ((new, True), (old, True), (other, False)):
        assert verified(rules.shown(secret), key, str(seconds), header, body) == fits
    assert not verified(rules.shown(new), key, str(seconds), header, body + b" ")
    assert not verified(rules.shown(new), key, str(seconds + 1), header, body)


def test_each_address_version_and_server_has_a_secret_of_its_own() -> None:
    asked = [("a", "x", 1), ("a", "x", 2), ("a", "y", 1), ("b", "x", 1), ("a", "x1", 1), ("a", "x", 11)]
    assert len({rules.secret_of(*one) for one in asked}) == len(asked)


# What rings, and when again


def test_of_every_group_of_the_mail_table_it_is_decided_whether_it_may_ring() -> None:
    assert set(rules.NEVER) <= set(mail_wording.GROUPS)
    assert "help.asked" in mail_wording.GROUPS[rules.NEVER[0]]
    for group in rules.NEVER:
        with pytest.raises(access.Refusal):
            rules.groups_of(["Promises", group])
    with pytest.raises(access.Refusal):
        rules.groups_of([])


def test_an_address_is_tried_for_about_three_days() -> None:
    at, tries = AT, 1
    while (again := rules.next_try(tries, at)) is not None:
        assert again > at
        at, tries = again, tries + 1
    assert tries == rules.MOST_TRIES
    assert timedelta(days=2.5) < at - AT <= timedelta(days=3)
