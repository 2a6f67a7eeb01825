//! The only place that knows what time it is: `--now`, else `SOURCE_DATE_EPOCH`, else the system's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};

use super::error::CliError;

#[allow(clippy::disallowed_methods, reason = "this is the one place that reads clock and environment")]
/// The time of this run as RFC 3339 in UTC with seconds.
pub fn now(given: Option<&str>) -> Result<String, CliError> {
    if let Some(text) = given {
        return parse(text).ok_or_else(|| {
            CliError::usage(format!("`{text}` is no time"))
                .hint("write it as 2026-11-21T09:30:00Z or 2026-11-21 09:30:00")
        });
    }
    if let Ok(text) = std::env::var("SOURCE_DATE_EPOCH") {
        let time = text.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        return time
            .map(format)
            .ok_or_else(|| CliError::usage(format!("SOURCE_DATE_EPOCH is `{text}`, which is no number of seconds")));
    }
    Ok(DateTime::from_timestamp(system(), 0).map_or_else(String::new, format))
}

/// The system's clock, in seconds since 1970. A gate asks it whatever the environment says.
#[allow(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub fn system() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

fn parse(text: &str) -> Option<String> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(format(time.with_timezone(&Utc)));
    }
    let plain = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"];
    plain.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok()).map(|time| format(time.and_utc()))
}

fn format(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_brought_to_utc() {
        assert_eq!(now(Some("2026-11-21T10:30:00+01:00")).unwrap(), "2026-11-21T09:30:00Z");
        assert_eq!(now(Some("2026-11-21 09:30")).unwrap(), "2026-11-21T09:30:00Z");
    }

    #[test]
    fn what_is_no_time_is_a_usage_error() {
        assert_eq!(now(Some("yesterday")).unwrap_err().exit_code(), 2);
    }
}
