"""How the pages write days and moments: in the reader's language, on the provider's calendar."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from service.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Dates:
    """Writes dates; ``zone`` is the provider's, ``today`` their calendar day."""

    texts: Catalogue
    zone: ZoneInfo
    today: date

    def day(self, day: date) -> str:
        """A day: 5 March 2026."""
        return self._written("date.day", day)

    def weekday(self, day: date) -> str:
        """A day with its weekday: Friday, 6 March 2026."""
        return self._written("date.weekday", day)

    def brief(self, day: date) -> str:
        """A day where there is little room, without this year's number: 6 Mar."""
        return self._written("date.brief" if day.year == self.today.year else "date.brief_year", day)

    def brief_weekday(self, day: date) -> str:
        """The same with its weekday: Fri 6 Mar."""
        return self._written("date.brief_weekday", day)

    def moment(self, moment: datetime) -> str:
        """A moment in full: Thursday, 5 March 2026, 17:42."""
        return self.texts("date.moment", day=self.weekday(self.local(moment).date()), time=self.time(moment))

    def short(self, moment: datetime) -> str:
        """A moment in a list: the time of today, the day of earlier ones."""
        day = self.local(moment).date()
        return self.time(moment) if day == self.today else self.brief(day)

    def time(self, moment: datetime) -> str:
        """The time of day: 17:42."""
        return f"{self.local(moment):%H:%M}"

    def day_of(self, moment: datetime) -> str:
        """The day of a moment: 5 March 2026."""
        return self.day(self.local(moment).date())

    def parsed(self, written: str) -> datetime:
        """A moment that was written down as ISO 8601."""
        return datetime.fromisoformat(written)

    def local(self, moment: datetime) -> datetime:
        """The moment on the provider's clock; one without a zone is taken as theirs."""
        return moment.astimezone(self.zone) if moment.tzinfo else moment.replace(tzinfo=self.zone)

    def _written(self, pattern: str, day: date) -> str:
        return self.texts(
            pattern,
            weekday=self.texts.listed("date.weekdays")[day.weekday()],
            short_weekday=self.texts.listed("date.short_weekdays")[day.weekday()],
            month=self.texts.listed("date.months")[day.month - 1],
            short_month=self.texts.listed("date.short_months")[day.month - 1],
            day=day.day,
            year=day.year,
        )
