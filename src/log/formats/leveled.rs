//! Lines that begin with a level: `[ERROR] …`, `ERROR:module:…`, `ERROR: …`, `fail: …`, and logfmt records.

use crate::case::Level;
use crate::log::fields::read_pairs;
use crate::log::level::parse_level;
use crate::log::timestamp::{parse_timestamp, stamp_at};

use super::stamped::read_stamped;
use super::tail::read_tail;
use super::words::{bracketed, is_component, is_dotted, next_word, skip_blanks, trimmed, word};
use super::{Header, MessagePlace, Recognizer, Strength};

/// `[ERROR] 2024-03-15 09:30:01 - Cart: …`, `[WARN] cart: …`.
pub(super) const BRACKETED: Recognizer = Recognizer {
    name: "bracketed-level",
    may: |bytes| bytes[0] == b'[' && bytes[1].is_ascii_alphabetic(),
    read: read_bracketed,
};

/// `ERROR:module:message`, the default of Python's logging.
pub(super) const COLONS: Recognizer =
    Recognizer { name: "level-colons", may: |bytes| bytes[0].is_ascii_uppercase(), read: read_colons };

/// `ERROR: …`, `ERROR  [cart] …`, `WARN 2024-03-15 09:30:01 …`, `error: …`.
pub(super) const BARE: Recognizer =
    Recognizer { name: "level", may: |bytes| bytes[0].is_ascii_alphabetic(), read: read_bare };

/// `time=… level=error msg="…"`.
pub(super) const LOGFMT: Recognizer = Recognizer {
    name: "logfmt",
    may: |bytes| memchr::memchr(b'=', &bytes[..bytes.len().min(40)]).is_some(),
    read: read_logfmt,
};

/// Keys of logfmt records, by what they hold.
const LEVEL_KEYS: [&str; 4] = ["level", "lvl", "severity", "loglevel"];
const TIME_KEYS: [&str; 5] = ["time", "ts", "timestamp", "t", "date"];
const MESSAGE_KEYS: [&str; 3] = ["msg", "message", "event"];
const COMPONENT_KEYS: [&str; 5] = ["logger", "component", "caller", "service", "module"];

/// The level at the start of a line (`SEVERE: …`, `[error] …`), with the offset after it; offset 0 if there is none.
pub(in crate::log) fn level_prefix(line: &str) -> (Option<Level>, usize) {
    let bytes = line.as_bytes();
    let first = word(bytes, 0);
    let text = &line[first.clone()];
    if let Some(level) = text.strip_suffix(':').and_then(parse_level) {
        return (Some(level), skip_blanks(bytes, first.end));
    }
    let bracket =
        bracketed(bytes, 0, 16).and_then(|inside| Some((parse_level(&line[inside.clone()])?, inside.end + 1)));
    bracket.map_or((None, 0), |(level, end)| (Some(level), skip_blanks(bytes, end)))
}

fn read_bracketed(line: &str) -> Option<Header> {
    let bytes = line.as_bytes();
    let inside = bracketed(bytes, 0, 16)?;
    let after = inside.end + 1;
    let level = level_word(&line[trimmed(bytes, inside)])?;
    // `[error](…)` is a link.
    if !matches!(bytes.get(after), None | Some(b' ' | b'[' | b':' | b'\t')) {
        return None;
    }
    let at = skip_blanks(bytes, if bytes.get(after) == Some(&b':') { after + 1 } else { after });
    let mut header = time_and_tail(line, at, level);
    header.strength = if header.time.is_some() { Strength::Strong } else { Strength::Firm };
    (header.message.start < line.len() || header.component.is_some()).then_some(header)
}

fn read_colons(line: &str) -> Option<Header> {
    let (first, rest) = line.split_once(':')?;
    let level = level_word(first)?;
    let (module, message) = rest.split_once(':')?;
    if !is_component(module.as_bytes()) || message.starts_with(['/', ':']) {
        return None;
    }
    let start = first.len() + 1;
    let mut header = Header::new(line.len() - message.trim_start().len()..line.len(), Strength::Firm);
    header.level = Some(level);
    header.component = Some(start..start + module.len());
    Some(header)
}

