"""PHQ-9 and GAD-7: kept whole, scored, judged; thoughts of death are never lost in a blank."""

from uuid import uuid4

import pytest
from django.test import Client

from patients.domain.questionnaires import QUESTIONNAIRES, findings_on, screened
from patients.models.flags import Flag
from patients.models.questionnaires import FilledIn
from patients.services.questionnaires import QuestionnaireRefused, fill_in, note_screen
from patients.services.reconciler import raise_lost_flags
from tests.cast import DAY, NOW

ZEROS = [0] * 9


def mood(total, item9=0):
    """Nine answers with this sum, item 9 among them."""
    rest, answers = total - item9, []
    for _ in range(8):
        answers.append(min(3, rest))
        rest -= answers[-1]
    return [*answers, item9]


def found(kind, answers, first=None):
    return {item.rule: (item.tier, item.effect) for item in findings_on(kind, answers, first=first)}


REVIEW, HOLD = ("review", "none"), ("urgent", "hold")


@pytest.mark.parametrize(
    ("answers", "first", "rules"),
    [(ZEROS, None, {}), (mood(14), None, {}), (mood(15), None, {"RF-13": REVIEW}),
     (mood(19), None, {"RF-13": REVIEW}), (mood(20), None, {"RF-13": HOLD}),
     (mood(9), 4, {"RF-13": REVIEW}), (mood(9), 5, {}), (mood(1, 1), None, {"RF-08": HOLD}),
     (mood(20, 3), None, {"RF-08": HOLD, "RF-13": HOLD}),
     ([None] * 8 + [1], None, {"RF-08": HOLD}), ([None] * 9, None, {})],
)  # fmt: skip
def test_the_mood_questionnaire(answers, first, rules):
    assert found("phq-9", answers, first) == rules


@pytest.mark.parametrize(
    ("total", "first", "rules"),
    [(14, None, {}), (15, None, {"RF-13": REVIEW}), (21, None, {"RF-13": REVIEW}),
     (6, 1, {"RF-13": REVIEW}), (5, 1, {})],
)  # fmt: skip
def test_the_worry_questionnaire(total, first, rules):
    answers = [min(3, max(0, total - 3 * n)) for n in range(7)]
    assert sum(answers) == total
    assert found("gad-7", answers, first) == rules


@pytest.mark.parametrize(
    ("risk", "tier"), [("none", None), ("low", None), ("moderate", "urgent"), ("high", "emergency")]
)
def test_a_screen_of_a_clinician(risk, tier):
    seen = screened(risk)
    assert (seen.tier if seen else None) == tier


def test_the_words_are_those_of_the_papers():
    assert [len(q.items) for q in QUESTIONNAIRES.values()] == [9, 7]
    assert QUESTIONNAIRES["phq-9"].items[0] == "Little interest or pleasure in doing things"
    assert QUESTIONNAIRES["phq-9"].items[8].startswith("Thoughts that you would be better off dead")


def fill(cast, kind="phq-9", answers=None, at=NOW, key=None):
    return fill_in(
        cast.ana, kind=kind, answers=ZEROS if answers is None else answers,
        client_uuid=key or uuid4(), by=cast.ana.user, now=at,
    )  # fmt: skip


@pytest.mark.django_db
def test_it_is_kept_once_with_its_score(cast):
    key = uuid4()
    assert fill(cast, answers=mood(7), key=key) == fill(cast, answers=mood(7), key=key)
    assert FilledIn.objects.get().score == 7


@pytest.mark.django_db
def test_a_rise_is_seen_beside_the_first_one_ever(cast):
    for day, total in enumerate((3, 7, 8)):
        fill(cast, answers=mood(total), at=NOW + 14 * day * DAY)
        assert Flag.objects.filter(rule="RF-13").exists() is (total == 8)


