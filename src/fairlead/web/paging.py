"""Keyset paging in addresses: the last row's key, not a page number, so that every page costs the same."""

from __future__ import annotations

import base64
import binascii
import json

from django.http import HttpRequest

from fairlead.people import access


def key_of(text: str, number: int) -> str:
    """The key of a row as one safe word."""
    return base64.urlsafe_b64encode(json.dumps([text, number]).encode()).decode().rstrip("=")


def page_after(request: HttpRequest, name: str = "after") -> tuple[str, int] | None:
    """The key in the address, or None on the first page. Raises Refused for a key nobody was given."""
    word = request.GET.get(name, "")
    if not word:
        return None
    try:
        text, number = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
        str(text).encode()  # half a surrogate is no text for a database
    except (ValueError, binascii.Error, TypeError) as error:
        raise access.Refused(
            "bad_page", "This page address is damaged. Go back to the first page."
        ) from error
    if not isinstance(text, str) or not isinstance(number, int):
        raise access.Refused("bad_page", "This page address is damaged. Go back to the first page.")
    return text, number