fn read_bare(line: &str) -> Option<Header> {
    let bytes = line.as_bytes();
    let first = word(bytes, 0);
    let text = &line[first.clone()];
    let (name, colon) = text.strip_suffix(':').map_or((text, false), |name| (name, true));
    let level = level_word(name)?;
    let after = skip_blanks(bytes, first.end);
    if after >= line.len() {
        return None;
    }
    if name.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return if colon { read_lower(line, after, level) } else { None };
    }
    // `Error: …` is the head of a stack trace in several languages.
    if !name.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let mut header = time_and_tail(line, after, level);
    let next = next_word(bytes, first.end);
    let named = header.component.as_ref().is_some_and(|range| is_dotted(&bytes[range.clone()]));
    let gap = after - first.end;
    header.strength = if header.time.is_some() {
        Strength::Strong
    } else if colon || gap >= 2 || bytes[next.start] == b'[' || named {
        Strength::Firm
    } else {
        Strength::Weak
    };
    if colon && header.time.is_none() {
        header.component = None;
        header.thread = None;
        header.message = after..line.len();
    }
    Some(header)
}

/// `error: …` as small loggers and command-line tools write it; `fail: App.Cart[0]` puts the message on the next line.
fn read_lower(line: &str, after: usize, level: Level) -> Option<Header> {
    let bytes = line.as_bytes();
    let mut header = Header::new(after..line.len(), Strength::Weak);
    header.level = Some(level);
    let category = word(bytes, after);
    let name = &line[category.clone()];
    let numbered = name.strip_suffix(']').and_then(|inner| inner.rsplit_once('['));
    if let Some((name, number)) = numbered
        && category.end == line.len()
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        header.component = Some(category.start..category.start + name.len());
        header.message = line.len()..line.len();
        header.strength = Strength::Firm;
        header.message_place = MessagePlace::NextLine;
        return Some(header);
    }
    if line.ends_with('}') && line[after..].contains("{\"") {
        super::json::read_trailing(line, &mut header);
    }
    Some(header)
}

/// A level word that headers use at the start of a line; words that also open sentences are left out.
fn level_word(word: &str) -> Option<Level> {
    let lower = word.to_ascii_lowercase();
    let sentence = ["note", "hint", "config", "default", "fine", "failure", "fault"];
    // `panic:` opens the trace of a Go program.
    if sentence.contains(&lower.as_str()) || (lower == "fail" && word != "fail") || word == "panic" {
        return None;
    }
    parse_level(word)
}

fn time_and_tail(line: &str, at: usize, level: Level) -> Header {
    let opens = usize::from(line.as_bytes().get(at) == Some(&b'['));
    if stamp_at(line, at + opens).is_some()
        && let Some(mut header) = read_stamped(line, at + opens)
    {
        header.level = Some(level);
        return header;
    }
    let mut header = Header::new(at..line.len(), Strength::Weak);
    header.level = Some(level);
    read_tail(line, at, header)
}

fn read_logfmt(line: &str) -> Option<Header> {
    let bytes = line.as_bytes();
    let first = word(bytes, 0);
    if !bytes[first].contains(&b'=') || !LEVEL_KEYS.iter().chain(&MESSAGE_KEYS).any(|key| has_key(line, key)) {
        return None;
    }
    let mut header = Header::new(0..line.len(), Strength::Strong);
    header.pairs = false;
    read_pairs(line, 0..line.len(), &mut header.fields);
    for field in &header.fields {
        let (key, value) = (&line[field.key.clone()], &line[field.value.clone()]);
        if LEVEL_KEYS.contains(&key) {
            header.level = header.level.or_else(|| parse_level(value));
        } else if TIME_KEYS.contains(&key) {
            header.time = header.time.or_else(|| parse_timestamp(value).map(|moment| (field.value.clone(), moment)));
        } else if MESSAGE_KEYS.contains(&key) {
            header.message = field.value.clone();
        } else if COMPONENT_KEYS.contains(&key) && header.component.is_none() {
            header.component = Some(field.value.clone());
        }
    }
    let told = header.message.len() < line.len();
    (header.level.is_some() && (told || header.time.is_some()) || header.time.is_some() && told).then_some(header)
}

