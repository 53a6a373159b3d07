"""A mail server that refuses, closes, drops or hangs: nothing lost, nobody else late."""

from datetime import timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import format_datetime

import pytest
from django.core.mail import EmailMessage as DjangoMail
from hypothesis import example, given
from hypothesis import strategies as st

from patients.channels.base import Fate, Letter, Target
from patients.channels.mail import HeaderBroken, envelope, mail_bytes, stuffed
from patients.domain.roles import Role
from patients.models.endpoints import Endpoint
from patients.models.messages import Message
from patients.services.dispatch import deliver_due
from patients.services.messages import post_message
from tests.cast import NOW, a_person
from tests.faults.sink import Sink

MINUTE = timedelta(minutes=1)


def letter(address="ana@x.example", subject="Reminder", body="It is 10 pm.\n", number=0):
    return Letter((Target(address),), subject, body, f"<{number}@x.example>", "https://x.example/")


def letters(count):
    return [letter(number=n) for n in range(count)]


def send(channel, found):
    return list(channel.send(found, lambda: NOW))


def fates(outcomes):
    return [outcome.fate for outcome in outcomes]


def test_a_pool_of_connections_sends_each_once(sink, mail_to):
    outcomes = send(mail_to(sink), letters(40))
    assert fates(outcomes) == [Fate.SENT] * 40
    assert set(sink.accepted.values()) == {1}
    assert sink.connections <= 4


def test_connections_are_kept_between_groups_and_let_go_at_the_end(sink, mail_to):
    channel = mail_to(sink, connections=2)
    send(channel, letters(4))
    send(channel, letters(4))
    assert sink.connections <= 2
    channel.close()
    send(channel, letters(1))
    assert sink.connections == 3


@pytest.mark.parametrize(
    ("mode", "fate", "accepted"),
    [
        ("busy", Fate.FAILED, 0),
        ("closing", Fate.UNREACHED, 0),
        ("policy", Fate.FAILED, 0),
        ("early", Fate.UNREACHED, 0),
        ("drop", Fate.AMBIGUOUS, 1),
        ("hang", Fate.AMBIGUOUS, 0),
    ],
)
def test_each_way_of_breaking_has_its_name(pipelining, mail_to, mode, fate, accepted):
    with Sink(mode, pipelining=pipelining) as server:
        (outcome,) = send(mail_to(server), letters(1))
        assert outcome.fate is fate
        assert outcome.dead == ()
        assert sum(server.accepted.values()) == accepted


def test_a_refused_address_is_named(sink, mail_to):
    sink.refuse.add("nobody@x.example")
    outcomes = send(mail_to(sink), [letter("nobody@x.example"), *letters(3)])
    assert fates(outcomes) == [Fate.REFUSED, *[Fate.SENT] * 3]
    assert outcomes[0].dead == ("nobody@x.example",)


def test_a_server_that_is_not_there_is_asked_five_times_and_then_left_alone(pipelining, mail_to):
    with Sink(pipelining=pipelining) as server:
        channel = mail_to(server, connections=1)
    now = NOW
    outcomes = list(channel.send(letters(50), lambda: now))
    assert set(fates(outcomes)) == {Fate.UNREACHED}
    assert [outcome.reason for outcome in outcomes].count("the mail server does not answer") == 45
    assert not channel.is_open(NOW)
    assert channel.is_open(NOW + MINUTE)


def test_a_connection_the_server_has_closed_meanwhile_is_opened_again(sink, mail_to):
    channel = mail_to(sink, connections=1)
    send(channel, letters(1))
    line = channel.idle.get()
    line.smtp.sock.close()
    channel.idle.put(line)
    assert fates(send(channel, letters(2))) == [Fate.SENT] * 2


def test_nothing_is_begun_after_the_lease(sink, mail_to):
    late = Letter((Target("a@x.example"),), "s", "b", "<1@x>", "", not_after=NOW)
    (outcome,) = send(mail_to(sink), [late])
    assert outcome.fate is Fate.UNREACHED
    assert not sink.accepted


TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n.=é☂"), max_size=300
)


def lines_of(mail):
    """The lines of the body; CRLF and LF alike, empty ones at the end left out."""
    return mail.get_content().replace("\r\n", "\n").rstrip("\n").splitlines()


@given(
    subject=st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=60),
    body=TEXT,
)
@example(subject="", body="\n")
def test_a_mail_reads_back_as_django_would_have_built_it(subject, body):
    date = format_datetime(NOW)
    ours = stuffed(
        mail_bytes(letter(subject=subject, body=body), sender="Diary <d@x.example>", date=date)
    )
    wire = ours[:-3].replace(b"\r\n..", b"\r\n.")
    read = BytesParser(policy=default).parsebytes(wire)
    theirs = DjangoMail(subject, body, "Diary <d@x.example>", ["ana@x.example"],
                        headers={"Message-ID": "<0@x.example>", "Date": date}).message()  # fmt: skip
    expected: EmailMessage = BytesParser(policy=default).parsebytes(theirs.as_bytes())
    for name in ("From", "To", "Message-ID", "Date"):
        assert read[name] == expected[name]
    assert str(read["Subject"]).split() == str(expected["Subject"]).split()
    assert lines_of(read) == lines_of(expected)
    assert all(len(line) <= 998 for line in wire.split(b"\r\n"))


