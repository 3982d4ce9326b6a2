"""Mail that nobody would write: refused with its reason, or read without harm."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.mail import forwarded, proof, reading
from fairlead.mail.reading import Unreadable, read
from tests.calls.company import Company
from tests.mail.mailing import FORWARD, ORIGINAL, came, come, mail, messages

HEAD = b"From: Mina Aalto <mina@marlow.test>\r\nTo: desk@marlow.test\r\nSubject: x\r\n"


def multipart(*parts: bytes, kind: bytes = b"mixed", head: bytes = HEAD) -> bytes:
    inside = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return head + b"Content-Type: multipart/" + kind + b'; boundary="b"\r\n\r\n' + inside + b"--b--\r\n"


def part(kind: str, text: bytes, more: str = "") -> bytes:
    return f"Content-Type: {kind}\r\n{more}\r\n".encode() + text


def refused(raw: bytes) -> str:
    with pytest.raises(Unreadable) as refusal:
        read(raw)
    return refusal.value.reason


# Bombs


def test_thousands_of_parts_are_refused_before_they_are_parsed() -> None:
    assert refused(multipart(*[part("text/plain", b"x")] * 5000)) == "too_many_parts"


def test_deep_nesting_is_refused_before_it_is_parsed() -> None:
    raw = b"".join(
        b"Content-Type:\r\n multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(900)
    )
    assert refused(HEAD + raw + b"\r\nx") == "too_nested"
    assert refused(HEAD + b"content-type: MESSAGE/rfc822\n\n" * 900 + b"x") == "too_nested"


def test_endless_headers_are_refused() -> None:
    assert refused(HEAD + b"X-A: " + b"a" * 400_000) == "broken"
    assert refused(b"From: " + b"(" * 300_000) == "broken"
    assert refused(b"From: " + b"(" * 30_000 + b"\r\n\r\nx") == "no_from"


def test_a_mail_over_the_limit_is_noted_and_not_kept(team: Company, settings: Any) -> None:
    settings.MAIL_LIMIT = 2000
    row = come(mail("x" * 2000))
    assert (row.state, row.reason, row.raw) == ("refused", "too_large", None)
    assert row.size > 2000


def test_a_bomb_from_a_proven_manager_is_answered_with_the_reason(team: Company) -> None:
    bomb = mail().split(b"\n\n")[0] + b"\nX: y\n\n" + b"--b\n" * 2000
    row = come(bomb)
    assert (row.state, row.reason, row.answer_due) == ("refused", "too_many_parts", True)


# Broken


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("text/plain; charset=utf-8", "Zürich".encode("latin-1"), "Zürich"),
        ("text/plain; charset=nonsense", "Zürich".encode(), "Zürich"),
        ("text/plain; charset=us-ascii", "Zürich".encode(), "Zürich"),
        ("text/plain; charset=utf-16", b"\xff\xfeh\x00i\x00", "hi"),
        ("text/plain; charset=iso-2022-jp", b"\x1b$B\xff\xff hi", ""),
        ('text/plain; charset="utf-8\r\n"', b"hi", "hi"),
        ("text/plain", b"a\x00b\x08\x1b[31mc", "ab[31mc"),
        ("text/plain", "a\u202eb\u200fc".encode(), "abc"),
        ("text/plain; charset=idna", b"hi", "hi"),
        ("text/plain; charset=hex", b"hi", "hi"),
    ],
)
def test_broken_charsets_and_control_characters_do_no_harm(kind: str, text: bytes, said: str) -> None:
    found = read(HEAD + f"Content-Type: {kind}\r\n\r\n".encode() + text).text
    assert said in found
    assert "\x00" not in found


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\nnothing of it',
        HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nnever closed',
        HEAD + b"Content-Type: ;;;=\r\n\r\nx",
        HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n!!!===x",
        HEAD + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644\r\nM!!!\r\n",
        HEAD + b"Subject: =?utf-8?b?////?= =?x?y?z?=\r\n\r\nx",
        HEAD + b"no colon here\r\nText without an end of headers",
    ],
)
def test_broken_mime_is_read_as_far_as_it_goes(raw: bytes) -> None:
    assert read(raw).sender == "mina@marlow.test"


@given(st.binary(max_size=2000), st.integers(0, 600))
def test_no_bytes_make_reading_fail_in_another_way(noise: bytes, at: int) -> None:
    for raw in (noise, HEAD + noise, mail()[:at] + noise + mail()[at:]):
        try:
            found = read(raw)
        except Unreadable:
            continue
        for said in (found.text, found.subject, found.sender, found.message_id):
            assert "\x00" not in said
            said.encode()


@given(st.text(max_size=600))
def test_no_text_makes_recognising_or_proving_fail(text: str) -> None:
    forwarded.recognise(text)
    reading.text_of_html(text)
    proof.proves(proof.results([("Authentication-Results", f"mx; {text}")], "mx"), "marlow.test")


def test_headers_cannot_be_injected_through_a_subject() -> None:
    folded = base64.b64encode(b"x\r\nBcc: a@b.test\r\n\r\nbody").decode()
    raw = b"From: mina@marlow.test\r\nSubject: =?utf-8?b?" + folded.encode() + b"?=\r\n\r\ny"
    assert read(raw).subject == "x Bcc: a@b.test body"


# What is taken over


def test_html_alone_becomes_text_without_anything_hidden_or_fetched() -> None:
    html = (
        b"<html><head><title>t</title><style>p{color:red}</style></head><body><p>Is <b>Kestrel</b>&nbsp;safe?</p>"
        b"<img src=http://spy.test/1.gif><script>alert(1)</script><ul><li>one<li>two</ul>"
        b'<a href="http://spy.test/x">Read</a><!-- hidden --></body></html>'
    )
    found = read(HEAD + b"Content-Type: text/html\r\n\r\n" + html)
    assert found.text == "Is Kestrel safe?\n\n- one\n- two\nRead"


def test_of_alternatives_the_plain_text_is_read_and_attachments_are_counted() -> None:
    both = multipart(
        part("text/html", b"<p>HTML"), part("text/plain", b"Plain"), kind=b"alternative", head=b""
    )
    raw = multipart(
        both, part("application/pdf", b"%PDF", "Content-Disposition: attachment; filename=a.pdf\r\n"),
        part("text/plain", b"notes", "Content-Disposition: attachment; filename=n.txt\r\n"),
        part("application/pgp-signature", b"sig"),
    ).replace(b"--b\r\nContent-Type: multipart", b"--b\r\nContent-Type: multipart", 1)  # fmt: skip
    inner = raw.replace(both, both.replace(b'"b"', b'"c"').replace(b"--b", b"--c"))
    found = read(inner)
    assert (found.text, found.attachments) == ("Plain", 2)


def test_attachments_are_dropped_with_a_note(team: Company) -> None:
    raw = multipart(
        part("text/plain", FORWARD.encode()),
        part("application/pdf", b"%PDF", "Content-Disposition: attachment; filename=a.pdf\r\n"),
        part("image/png", b"x", "Content-Disposition: inline; filename=b.png\r\n"),
        head=mail().split(b"MIME-Version")[0].split(b"Content-Type")[0].replace(b"\n", b"\r\n"),
    )
    assert came(raw) == "taken"
    assert messages()[0].text == f"{ORIGINAL}\n\n[2 attachments were not taken over.]"


def test_a_calendar_bomb_is_no_text() -> None:
    found = read(
        HEAD
        + b"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\n"
        + b"RRULE:x\r\n" * 9000
    )
    assert (found.text, found.attachments) == ("", 1)


def test_a_mail_without_text_is_refused_with_the_reason(team: Company) -> None:
    raw = mail().split(b"Content-Type")[0] + b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\n"
    assert came(raw) == "asks"
    vera = raw.replace(b"mina@marlow.test", b"vera@marlow.test").replace(
        b"To: desk", b"To: mina@marlow.test, desk"
    )
    assert came(vera.replace(b"<1@", b"<2@")) == "refused no_text"


def test_an_encrypted_mail_is_refused_with_the_reason() -> None:
    pgp = multipart(part("application/pgp-encrypted", b"Version: 1"), kind=b"encrypted")
    assert refused(pgp) == "encrypted"
    smime = "application/pkcs7-mime; smime-type=enveloped-data"
    assert refused(HEAD + f"Content-Type: {smime}\r\n\r\nx".encode()) == "encrypted"


def test_a_long_thread_is_cut_with_a_note(team: Company) -> None:
    assert came(mail(FORWARD + "word " * 2000)) == "taken"
    text = messages()[0].text
    assert len(text) <= 4000
    assert text.endswith("characters were not taken over.]")


def test_flowed_lines_are_paragraphs_again() -> None:
    raw = HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\nIs Kestrel \r\nsafe?\r\n\r\n-- \r\nVera"
    assert read(raw).text == "Is Kestrel safe?\n\n-- \nVera"


# Forwarded


OUTLOOK = """FYI

