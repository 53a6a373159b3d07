"""Days and times in words; the caller gives them in the zone of whoever reads."""

from datetime import date, datetime, time


def clock_words(moment: datetime | time) -> str:
    """`10 pm`, `8:05 am` with a no-break space."""
    words = moment.strftime("%I:%M\u00a0%p").lstrip("0").lower()
    return words.replace(":00", "")


def day_words(day: date) -> str:
    """`Thursday 12 March`."""
    return f"{day.strftime('%A')} {day.day} {day.strftime('%B')}"


def long_day(day: date) -> str:
    """`5 January 2027`."""
    return f"{day.day} {day:%B %Y}"


def short_day(day: date) -> str:
    """`Wed 18 March`."""
    return f"{day.strftime('%a')} {day.day} {day.strftime('%B')}"


def long_moment(moment: datetime) -> str:
    """`Wednesday 18 March, 8:05 am`."""
    return f"{day_words(moment.date())}, {clock_words(moment)}"


def moment_words(moment: datetime) -> str:
    """`Wed 18 March, 8:05 am`."""
    return f"{short_day(moment.date())}, {clock_words(moment)}"