@pytest.mark.parametrize("subject", ["a\r\nBcc: x@y", "a\nb", "a\0b"])
def test_a_header_cannot_be_ended_from_inside(subject, sink, mail_to):
    with pytest.raises(HeaderBroken):
        mail_bytes(letter(subject=subject), sender="d@x.example", date="")
    (outcome,) = send(mail_to(sink), [letter(subject=subject)])
    assert outcome.fate is Fate.REFUSED


@pytest.fixture
def posted(cast):
    def post(count, kind="flag", people=()):
        for n in range(count):
            person = people[n % len(people)] if people else cast.ana.user
            post_message(kind, occurrence=f"x{n}", due_at=NOW, now=NOW, recipient=person)

    return post


def run(now):
    return deliver_due(lambda: now, rechecks={})


def states():
    return sorted(set(Message.objects.values_list("state", flat=True)))


@pytest.mark.django_db
def test_an_outage_of_an_hour_burns_no_attempt_and_loses_nothing(pipelining, posted, mail_to, sink):
    posted(120)
    with Sink("closing", pipelining=pipelining) as closed:
        mail_to(closed, connections=2)
        for minute in range(60):
            run(NOW + minute * MINUTE)
        assert closed.connections < 60 * 2 * 2
    assert states() == ["pending"]
    assert set(Message.objects.values_list("failures", flat=True)) == {0}
    mail_to(sink)
    run(NOW + 61 * MINUTE)
    assert states() == ["sent"]
    assert set(sink.accepted.values()) == {1}


@pytest.mark.django_db
def test_one_bad_address_delays_nobody_and_goes_another_way(cast, posted, mail_to, sink):
    Endpoint.objects.create(
        user=cast.bell, channel="webhook", target="https://pager.invalid/x", added_at=NOW
    )
    sink.refuse.add(cast.bell.email)
    mail_to(sink)
    posted(40, people=[cast.ana.user, cast.bell])
    run(NOW)
    mail = Message.objects.filter(channel="email").exclude(kind="channel-dead")
    assert mail.filter(recipient=cast.ana.user, state="sent").count() == 20
    assert mail.filter(recipient=cast.bell, state="dead").count() == 20
    dead = Endpoint.objects.get(user=cast.bell, channel="email")
    assert dead.dead_since == NOW
    cast.bell.refresh_from_db()
    assert cast.bell.has_dead_channel
    assert Message.objects.filter(recipient=cast.bell, channel="webhook", kind="flag").count() == 20


@pytest.mark.django_db
def test_an_answer_that_never_comes_is_counted_and_sent_again_with_the_same_id(
    pipelining, posted, mail_to
):
    posted(10)
    with Sink("drop", share=0.5, pipelining=pipelining) as server:
        mail_to(server)
        for minute in range(0, 120, 2):
            run(NOW + minute * MINUTE)
        for message in Message.objects.all():
            assert message.state == "sent"
            assert server.accepted[message.message_id] <= 1 + message.ambiguous_count


@pytest.mark.django_db
def test_a_reminder_is_sent_a_second_time_once_and_no_more(pipelining, cast, posted, mail_to):
    posted(1, kind="check-in")
    with Sink("drop", pipelining=pipelining) as server:
        mail_to(server)
        for minute in range(0, 120, 2):
            run(NOW + minute * MINUTE)
        assert sum(server.accepted.values()) == 2
    message = Message.objects.get()
    assert (message.state, message.ambiguous_count) == ("dead", 2)


@pytest.mark.django_db
def test_policy_refusals_end_no_address(pipelining, cast, posted, mail_to):
    posted(5, people=[cast.ana.user, a_person(cast.clinic, "Dr Else", Role.DOCTOR)])
    with Sink("policy", pipelining=pipelining) as server:
        mail_to(server)
        run(NOW)
    assert not Endpoint.objects.exists()
    assert states() == ["pending"]


@pytest.mark.parametrize(
    ("address", "taken"),
    [("ana@x.example", "ana@x.example"), ("ana@bücher.example", "ana@xn--bcher-kva.example")],
)
def test_an_address_as_the_server_takes_it(address, taken):
    assert envelope(address) == taken


@pytest.mark.parametrize(
    "address", ["a@x.example\r\nDATA", "a@x.example> b", "<a@x.example>", "a\0@x.example"]
)
def test_what_would_end_the_command_is_no_address(address):
    with pytest.raises(HeaderBroken):
        envelope(address)


def test_an_address_that_cannot_be_written_is_refused_and_the_rest_go_out(sink, mail_to):
    found = [letter("ana@x.example"), letter("añá@x.example"), letter("eve@x.example>")]
    outcomes = send(mail_to(sink), found)
    assert fates(outcomes) == [Fate.SENT, Fate.REFUSED, Fate.REFUSED]


@pytest.mark.parametrize("careless", [False, True])
def test_a_refused_address_among_good_ones_on_one_line(mail_to, pipelining, careless):
    """Nobody else waits or is lost, also where the server says *go on* to a refused address."""
    with Sink(pipelining=pipelining, careless=careless) as server:
        server.refuse = {"gone@x.example"}
        found = [
            letter("gone@x.example" if n % 3 == 1 else "ana@x.example", number=n) for n in range(9)
        ]
        outcomes = send(mail_to(server, connections=1), found)
    expected = [Fate.REFUSED if n % 3 == 1 else Fate.SENT for n in range(9)]
    assert fates(outcomes) == expected
    assert [bool(outcome.dead) for outcome in outcomes] == [
        fate is Fate.REFUSED for fate in expected
    ]
    assert sum(server.accepted.values()) == 6
    assert set(server.accepted.values()) == {1}
