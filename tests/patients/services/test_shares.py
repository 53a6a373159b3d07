"""A support person sees just what is shared, for just as long; both sides hear of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from patients.domain.roles import Role
from patients.domain.sharing import PARTS
from patients.models.accounts import Invitation
from patients.models.audit import AuditEntry
from patients.models.messages import Message
from patients.models.shares import Share
from patients.selectors.shares import open_share, shared_with
from patients.services.accounts import switch_account
from patients.services.invitations import InvitationRefused, accept_invitation, invite, token_of
from patients.services.shares import ShareRefused, end_share, share_record
from schedules.selectors.shared import shared_page
from schedules.services.plans import hold_plan
from tests.cast import DAY, NOW, PASSWORD, a_person, a_plan, a_signed_plan, tick

pytestmark = pytest.mark.django_db
ALL = list(PARTS)
HOUR = timedelta(hours=1)


@pytest.fixture
def sam(cast):
    return a_person(cast.clinic, "Sam Stone", Role.SUPPORTER)


def share(cast, sam=None, *, parts=ALL, until=None, at=NOW, email=None):
    address = email or (sam.email if sam else "kim@home.example")
    return share_record(
        cast.ana, name="Sam", email=address, parts=parts, until=until, by=cast.ana.user, now=at
    )


def test_who_has_no_account_gets_an_invitation_and_then_what_was_shared(cast):
    made = share(cast)
    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.email) == ("supporter", "kim@home.example")
    user = accept_invitation(
        token_of(invitation), password=PASSWORD, time_zone="Europe/Paris", now=NOW + HOUR
    )
    assert shared_with(user, NOW + HOUR) == [made]
    assert user.is_supporter


def test_an_ended_share_kills_its_invitation(cast):
    made = share(cast)
    end_share(made, by=cast.ana.user, now=NOW + HOUR)
    with pytest.raises(InvitationRefused):
        accept_invitation(
            token_of(Invitation.objects.get()), password=PASSWORD, time_zone="UTC", now=NOW + HOUR
        )


def test_both_sides_hear_that_it_begins_and_ends(cast, sam):
    made = share(cast, sam)
    end_share(made, by=cast.ana.user, now=NOW + HOUR)
    end_share(made, by=cast.ana.user, now=NOW + 2 * HOUR)
    told = Message.objects.filter(kind="sharing").values_list("recipient", "params__path")
    assert sorted(told, key=str) == sorted(
        2 * [(cast.ana.user.pk, "/sharing/"), (sam.pk, "/shared/")], key=str
    )


def test_it_lasts_until_its_end_or_is_ended_at_once(cast, sam):
    made = share(cast, sam, until=NOW + DAY)
    assert open_share(sam, made.pk, NOW + DAY - HOUR) == made
    assert open_share(sam, made.pk, NOW + DAY) is None
    end_share(made, by=cast.ana.user, now=NOW + HOUR)
    assert open_share(sam, made.pk, NOW + HOUR) is None


def test_after_its_end_it_can_be_begun_again(cast, sam):
    share(cast, sam, until=NOW + DAY)
    with pytest.raises(ShareRefused, match="already"):
        share(cast, sam, at=NOW + HOUR)
    again = share(cast, sam, at=NOW + 2 * DAY)
    assert shared_with(sam, NOW + 2 * DAY) == [again]


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"parts": []}, "Choose what"), ({"parts": ["notes"]}, "Choose what"),
     ({"until": NOW}, "not over"), ({"until": NOW + 400 * DAY}, "within a year"),
     ({"email": "dr.bell@riverside.example"}, "cannot be used"),
     ({"email": "ANA.silva@riverside.example"}, "cannot be used")],
)  # fmt: skip
def test_shares_that_cannot_be(cast, changes, words):
    with pytest.raises(ShareRefused, match=words):
        share(cast, **changes)
    assert not Share.objects.exists()


def test_an_eleventh_invitation_in_a_day_is_refused(cast):
    for number in range(10):
        end_share(share(cast, email=f"p{number}@home.example"), by=cast.ana.user, now=NOW)
    with pytest.raises(ShareRefused, match="Ten people a day"):
        share(cast)
    assert share(cast, at=NOW + DAY + HOUR)


@pytest.mark.parametrize("who", ["bell", "admin", "nurse"])
def test_only_a_patient_invites_a_support_person(cast, who):
    with pytest.raises(InvitationRefused):
        invite(
            "kim@home.example", name="Kim", role=Role.SUPPORTER, clinic=cast.clinic,
            by=getattr(cast, who), now=NOW,
        )  # fmt: skip


def test_an_account_switched_off_sees_nothing(cast, sam):
    share(cast, sam)
    switch_account(sam, on=False, by=cast.admin, now=NOW)
    sam.refresh_from_db()
    assert shared_with(sam, NOW) == []


def test_the_table_refuses_a_second_open_share(cast, sam):
    made = share(cast, sam)
    with pytest.raises(IntegrityError), transaction.atomic():
        Share.objects.create(
            patient=cast.ana, name="x", email=made.email, parts=["days"], since=NOW
        )  # fmt: skip


def news(kind):
    return Message.objects.filter(kind=kind)


def test_news_of_the_plan_go_to_whom_it_is_shared_with_once_they_are_visible(cast, sam):
    share(cast, sam, parts=["news"])
    a_signed_plan(cast)
    message = news("shared-news").get()
    assert (message.recipient, message.due_at) == (sam, NOW + timedelta(minutes=10))


def test_a_hold_is_news(cast, sam):
    a_plan(cast, now=NOW - DAY)
    share(cast, sam, parts=["news"])
    hold_plan(cast.ana, note="", by=cast.ana.user, now=NOW)
    assert news("shared-news").get().recipient == sam


def test_without_that_part_nothing_is_told(cast, sam):
    share(cast, sam, parts=["days", "quiet"])
    a_plan(cast, now=NOW - DAY)
    hold_plan(cast.ana, note="", by=cast.ana.user, now=NOW)
    assert not news("shared-news").exists()


def test_news_are_not_sent_any_more_after_the_end(cast, sam):
    made = share(cast, sam, parts=["news"])
    a_signed_plan(cast)
    end_share(made, by=cast.ana.user, now=NOW + timedelta(minutes=5))
    tick(NOW + timedelta(minutes=11))
    assert (news("shared-news").get().state, news("shared-news").get().reason) == (
        "cancelled", "shared no more",
    )  # fmt: skip


def test_silence_is_told_once_where_the_patient_wants_it(cast, sam):
    a_plan(cast, now=NOW)
    share(cast, sam, parts=["quiet"])
    for hour in range(0, 24 * 6, 2):
        tick(NOW + hour * HOUR)
    assert news("shared-quiet").count() == 1


@pytest.fixture
def browsers(cast, sam, time_machine):
    a_plan(cast, now=NOW - DAY)
    time_machine.move_to(NOW, tick=False)
    found = []
    for user in (cast.ana.user, sam):
        found.append(Client())
        found[-1].force_login(user)
    return found


def test_from_page_to_page(cast, sam, browsers):
    ana, support = browsers
    assert support.get("/").url == "/shared/"
    assert "Nobody shares" in support.get("/shared/").content.decode()
    sent = {"name": "Sam", "email": sam.email, "parts": ["doses", "plan"], "last": "2026-03-09"}
    done = ana.post("/sharing/", sent, follow=True).content.decode()
    assert "Until 9 March 2026." in done
    made = Share.objects.get()
    page = support.get(f"/shared/{made.pk}/").content.decode()
    assert "Not written down yet." in page
    assert "Clonazepam, 1.5\u00a0mg a day." in page
    assert "How hard it was" not in page
    assert "Sam Stone" in ana.get("/more/").content.decode()
    ana.post(f"/sharing/{made.pk}/end/")
    assert support.get(f"/shared/{made.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("part", "there"),
    [("doses", "Today\u2019s doses"), ("plan", "The plan"), ("days", "The last two weeks"), ("news", "told by message")],
)  # fmt: skip
def test_each_part_shows_itself_alone(cast, sam, browsers, part, there):
    made = share(cast, sam, parts=[part])
    page = browsers[1].get(f"/shared/{made.pk}/").content.decode()
    shown = [w for w in ("Today\u2019s doses", "The plan", "The last two weeks") if w in page]
    assert shown == ([there] if part != "news" else [])
    assert there in page
    assert "1.5" not in page or part == "plan"


def test_what_is_not_shared_is_not_even_read(cast, sam, browsers):
    page = shared_page(share(cast, sam, parts=["plan"]), NOW)
    assert (page.doses, page.days) == ((), ())
    assert page.plan


def test_opening_leaves_a_line(cast, sam, browsers):
    made = share(cast, sam)
    browsers[1].get(f"/shared/{made.pk}/")
    line = AuditEntry.objects.get(action="record-opened")
    assert (line.actor_id, line.patient_id) == (sam.pk, cast.ana.pk)


def test_a_foreign_share_and_none_look_the_same(cast, sam, browsers):
    made = share(cast)
    foreign, missing = (browsers[1].get(f"/shared/{pk}/") for pk in (made.pk, uuid4()))
    assert (foreign.status_code, foreign.content) == (404, missing.content)


def test_nobody_ends_the_share_of_another(cast, sam, browsers):
    made = share(cast, sam)
    ben = Client()
    ben.force_login(cast.ben.user)
    assert ben.post(f"/sharing/{made.pk}/end/").status_code == 404
    assert shared_with(sam, NOW) == [made]


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"parts": []}, "Choose what this person may see"), ({"email": "x"}, "like sam@home.example"),
     ({"last": "2026-03-01"}, "not over"), ({"last": "soon"}, "Type a date"),
     ({"email": "dr.bell@riverside.example"}, "cannot be used")],
)  # fmt: skip
def test_what_is_wrong_is_said(cast, sam, browsers, changes, words):
    sent = {"name": "Samira", "email": sam.email, "parts": ["days"], "last": "", **changes}
    page = browsers[0].post("/sharing/", sent).content.decode()
    assert words in page
    assert 'value="Samira"' in page
    assert not Share.objects.exists()


def test_the_invitation_names_who_shares_and_not_the_clinic(cast, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    share(cast)
    page = client.get(f"/accounts/join/{token_of(Invitation.objects.get())}/").content.decode()
    assert "Ana Silva wants to share" in page
    assert "Riverside" not in page
