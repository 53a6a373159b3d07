"""Every piece the words can name has a drawing of its own."""

import pytest
from django.template.loader import render_to_string

from schedules.domain.wording import PARTS, Piece

SHAPES = [
    "whole",
    *sorted({name.removesuffix("s") for parts in PARTS.values() for _, name in parts}),
]


def drawing(shape, form="tablet"):
    piece = Piece(shape, 1, f"1 {shape}", "1 mg", "white", form)
    return render_to_string("components/pill.html", {"piece": piece}).strip()


def test_the_shapes():
    assert SHAPES == ["whole", "half", "quarter", "third"]


def test_no_two_shapes_look_alike():
    drawings = {drawing(shape) for shape in SHAPES}
    drawings |= {drawing("syringe", "oral liquid"), drawing("whole", "capsule")}
    drawings.add(drawing("whole", "orally disintegrating tablet"))
    assert len(drawings) == len(SHAPES) + 3


@pytest.mark.parametrize("shape", SHAPES)
def test_a_drawing_is_never_read_aloud(shape):
    assert 'aria-hidden="true"' in drawing(shape)
