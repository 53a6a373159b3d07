"""One story of a patient and one of a doctor, in a real browser, with axe on every page."""

import os
import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from playwright.sync_api import expect, sync_playwright

from patients.models.messages import Message

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=False),
]
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic",
         "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]  # fmt: skip
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def accounts(transactional_db, capsys):
    call_command("seed_demo")
    return dict(re.findall(r"(\w+)@demo\.example\s+(\S+)", capsys.readouterr().out))


class Person:
    """Somebody in front of a screen; every complaint of the browser is an error."""

    def __init__(self, browser, server, size, **options):
        self.context = browser.new_context(viewport=size, **options)
        self.page = self.context.new_page()
        self.server, self.complaints = server, []
        self.page.on("console", self._complain)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _complain(self, message):
        if message.type in ("error", "warning") and "favicon" not in message.text:
            self.complaints.append(message.text)

    def open(self, path):
        self.page.goto(f"{self.server.url}{path}")

    def sign_in(self, who, password):
        self.open("/accounts/login/")
        self.page.get_by_label("Email").fill(f"{who}@demo.example")
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()

    def find_barriers(self):
        found = Axe().run(
            self.page,
            options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]},
        )
        assert found.violations_count == 0, found.generate_report()
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, "the page scrolls sideways"


@pytest.fixture
def person(chromium, live_server):
    people = []

    def make(size, **options):
        people.append(Person(chromium, live_server, size, **options))
        return people[-1]

    yield make
    for one in people:
        one.context.close()
        assert one.complaints == []


def test_a_patient_logs_a_dose_and_checks_in(person, accounts):
    maya = person(PHONE)
    maya.sign_in("maya", accounts["maya"])
    page = maya.page
    expect(page.get_by_role("button", name="I took this")).to_be_visible()
    maya.find_barriers()
    page.get_by_role("button", name="I took this").click()
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()
    page.get_by_role("button", name="I took this").click()
    expect(page.get_by_role("heading", name="Two doses close together?")).to_be_visible()
    maya.find_barriers()
    page.get_by_role("button", name="at its own time, and this one now").click()
    expect(page.get_by_text("That is all for today.")).to_be_visible()
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()
    maya.find_barriers()

    page.get_by_role("link", name="Check in", exact=True).last.click()
    maya.find_barriers()
    page.get_by_role("button", name="Mild").click()
    maya.find_barriers()
    page.get_by_role("button", name="None of these").click()
    expect(page.get_by_text("You can stop here.")).to_be_visible()
    maya.find_barriers()
    page.get_by_role("group", name="Shaking or trembling").get_by_text("Moderate").click()
    page.get_by_label("I fell, or had an accident").check()
    page.get_by_label("Drinks with alcohol").fill("many")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("a whole number of drinks")
    maya.complaints.clear()  # the browser reports the status of a wrong answer
    maya.find_barriers()
    page.get_by_label("Drinks with alcohol").fill("1")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Today is saved")).to_be_visible()
    expect(page.get_by_text("If you hit your head", exact=False)).to_be_visible()
    maya.find_barriers()


def test_a_new_password_when_the_old_one_is_forgotten(person, accounts):
    lin = person(PHONE)
    lin.open("/accounts/login/")
    lin.page.get_by_role("link", name="Forgot your password?").click()
    lin.find_barriers()
    lin.page.get_by_label("Email").fill("lin@demo.example")
    lin.page.get_by_role("button", name="Send me the link").click()
    expect(lin.page.get_by_role("heading", name="Look in your mail")).to_be_visible()
    lin.find_barriers()
    lin.open(Message.objects.get(kind="account").params["path"])
    lin.find_barriers()
    lin.page.get_by_label("New Password", exact=True).fill("a much newer horse")
    lin.page.get_by_label("New Password (again)").fill("a much newer horse")
    lin.page.get_by_role("button", name="Keep this password").click()
    expect(lin.page.get_by_text("Your password is changed")).to_be_visible()
    lin.find_barriers()
    lin.sign_in("lin", "a much newer horse")
    expect(lin.page).to_have_url(re.compile("/today/"))