________________________________
From: Vera Lindholm <vera@marlow.test>
Sent: Tuesday, November 24, 2026 11:40 AM
To: Mina Aalto <mina@marlow.test>; Otto
 Brandt <otto@marlow.test>
Cc: Carl Ek
Subject: Kestrel

Is Kestrel safe?"""
APPLE = """> Begin forwarded message:
>
> From: "Vera Lindholm" <vera@marlow.test>
> Subject: Kestrel
> Date: 24 November 2026 at 11:40:00 EET
> To: Mina Aalto <mina@marlow.test>
>
> Is Kestrel safe?"""
THUNDERBIRD = """-------- Weitergeleitete Nachricht --------
Betreff: \tKestrel
Datum: \tTue, 24 Nov 2026 11:40:00 +0200
Von: \tVera Lindholm <vera@marlow.test>
An: \tMina Aalto <mina@marlow.test>

Is Kestrel safe?"""
FRENCH = """*De :* Vera Lindholm <vera@marlow.test>
*Envoyé :* mardi 24 novembre 2026 11:40
*À :* Mina Aalto
*Objet :* Kestrel

Is Kestrel safe?"""
OLD_OUTLOOK = """-----Original Message-----
From: Vera Lindholm [mailto:vera@marlow.test]
Sent: 24 November 2026 11:40
To: Mina Aalto
Subject: Kestrel

