"""A dose reads the same in every language, and what is shown can be typed back."""

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from schedules.domain.dose import Dose, parse_dose, render_mg

SHOWN = Template("{{ dose }}")
CODES = [code for code, _ in settings.LANGUAGES]


@given(st.integers(0, 10**9), st.sampled_from(CODES))
def test_what_a_page_shows_is_read_back_as_the_same_dose(tens_of_ng, code):
    dose = Dose(tens_of_ng * 10)
    with translation.override(code):
        shown = SHOWN.render(Context({"dose": dose}))
        assert shown == render_mg(dose)
        assert parse_dose(shown) == dose


@pytest.mark.parametrize("code", CODES)
def test_no_language_turns_the_point_or_groups_the_digits(code):
    with translation.override(code):
        assert SHOWN.render(Context({"dose": Dose.mg("1234.125")})) == "1234.125\u00a0mg"
        assert parse_dose("0,125") == parse_dose("0.125") == Dose.mg("0.125")