@pytest.mark.parametrize("theme", ["Light", "Dark", "Dim"])
def test_every_page_of_a_patient_in_every_theme(person, accounts, theme):
    maya = person(PHONE)
    maya.sign_in("maya", accounts["maya"])
    maya.open("/more/")
    maya.page.get_by_label(theme, exact=True).check()
    maya.page.get_by_role("button", name="Save").click()
    expect(maya.page.locator("html")).to_have_attribute("data-theme", theme.lower())
    for path in ("/today/", "/progress/?range=all", "/plan/", "/gate/", "/change/", "/change/ask/",
                 "/more/", "/more/reminders/", "/today/zone/", "/check-in/", "/help-now/us/"):  # fmt: skip
        maya.open(path)
        maya.find_barriers()
    maya.open("/today/")
    maya.page.get_by_role("link", name="Something else happened").click()
    maya.page.get_by_role("button", name="Save").click()
    expect(maya.page.get_by_role("alert")).to_be_visible()
    maya.find_barriers()


def test_a_red_answer_shows_help(person, accounts):
    lin = person(PHONE)
    lin.sign_in("lin", accounts["lin"])
    page = lin.page
    lin.open("/check-in/")
    page.get_by_role("button", name="Severe", exact=False).first.click()
    page.get_by_label("A fit (seizure), or I blacked out").check()
    expect(page.get_by_role("button", name="None of these")).to_be_hidden()
    page.get_by_role("button", name="Save and show me help").click()
    expect(page.get_by_role("link", name="Call 911")).to_be_in_viewport()
    lin.find_barriers()


def test_small_screens_and_large_text(person, accounts):
    maya = person({"width": 320, "height": 640})
    maya.sign_in("maya", accounts["maya"])
    for path in ("/today/", "/progress/", "/plan/", "/check-in/", "/more/", "/more/reminders/"):
        maya.open(path)
        maya.find_barriers()


def build(page, typed):
    for label, value in typed.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("0.5\u00a0mg tablet, Klonopin, orange, round. Halves allowed.").check()
    page.get_by_label("0.125\u00a0mg melting tablet, generic ODT. Whole only.").check()


TYPED = {"Morning": "0.5", "Bedtime": "0.5", "Plan down to": "0.5"}


def test_a_doctor_builds_and_signs_a_plan(person, accounts):
    doctor = person(DESK)
    doctor.sign_in("doctor", accounts["doctor"])
    page = doctor.page
    expect(page.get_by_role("heading", name="Act today")).to_be_visible()
    doctor.find_barriers()
    page.get_by_role("link", name="Lin Chen").click()
    doctor.find_barriers()
    page.get_by_role("link", name="Build a plan").click()
    doctor.find_barriers()
    build(page, TYPED)
    page.get_by_label("First step on").fill("2030-01-07")
    expect(page.get_by_role("heading", name="1\u00a0mg to 0.5\u00a0mg")).to_be_visible()
    expect(page.get_by_text("steps are larger than asked")).to_be_visible()
    doctor.find_barriers()
    page.get_by_role("button", name="Check and sign").click()
    expect(page.get_by_role("heading", name="Exactly what the patient will read")).to_be_visible()
    doctor.find_barriers()
    page.get_by_role("link", name="Answer them").click()
    doctor.find_barriers()
    for no in page.get_by_label("No", exact=True).all():
        no.check()
    page.get_by_role("button", name="Save", exact=False).click()
    expect(page.get_by_text("Every question is answered.")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Sign", exact=False).click()
    expect(page.get_by_text("You can undo until then")).to_be_visible()
    doctor.find_barriers()


def test_the_builder_works_without_script(person, accounts):
    doctor = person(DESK, java_script_enabled=False)
    doctor.sign_in("doctor", accounts["doctor"])
    page = doctor.page
    page.get_by_role("link", name="Lin Chen").click()
    page.get_by_role("link", name="Build a plan").click()
    build(page, TYPED)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the day of the first step.")
    page.get_by_label("First step on").fill("2030-01-07")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="1\u00a0mg to 0.5\u00a0mg")).to_be_visible()


