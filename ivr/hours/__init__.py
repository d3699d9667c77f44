"""Opening hours: schedules, weeks, holidays."""
