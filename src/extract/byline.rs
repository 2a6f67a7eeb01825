//! Tells bylines ("Sam · comment · 2024-05-06") from statements: who wrote what follows, and when.

use std::sync::LazyLock;

use crate::pattern::Pattern;

use super::pattern::pattern;

/// Longest byline, in bytes: a longer line has something to say.
const BYLINE_BYTES: usize = 120;

/// Most words of a part of a byline.
const PART_WORDS: usize = 4;

/// Who wrote something, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Byline<'a> {
    /// The first part that is not a date, without "by".
    pub author: &'a str,
    /// The date as written.
    pub date: &'a str,
}

/// Reads a line as a byline: two to four short parts between dots, bars or dashes, one of them a date and nothing else.
pub(super) fn byline(line: &str) -> Option<Byline<'_>> {
    let line = line.trim();
    if line.len() > BYLINE_BYTES {
        return None;
    }
    let mut parts = vec![line];
    for separator in [" · ", " • ", " | ", " – ", " — "] {
        parts = parts.into_iter().flat_map(|part| part.split(separator)).collect();
    }
    let parts: Vec<&str> = parts.into_iter().map(str::trim).collect();
    let short = |part: &&str| {
        !part.is_empty()
            && part.split_whitespace().count() <= PART_WORDS
            && !part.contains([':', '.', '!', '?', '=', '"'])
    };
    let date = parts.iter().position(|part| DATE.is_match(part))?;
    let others: Vec<&str> = parts.iter().enumerate().filter(|(at, _)| *at != date).map(|(_, part)| *part).collect();
    let author = others.first()?;
    let named = author.starts_with(|c: char| c.is_alphabetic() || c == '@');
    (parts.len() <= 4 && named && others.iter().all(short)).then(|| Byline {
        author: author.strip_prefix("by ").or_else(|| author.strip_prefix("By ")).unwrap_or(author),
        date: parts[date],
    })
}

/// Whether a line says who wrote the message below it, and when: "Kim Doe 07:41", "kim (mobile) [9:05 AM]".
pub(super) fn is_speaker(line: &str) -> bool {
    let line = line.trim();
    line.len() <= BYLINE_BYTES && SPEAKER.is_match(line)
}

static SPEAKER: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:@[\w.-]+|[A-Z][\w.'-]*(?: [A-Z][\w.'-]*){0,2})(?: \([^()]{1,24}\)| APP)?,?\s+",
        r"[\[(]?\d{1,2}:\d\d(?::\d\d)?(?:\s?[AaPp][Mm])?[\])]?:?$",
    ))
});

static DATE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:on )?(?:\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)?",
        r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2}(?:st|nd|rd|th)?,? \d{4}",
        r"|\d{1,2}\.? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{4})$",
    ))
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn author_and_date_are_read_from_the_parts() {
        let found = |author, date| Some(Byline { author, date });
        assert_eq!(byline("kim42 · comment · 2024-05-06"), found("kim42", "2024-05-06"));
        assert_eq!(byline("By Kim Doe — May 6, 2024"), found("Kim Doe", "May 6, 2024"));
        assert_eq!(byline("2024-05-06 09:30 | kim42"), found("kim42", "2024-05-06 09:30"));
    }

    #[test]
    fn the_line_above_a_message_names_its_speaker() {
        for text in ["Kim 07:41", "Kim Doe (mobile) 7:41 PM", "@kim.doe [07:41]", "Kim-Lee  07:41:02"] {
            assert!(is_speaker(text), "{text}");
        }
        for text in ["07:41", "Restarted at 07:41", "Kim 07:41 says hello", "the pod 07:41"] {
            assert!(!is_speaker(text), "{text}");
        }
    }

    #[test]
    fn statements_rows_and_log_lines_are_no_bylines() {
        for text in [
            "The export was stopped by hand at noon and then again · 2024-05-06",
            "Export stopped - 2024-05-06",
            "2024-05-06 | ERROR: disk full",
            "2024-05-06",
            "kim42 · comment",
            "12 · 13 · 2024-05-06",
            "",
        ] {
            assert_eq!(byline(text), None, "{text}");
        }
    }
}