def test_an_admin_sees_accounts(person, accounts):
    admin = person(DESK)
    admin.sign_in("admin", accounts["admin"])
    for path in (
        "/manage/",
        "/manage/ledger/",
        "/manage/invite/",
        "/manage/clock/",
        "/more/reminders/",
    ):
        admin.open(path)
        admin.find_barriers()


def test_reminders_are_tested_and_answered(person, accounts):
    maya = person(PHONE)
    maya.sign_in("maya", accounts["maya"])
    maya.open("/more/reminders/")
    page = maya.page
    page.get_by_role("button", name="Test my reminders").click()
    expect(page.get_by_text("Tested ", exact=False)).to_be_visible()
    maya.find_barriers()
    page.locator("button[name=no]").click()
    expect(page.get_by_text("One of the ways we reach you does not work.")).to_be_visible()
    maya.find_barriers()
    page.locator("button[name=yes]").click()
    expect(page.get_by_text("One of the ways we reach you does not work.")).to_be_hidden()
    page.get_by_label("Quiet from").fill("22:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("both times")
    maya.find_barriers()


def test_a_doctor_has_numbers_a_pager_and_an_alarm(person, accounts):
    doctor = person(DESK)
    doctor.sign_in("doctor", accounts["doctor"])
    page = doctor.page
    for path in ("/more/reminders/", "/clinic/alarm/"):
        doctor.open(path)
        doctor.find_barriers()
    doctor.open("/clinic/patients/")
    page.get_by_role("link", name="Maya Okafor").first.click()
    page.get_by_role("link", name="Numbers of the rules for this patient").click()
    doctor.find_barriers()
    page.get_by_label("Hours of sleep that count as a short night").fill("9")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    doctor.find_barriers()


def test_a_patient_asks_and_a_doctor_answers(person, accounts):
    maya, doctor = person(PHONE), person(DESK)
    maya.sign_in("maya", accounts["maya"])
    maya.open("/plan/")
    maya.page.get_by_role("link", name="Ask for a change").click()
    maya.page.get_by_role("button", name="Send to my clinic").click()
    expect(maya.page.get_by_role("alert")).to_contain_text("Choose one.")
    maya.find_barriers()
    maya.page.get_by_label("Go back to the dose before this one").check()
    maya.page.get_by_label("In your own words", exact=False).fill("The nights are too hard.")
    maya.page.get_by_role("button", name="Send to my clinic").click()
    expect(maya.page.get_by_text("Not answered yet.", exact=False)).to_be_visible()
    maya.find_barriers()
    doctor.sign_in("doctor", accounts["doctor"])
    expect(doctor.page.get_by_text("Asked to go back one step.").first).to_be_visible()
    doctor.find_barriers()
    doctor.page.get_by_role("link", name="Maya Okafor").first.click()
    doctor.find_barriers()
    doctor.page.get_by_label("Answer, in words the patient reads").fill("Yes, from tonight.")
    doctor.page.get_by_role("button", name="Yes", exact=True).click()
    expect(doctor.page.get_by_text("build it", exact=False)).to_be_visible()
    doctor.find_barriers()
    maya.open("/change/")
    expect(maya.page.get_by_text("Yes, from tonight.", exact=False)).to_be_visible()
    maya.find_barriers()


def test_a_doctor_goes_away_and_is_covered(person, accounts):
    doctor, admin = person(DESK), person(DESK)
    doctor.sign_in("doctor", accounts["doctor"])
    doctor.page.get_by_role("link", name="Cover", exact=True).click()
    doctor.find_barriers()
    doctor.page.get_by_label("First day away").fill("2020-01-01")
    doctor.page.get_by_label("Last day away").fill("2020-01-02")
    doctor.page.get_by_role("button", name="Save").click()
    expect(doctor.page.get_by_role("alert")).to_contain_text("within a year from now")
    doctor.find_barriers()
    today = datetime.now(UTC).date()
    doctor.page.get_by_label("First day away").fill((today + timedelta(days=3)).isoformat())
    doctor.page.get_by_label("Last day away").fill((today + timedelta(days=5)).isoformat())
    doctor.page.get_by_role("button", name="Save").click()
    expect(doctor.page.get_by_text("Nobody yet").first).to_be_visible()
    doctor.find_barriers()
    admin.sign_in("admin", accounts["admin"])
    admin.open("/cover/")
    admin.find_barriers()
    admin.page.get_by_label("Who answers for Dr Anneke Visser").select_option(label="Nandi Mbeki")
    admin.page.get_by_role("button", name="Name", exact=True).click()
    expect(admin.page.get_by_text("Nandi Mbeki answers for Dr Anneke Visser.")).to_be_visible()
    doctor.open("/cover/")
    doctor.page.get_by_role("button", name="Remove").click()
    expect(doctor.page.get_by_text("Removed.")).to_be_visible()


def test_a_journey_asks_once(person, accounts):
    maya = person(PHONE, timezone_id="Europe/Lisbon")
    maya.sign_in("maya", accounts["maya"])
    page = maya.page
    expect(page.get_by_text("Are you somewhere else?")).to_be_visible()
    maya.find_barriers()
    page.get_by_role("link", name="Keep or move my times").click()
    page.get_by_role("button", name="Keep my times").click()
    expect(page.get_by_text("Your times stay as they are.", exact=True)).to_be_visible()
    expect(page.get_by_text("Are you somewhere else?")).to_be_hidden()
    maya.open("/today/zone/")
    page.get_by_label("Move my times to").select_option("Europe/Lisbon")
    page.get_by_role("button", name="Move my times").click()
    expect(page.get_by_text("Your times move tomorrow.", exact=False)).to_be_visible()
    maya.find_barriers()


def test_at_home_nothing_is_asked(person, accounts):
    maya = person(PHONE, timezone_id="America/New_York")
    maya.sign_in("maya", accounts["maya"])
    expect(maya.page.get_by_text("How was today?", exact=False).first).to_be_visible()
    expect(maya.page.get_by_text("Are you somewhere else?")).to_be_hidden()


def test_the_rooms_of_a_patient(person, accounts):
    maya = person(PHONE)
    maya.sign_in("maya", accounts["maya"])
    page = maya.page
    for path in ("/diary/", "/supply/", "/aftercare/", "/questions/", "/questions/phq-9/",
                 "/messages/", "/visit/", "/sharing/", "/data/", "/plan/calendar/", "/plan/"):  # fmt: skip
        maya.open(path)
        maya.find_barriers()
    maya.open("/supply/")
    page.get_by_role("textbox").first.fill("a few")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Type how many there are")
    maya.find_barriers()
    for box in page.get_by_role("textbox").all():
        box.fill("28")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Enough until", exact=False)).to_be_visible()
    maya.find_barriers()
    maya.open("/plan/calendar/")
    page.get_by_role("button", name="Make an address").click()
    expect(page.get_by_label("Address", exact=True)).to_be_visible()
    maya.find_barriers()


def test_patient_and_clinic_write_to_each_other(person, accounts):
    maya, doctor = person(PHONE), person(DESK)
    maya.sign_in("maya", accounts["maya"])
    maya.open("/messages/")
    maya.page.get_by_label("Write to your clinic").fill("May I swim?")
    maya.page.get_by_role("button", name="Send").click()
    expect(maya.page.get_by_text("Not read yet.")).to_be_visible()
    maya.find_barriers()
    doctor.sign_in("doctor", accounts["doctor"])
    expect(doctor.page.get_by_text("Wrote to you.").first).to_be_visible()
    doctor.page.get_by_role("link", name="Maya Okafor").first.click()
    expect(doctor.page.get_by_text("May I swim?")).to_be_visible()
    doctor.page.get_by_label("Write to the patient").fill("Yes, please do.")
    doctor.page.get_by_role("button", name="Send", exact=True).click()
    doctor.page.get_by_label("Day", exact=True).fill("2030-01-07")
    doctor.page.get_by_label("Time", exact=True).fill("10:00")
    doctor.page.get_by_role("button", name="Plan a visit").click()
    expect(doctor.page.get_by_text("within a year", exact=False)).to_be_visible()
    doctor.find_barriers()
    maya.open("/today/")
    maya.find_barriers()
    maya.page.get_by_role("link", name="Read it").click()
    expect(maya.page.get_by_text("Yes, please do.")).to_be_visible()
    maya.page.get_by_role("button", name="I have read this").click()
    maya.find_barriers()


def test_words_of_crisis_in_a_message_show_help(person, accounts):
    lin = person(PHONE)
    lin.sign_in("lin", accounts["lin"])
    lin.open("/messages/")
    lin.page.get_by_label("Write to your clinic").fill("I want to die")
    lin.page.get_by_role("button", name="Send").click()
    expect(lin.page.get_by_role("link", name="Call 911")).to_be_in_viewport()
    lin.find_barriers()


def test_a_support_person_sees_what_is_shared(person, accounts):
    maya, sam = person(PHONE), person(PHONE)
    maya.sign_in("maya", accounts["maya"])
    maya.open("/sharing/")
    page = maya.page
    page.get_by_label("Name", exact=True).fill("Sam Stone")
    page.get_by_label("E-mail").fill("sam@demo.example")
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Choose what this person may see.")
    maya.find_barriers()
    page.get_by_label("How hard my days were", exact=False).check()
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_text("Invited, not here yet.")).to_be_visible()
    maya.find_barriers()
    sam.open(Message.objects.filter(kind="invitation").first().params["path"])
    sam.find_barriers()
    sam.page.get_by_label("Choose a password").fill("correct horse battery")
    sam.page.get_by_role("button", name="Open my account").click()
    sam.sign_in("sam", "correct horse battery")
    expect(sam.page.get_by_role("heading", name="Shared with me")).to_be_visible()
    sam.find_barriers()
    sam.page.get_by_role("link", name="Open Maya Okafor").click()
    expect(sam.page.get_by_role("heading", name="The last two weeks")).to_be_visible()
    sam.find_barriers()
    sam.open("/more/reminders/")
    sam.find_barriers()


