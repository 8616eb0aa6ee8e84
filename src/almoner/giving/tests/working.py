"""The work that the script does for a page: ALTCHA's, as its protocol describes it, and by none of our own code."""

import base64
import hashlib
import html
import json
import re

from django.http import HttpResponse


def worked(page: HttpResponse) -> str:
    """The answer to the challenge of a page, as the script posts it."""
    found = re.search(r'name="altcha" value="" data-challenge="([^"]+)"', page.content.decode())
    assert found is not None, "the page asks for no work"
    return solution(json.loads(html.unescape(found[1])))


def solution(asked: dict[str, object]) -> str:
    most = asked.pop("maxnumber")
    assert isinstance(most, int)
    salt, wanted = str(asked["salt"]).encode(), str(asked["challenge"])
    for number in range(most + 1):
        if hashlib.sha256(salt + b"%d" % number).hexdigest() == wanted:
            return base64.b64encode(json.dumps(asked | {"number": number}).encode()).decode()
    raise AssertionError("no number solves it")
