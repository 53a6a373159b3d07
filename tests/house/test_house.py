"""The house keeps its own rules: contracts, sizes, words, settings."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from patients.domain.delivery import KINDS
from patients.domain.symptoms import CATALOGUE
from patients.services.letters import PLACES, text_of
from schedules.domain.formulary.loader import medicine, medicine_keys

ROOT = Path(__file__).parents[2]
APPS = ("taper_tracker", "patients", "schedules")
SOURCES = [
    path
    for app in APPS
    for path in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in path.parts
]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MESSAGES = sorted(path for path in (ROOT / "templates" / "messages").iterdir())


def name(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_file_has_at_most_400_lines_and_a_caption(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    empty_room = path.name == "__init__.py" and not text
    assert empty_room or text.startswith('"""') or path == ROOT / "manage.py"


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_function_has_at_most_50_lines_and_imports_nothing(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, node.name
            inner = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
            assert not inner, node.name


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_is_short_and_fit_for_a_strict_policy(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120
    assert " style=" not in text
    assert not re.search(r"\son[a-z]+=", text)
    assert "|safe" not in text or "taper" in path.parts
    assert "http://" not in text
    assert "https://" not in text


def test_the_rooms_of_the_core_stay_empty():
    for room in ("patients", "schedules", "patients/domain", "schedules/domain"):
        assert (ROOT / room / "__init__.py").read_text() == ""


def test_the_core_loads_without_django():
    code = (
        "import sys, schedules.domain.builder, schedules.domain.timetable,"
        "patients.domain.redflags; sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def calls(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node


def test_no_request_code_schedules_a_task():
    for path in SOURCES:
        for call in calls(path):
            named = isinstance(call.func, ast.Attribute) and call.func.attr
            assert named not in ("delay", "apply_async", "retry"), name(path)
            assert not {k.arg for k in call.keywords} & {"eta", "countdown"}, name(path)


def test_only_doors_read_the_clock():
    doors = {"views", "views.py", "commands", "tasks.py", "context_processors.py", "adapters.py"}
    for path in SOURCES:
        if set(path.parts) & doors or path.name in doors:
            continue
        for call in calls(path):
            if isinstance(call.func, ast.Attribute):
                assert call.func.attr not in ("now", "utcnow", "today"), name(path)


def test_floats_stay_in_levels_and_drawing():
    allowed = {"levels.py", "charts.py"}
    for path in [p for p in SOURCES if "domain" in p.parts and p.name not in allowed]:
        for call in calls(path):
            assert not (isinstance(call.func, ast.Name) and call.func.id == "float"), name(path)


def test_no_arithmetic_on_dose_text_outside_the_domain():
    for path in [p for p in SOURCES if "domain" not in p.parts]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r'f"[^"]*\{[^}]*\}(\\u00a0| )mg', text), name(path)


FORBIDDEN = ("riverside", "clinic", "dose", "symptom", " mg", "tablet", "taper")
SYMPTOMS = {symptom.short.lower() for symptom in CATALOGUE.values()}
PRODUCTS = {
    word.lower()
    for key in medicine_keys()
    for word in (medicine(key).name, medicine(key).brand)
    if word
}


def said(kind, part, *, openly):
    values = {"link": "https://diary.example/x", "name": "Maya", "clock": "10 pm", "count": "3"}
    return text_of(kind, part, "en", openly=openly).fill(values).lower()


def test_every_kind_of_message_has_its_folder_and_its_line():
    assert {folder.name for folder in MESSAGES} == set(KINDS)


@pytest.mark.parametrize("openly", [False, True], ids=["neutral", "open"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_message_names_a_medicine_an_amount_or_a_symptom(kind, openly):
    for part in ("subject", "body"):
        text = said(kind, part, openly=openly)
        assert text.strip()
        for word in (*PRODUCTS, *SYMPTOMS, " mg", "tablet", "riverside"):
            assert word not in text, word


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_is_not_opened_by_the_person_is_neutral(kind):
    for part in ("subject", "body"):
        for word in FORBIDDEN:
            assert word not in said(kind, part, openly=False), word


NEVER = ("take two", "double", "stop taking", "take it now", "take 1", "lower your", "skip")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_message_tells_anybody_to_change_a_dose(kind):
    for openly in (False, True):
        for word in NEVER:
            assert word not in said(kind, "body", openly=openly), word


@pytest.mark.parametrize("path", sorted(ROOT.glob("templates/messages/*/*.txt")), ids=name)
def test_a_message_text_has_plain_places_only(path):
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r"{{ *(.*?) *}}", text)) <= set(PLACES)
    assert "{% if" not in text


BANNED = ("missed", "failed", "overdue", "non-compliant", "adherence", "streak", "detox", "addict")


def test_patients_are_never_blamed():
    for path in TEMPLATES:
        if "clinic" in path.parts or path.name in ("sign.html", "_preview.html", "new.html"):
            continue
        words = re.sub(r"{%.*?%}", lambda tag: tag.group().lower(), path.read_text()).lower()
        for word in BANNED:
            assert word not in words, (name(path), word)


def test_every_setting_is_in_the_example():
    settings = (ROOT / "taper_tracker" / "settings.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))
    example = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
    assert read == example


def test_at_most_twenty_entries_at_the_top():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    assert len({line.split("/")[0] for line in listed}) <= 20


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


DOSE_PARTS = {"ng", "exact", "decimal"}


def dose_arithmetic(path):
    """Sums, differences, products and quotients of the inside of a dose."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.BinOp):
            inner = {n.attr for side in (node.left, node.right) for n in ast.walk(side)
                     if isinstance(n, ast.Attribute)}  # fmt: skip
            if inner & DOSE_PARTS:
                yield node.lineno


OUTSIDE = [p for p in SOURCES if "domain" not in p.parts and p.name != "charts.py"]


@pytest.mark.parametrize("path", OUTSIDE, ids=name)
def test_no_arithmetic_on_doses_outside_the_domain(path):
    assert list(dose_arithmetic(path)) == []


def test_the_search_for_dose_arithmetic_finds_it(tmp_path):
    wrong = tmp_path / "wrong.py"
    wrong.write_text("half = dose.ng / 2\nfine = dose.ng\n")
    assert list(dose_arithmetic(wrong)) == [1]
