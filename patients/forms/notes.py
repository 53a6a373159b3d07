"""Reads a free note of a clinician or patient from what a browser sent."""

from django.http import QueryDict


def note_of(sent: QueryDict) -> str:
    """The note without edges, and without the one character a database refuses."""
    return sent.get("note", "").replace("\x00", "").strip()