Is Kestrel safe?"""
PROGRAMS = {
    "gmail": FORWARD, "outlook": OUTLOOK, "apple": APPLE, "thunderbird": THUNDERBIRD, "french": FRENCH,
    "old outlook": OLD_OUTLOOK,
}  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_original_sender_is_found_as_mail_programs_write_it(program: str) -> None:
    found = forwarded.recognise(PROGRAMS[program])
    assert found is not None
    assert (found.name, found.address, found.subject) == ("Vera Lindholm", "vera@marlow.test", "Kestrel")
    assert found.text.startswith("Is Kestrel safe")
    assert "Vera" not in found.text


def test_a_forwarded_mail_as_an_attachment_is_read(team: Company) -> None:
    original = b"From: Vera Lindholm <vera@marlow.test>\r\nSubject: Kestrel\r\n\r\nIs Kestrel safe?"
    head = mail().split(b"Content-Type")[0].replace(b"\n", b"\r\n")
    raw = multipart(part("text/plain", b"See below"), part("message/rfc822", original), head=head)
    assert came(raw) == "taken"
    assert (messages()[0].sender_id, messages()[0].text) == (team.cast.vera.pk, "Is Kestrel safe?")


@pytest.mark.parametrize(
    "text",
    ["From: the team", "From: x\nTo do: nothing", "Date: today\nSubject: x\nTo: y", "Agenda:\nfrom: nine\n"],
)
def test_words_that_look_like_headers_are_no_forwarded_mail(text: str) -> None:
    assert forwarded.recognise(text) is None
