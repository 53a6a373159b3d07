"""A note as it arrives, and as it is kept."""

import pytest
from django.http import QueryDict

from patients.forms.notes import note_of


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("note=+slept+badly+", "slept badly"), ("note=a%00b", "ab"), ("note=%00", ""), ("", "")],
)
def test_a_note_is_kept_without_edges_and_zero_bytes(sent, kept):
    assert note_of(QueryDict(sent)) == kept
