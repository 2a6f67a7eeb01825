//! Calendar arithmetic in the proleptic Gregorian calendar; no clock, no time zones.

use chrono::{Datelike, NaiveDate, Weekday};

/// Days from the first of January of year 1 to the epoch, as chrono counts them.
const EPOCH_FROM_CE: i64 = 719_163;

/// Days since 1970-01-01 of a date; `None` if there is no such day.
pub fn days_from_civil(year: i32, month: u32, day: u32) -> Option<i64> {
    let date = NaiveDate::from_ymd_opt(year, month, day)?;
    Some(i64::from(date.num_days_from_ce()) - EPOCH_FROM_CE)
}

/// Year, month and day of a number of days since 1970-01-01; `None` outside the calendar's range.
pub fn civil_from_days(days: i64) -> Option<(i32, u32, u32)> {
    let from_ce = i32::try_from(days.checked_add(EPOCH_FROM_CE)?).ok()?;
    let date = NaiveDate::from_num_days_from_ce_opt(from_ce)?;
    Some((date.year(), date.month(), date.day()))
}

/// Day of the week of a date; `None` if there is no such day.
pub fn weekday(year: i32, month: u32, day: u32) -> Option<Weekday> {
    NaiveDate::from_ymd_opt(year, month, day).map(|date| date.weekday())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_epoch_is_day_zero_and_a_thursday() {
        assert_eq!(days_from_civil(1970, 1, 1), Some(0));
        assert_eq!(civil_from_days(0), Some((1970, 1, 1)));
        assert_eq!(weekday(1970, 1, 1), Some(Weekday::Thu));
    }

    #[test]
    fn days_that_do_not_exist_have_no_number() {
        assert_eq!(days_from_civil(2023, 2, 29), None);
        assert_eq!(days_from_civil(2024, 2, 29), Some(19_782));
        assert_eq!(weekday(2024, 13, 1), None);
    }

    #[test]
    fn days_far_outside_the_calendar_are_refused() {
        assert_eq!(civil_from_days(i64::MAX), None);
        assert_eq!(civil_from_days(i64::MIN), None);
    }
}