def test_glass_is_broken_with_a_reason(person, accounts):
    nurse, admin = person(DESK), person(DESK)
    nurse.sign_in("nurse", accounts["nurse"])
    nurse.open("/clinic/patients/")
    nurse.page.get_by_role("link", name="Open a record in an emergency").click()
    nurse.find_barriers()
    nurse.page.get_by_label("Name of the patient", exact=False).fill("Maya Okafor")
    nurse.page.get_by_label("Date of birth").fill("1981-06-03")
    nurse.page.get_by_label("Why it cannot wait").fill("Short")
    nurse.page.get_by_role("button", name="Open the record").click()
    expect(nurse.page.get_by_role("alert")).to_contain_text("10 letters")
    nurse.find_barriers()
    nurse.page.get_by_label("Why it cannot wait").fill("Called by the emergency room.")
    nurse.page.get_by_role("button", name="Open the record").click()
    expect(nurse.page.get_by_text("Open for 60 minutes.", exact=False)).to_be_visible()
    nurse.find_barriers()
    nurse.page.get_by_role("link", name="End of the case").click()
    nurse.find_barriers()
    for path in ("/facts/", "/clinic/invite/"):
        nurse.open(path)
        nurse.find_barriers()
    admin.sign_in("admin", accounts["admin"])
    for path in ("/manage/opened/", "/facts/"):
        admin.open(path)
        admin.find_barriers()