/// Whether `key=` stands in the line at the start of a word.
fn has_key(line: &str, key: &str) -> bool {
    line.match_indices(key).take(8).any(|(at, _)| {
        let open = at == 0 || line.as_bytes()[at - 1] == b' ';
        open && line.as_bytes().get(at + key.len()) == Some(&b'=')
    })
}

#[cfg(test)]
mod tests {
    use super::super::shown;
    use super::*;
    use crate::log::formats::recognise;

    #[track_caller]
    fn check(line: &str, name: &str, level: Level, component: &str, message: &str) {
        let found = shown(line);
        let wanted = (Some(level), component.to_owned(), message.to_owned());
        assert_eq!(found.as_ref().map(|found| found.0), Some(name), "{line}");
        assert_eq!(found.map(|found| (found.1, found.2, found.3)), Some(wanted), "{line}");
    }

    #[test]
    fn a_level_in_brackets_may_be_followed_by_a_time() {
        check("[ERROR] 2023-05-02 11:07:13 - Cart: no stock", "bracketed-level", Level::Error, "Cart", "no stock");
        check("[WARN] cart-api: late", "bracketed-level", Level::Warn, "cart-api", "late");
        check("[info] ready to serve", "bracketed-level", Level::Info, "", "ready to serve");
    }

    #[test]
    fn python_defaults_are_read() {
        check("ERROR:cart:no stock", "level-colons", Level::Error, "cart", "no stock");
        check(
            "INFO:     10.0.0.1:5 - \"GET / HTTP/1.1\" 200 OK",
            "level",
            Level::Info,
            "",
            "10.0.0.1:5 - \"GET / HTTP/1.1\" 200 OK",
        );
    }

    #[test]
    fn a_bare_level_in_capitals_is_firm_where_something_sets_it_off() {
        check("ERROR: no stock: 7", "level", Level::Error, "", "no stock: 7");
        assert_eq!(recognise("ERROR no stock").map(|found| found.1.strength), Some(Strength::Weak));
        assert_eq!(recognise("WARN  shop::cart: late").map(|found| found.1.strength), Some(Strength::Firm));
    }

    #[test]
    fn words_of_sentences_and_heads_of_traces_are_no_levels() {
        for line in [
            "Error: no stock",
            "NOTE: see below",
            "Warning: hot",
            "[error](a.md) list",
            "Failure to launch",
            "[x] done",
        ] {
            assert!(recognise(line).is_none(), "{line}");
        }
    }

    #[test]
    fn small_loggers_in_lower_case_are_weak() {
        let line = r#"error: no stock {"timestamp":"2023-05-02 11:07:13","sku":7}"#;
        check(line, "level", Level::Error, "", "no stock");
        assert_eq!(
            recognise(line).map(|found| (found.1.strength, found.1.time.is_some())),
            Some((Strength::Weak, true))
        );
    }

    #[test]
    fn a_category_with_a_number_waits_for_its_message() {
        let found = recognise("fail: Shop.Cart[0]").map(|found| found.1);
        assert_eq!(
            found.map(|header| (header.component, header.message_place)),
            Some((Some(6..15), MessagePlace::NextLine))
        );
    }

    #[test]
    fn logfmt_records_give_their_keys() {
        let line = r#"time="2023-05-02T11:07:13Z" level=error msg="no stock" sku=7"#;
        check(line, "logfmt", Level::Error, "", "no stock");
        assert_eq!(recognise(line).map(|found| found.1.fields.len()), Some(4));
        assert!(recognise("x=1 y=2 z=3").is_none());
    }
}
