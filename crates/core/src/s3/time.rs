//! Time as policies write it.

use alloc::{format, string::String};

const DAY: u64 = 24 * 3600 * 1000;

/// ISO 8601 in UTC, from milliseconds since 1970.
pub(super) fn iso_time(milliseconds: u64) -> String {
    let (year, month, day) = date(milliseconds / DAY);
    let rest = milliseconds % DAY;
    let (seconds, rest) = (rest / 1000, rest % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{rest:03}Z")
}

/// The date of a day since 1970. Years are counted from March on, so that a leap day is the last of one, and
/// in eras of 400 years, which all have as many days.
const fn date(days: u64) -> (u64, u64, u64) {
    const ERA: u64 = 146_097;
    /// The days from March of the year 0 to 1970.
    const BEFORE: u64 = 719_468;
    let days = days + BEFORE;
    let (era, day) = (days / ERA, days % ERA);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = if month < 10 { (year, month + 3) } else { (year + 1, month - 9) };
    (era * 400 + year, month, day)
}

#[cfg(test)]
mod tests {
    use super::iso_time;

    #[test]
    fn days_of_all_kinds() {
        // By `date --utc --date=@SECONDS`.
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399, "2000-02-28T23:59:59.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (1_709_164_800, "2024-02-29T00:00:00.000Z"),
            (1_735_689_599, "2024-12-31T23:59:59.000Z"),
            (1_795_520_106, "2026-11-24T11:35:06.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(iso_time(seconds * 1000), expected);
        }
        assert_eq!(iso_time(1234), "1970-01-01T00:00:01.234Z");
    }
}
