"""Every form of every page, filled with what an attacker would type: a sentence, never a crash."""

from html.parser import HTMLParser

import pytest
from django.test import Client

from tests.stories.test_stranger import address, things

__all__ = ["things"]
pytestmark = pytest.mark.django_db
MINE = {
    "ana": [
        "today", "checkin-day", "checkin-safety", "checkin-more", "dose", "gate", "zone",
        "more", "reminders",
    ],
    "bell": [
        "patients", "invite-patient", "review", "plan-new", "start-gates", "thresholds", "alarm",
        "triage", "reminders",
    ],
    "admin": ["people", "invite-staff", "ledger", "clock", "reminders"],
}  # fmt: skip
MARKUP = '"><script>alert(1)</script>'
HOSTILE = {
    "nothing": "",
    "markup": MARKUP,
    "nul": "a\x00b",
    "long": "9" * 20_000,
    "digits": "٣٫٥",
    "infinity": "1e999999",
    "nan": "NaN",
    "tiny": "0." + "0" * 40 + "1",
    "minus": "-1",
    "date": "9999-12-31",
    "old-date": "0001-01-01",
    "format": "{x} %s ${1} {{ 7|add:7 }}",
    "path": "../../../etc/passwd",
    "turned": "\u202e\u2066\ufeff",
    "half": "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "lines": "a\r\nBcc: x@y.example\r\n\r\nz",
}


class Forms(HTMLParser):
    """The forms of a page: where each goes, and its controls with the values they offer."""

    def __init__(self):
        super().__init__()
        self.forms = []
        self.select = None

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        if tag == "form":
            self.forms.append((has.get("action", ""), has.get("method", "get"), {}))
        if not self.forms:
            return
        controls = self.forms[-1][2]
        if tag == "option" and self.select:
            controls[self.select].append(has.get("value", ""))
        if not has.get("name"):
            return
        if tag == "select":
            self.select = has["name"]
            controls[self.select] = []
        elif has.get("type") in ("radio", "checkbox", "submit", "hidden") or tag == "button":
            controls.setdefault(has["name"], []).append(has.get("value", "on"))
        elif tag in ("input", "textarea"):
            controls.setdefault(has["name"], [])


def forms_of(client, where):
    page = client.get(where)
    if page.status_code != 200:
        return []
    parser = Forms()
    parser.feed(page.content.decode())
    return [
        (action or where, controls)
        for action, method, controls in parser.forms
        if method.lower() == "post" and "logout" not in action
    ]


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("who", MINE)
def test_a_sentence_never_a_crash(cast, things, who, value):
    user = cast.ana.user if who == "ana" else getattr(cast, who)
    client = Client()
    client.force_login(user)
    sent = 0
    for name in MINE[who]:
        for action, controls in forms_of(client, address(name, things)):
            everything = dict.fromkeys(controls, value)
            typed = {c: offered[-1] if offered else value for c, offered in controls.items()}
            for data in (everything, typed):
                answer = client.post(action, data)
                assert answer.status_code < 500, (action, data)
                assert MARKUP not in answer.content.decode(), action
                sent += 1
    assert sent >= 2 * len(MINE[who])