@pytest.mark.django_db
@pytest.mark.parametrize("answers", [[0] * 8, [0] * 8 + [None], [0] * 8 + [4], [0] * 10])
def test_what_is_not_whole_is_not_kept(cast, answers):
    with pytest.raises(QuestionnaireRefused):
        fill(cast, answers=answers)
    assert not FilledIn.objects.exists()


@pytest.mark.django_db
def test_thoughts_of_death_are_kept_and_told_whatever_is_blank(cast):
    fill(cast, answers=[None] * 8 + [2])
    assert FilledIn.objects.get().score is None
    assert Flag.objects.get().rule == "RF-08"


@pytest.mark.django_db
def test_a_lost_thought_of_death_is_found_raised_and_alarmed(cast):
    fill(cast, answers=mood(1, 1))
    assert raise_lost_flags(NOW) == 0
    Flag.objects.all().delete()
    assert raise_lost_flags(NOW) == 1
    assert Flag.objects.get().rule == "RF-08"
    assert raise_lost_flags(NOW) == 0


@pytest.mark.django_db
def test_a_screen_is_noted_by_clinicians_only(cast):
    assert note_screen(cast.ana, risk="high", by=cast.bell, now=NOW).tier == "emergency"
    assert note_screen(cast.ana, risk="low", by=cast.bell, now=NOW) is None
    for by, risk in ((cast.ana.user, "high"), (cast.bell, "x")):
        with pytest.raises(QuestionnaireRefused):
            note_screen(cast.ana, risk=risk, by=by, now=NOW)


@pytest.fixture
def ana(cast, time_machine):
    time_machine.move_to(NOW, tick=False)
    client = Client(raise_request_exception=False)
    client.force_login(cast.ana.user)
    return client


def sent(answers, **more):
    given = {f"q{n}": str(answer) for n, answer in enumerate(answers, 1) if answer is not None}
    return {**given, "client_uuid": str(uuid4()), "region": "us", **more}


@pytest.mark.django_db
def test_from_page_to_page(cast, ana):
    done = ana.post("/questions/gad-7/", sent([1] * 7), follow=True).content.decode()
    assert "Worry (GAD-7), 7" in done
    bell = Client()
    bell.force_login(cast.bell)
    record = f"/clinic/patients/{cast.ana.pk}/"
    assert "Worry (GAD-7), <b>7</b>" in bell.get(record).content.decode()
    bell.post(f"{record}screen/", {"risk": "moderate"})
    assert Flag.objects.get().rule == "RF-09"


@pytest.mark.django_db
def test_what_is_blank_is_named_and_the_answers_stay(cast, ana):
    page = ana.post("/questions/phq-9/", sent([1] + [None] * 8))
    words = page.content.decode()
    assert page.status_code == 400
    assert words.count("No answer yet") == 8
    assert 'id="q1-1" name="q1" value="1" checked' in words
    assert not FilledIn.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("answers", [mood(1, 1), [None] * 8 + [3]])
def test_thoughts_of_death_get_the_advice_in_this_very_response(cast, ana, answers):
    answer = ana.post("/questions/phq-9/", sent(answers))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Your answer is saved and your clinic has been told" in page
    assert "Call 911 now" in page
    assert "988" in page
    assert Flag.objects.get().rule == "RF-08"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "target",
    ["patients.views.questionnaires.fill_in", "patients.services.questionnaires.raise_flag",
     "patients.services.questionnaires.record", "django.contrib.auth.middleware.get_user"],
)  # fmt: skip
def test_the_advice_is_there_whatever_fails(cast, ana, monkeypatch, target):
    def broken(*args, **kwargs):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(target, broken)
    page = ana.post("/questions/phq-9/", sent(mood(1, 1)))
    assert "Call 911 now" in page.content.decode()
    assert page.status_code == 503
    assert not FilledIn.objects.exists()


@pytest.mark.django_db
def test_a_questionnaire_that_is_none(ana):
    assert ana.get("/questions/phq-2/").status_code == 404
