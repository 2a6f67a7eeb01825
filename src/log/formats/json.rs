//! One JSON object a line: keys of the top level with their scalar values, read without building a tree.

use std::ops::Range;

use crate::case::Level;
use crate::log::Field;
use crate::log::level::{from_bunyan, from_letter, parse_level};
use crate::log::timestamp::parse_timestamp;

use super::{Header, Recognizer, Strength};

/// `{"time":"2024-03-15T09:30:01Z","level":"ERROR","msg":"…"}` and its many dialects.
pub(super) const RECORD: Recognizer =
    Recognizer { name: "json", may: |bytes| bytes[0] == b'{' && bytes.contains(&b':'), read: read_record };

const LEVEL_KEYS: [&str; 9] =
    ["level", "severity", "lvl", "log.level", "levelname", "loglevel", "@l", "log_level", "s"];
const TIME_KEYS: [&str; 11] =
    ["time", "ts", "timestamp", "@timestamp", "t", "date", "datetime", "eventTime", "@t", "asctime", "t.$date"];
const MESSAGE_KEYS: [&str; 9] = ["msg", "message", "@m", "@mt", "log", "event", "text", "body", "textPayload"];
const COMPONENT_KEYS: [&str; 8] =
    ["logger", "component", "name", "logger_name", "log.logger", "module", "service", "c"];

/// Most keys of one record: past that it is data, not a log line.
const KEYS: usize = 256;

fn read_record(line: &str) -> Option<Header> {
    let mut header = Header::new(0..line.len(), Strength::Strong);
    header.pairs = false;
    read_object(line, 0, &mut header)?;
    let told = header.message.len() < line.len();
    // A body of a web error has a time and a message too, but it names its status.
    let answer = header.fields.iter().any(|field| matches!(&line[field.key.clone()], "status" | "path" | "error"));
    let logged = header.level.is_some() && (told || header.time.is_some());
    (logged || (header.time.is_some() && told && !answer)).then_some(header)
}

/// Reads the object at the end of a line (`error: message {"timestamp":…}`) into the header of the text before it.
pub(super) fn read_trailing(line: &str, header: &mut Header) {
    let Some(length) = line[header.message.clone()].find("{\"") else { return };
    let open = header.message.start + length;
    let message = header.message.start..header.message.start + line[header.message.start..open].trim_end().len();
    if read_object(line, open, header).is_some() {
        header.message = message;
    }
}

/// Takes the keys of the object that opens at `at` into `header`.
fn read_object(line: &str, at: usize, header: &mut Header) -> Option<()> {
    let mut scan = Scan { bytes: line.as_bytes(), at: at + 1, depth: 1, parent: None };
    while let Some((parent, key, value)) = scan.pair() {
        let path = match &parent {
            Some(parent) => format!("{}.{}", &line[parent.clone()], &line[key.clone()]),
            None => line[key.clone()].to_owned(),
        };
        take(line, &path, &value, header);
        header.fields.push(Field { key, value });
        if header.fields.len() >= KEYS {
            break;
        }
    }
    (!header.fields.is_empty()).then_some(())
}

/// Gives a key its place in the header.
fn take(line: &str, path: &str, value: &Range<usize>, header: &mut Header) {
    let text = &line[value.clone()];
    if LEVEL_KEYS.contains(&path) {
        header.level = header.level.or_else(|| level(path, text));
    } else if TIME_KEYS.contains(&path) {
        header.time = header.time.take().or_else(|| parse_timestamp(text).map(|moment| (value.clone(), moment)));
    } else if MESSAGE_KEYS.contains(&path) && header.message.end == line.len() {
        header.message = value.clone();
    } else if COMPONENT_KEYS.contains(&path) && header.component.is_none() && !text.is_empty() {
        header.component = Some(value.clone());
    }
}

fn level(path: &str, text: &str) -> Option<Level> {
    if let Ok(number) = text.parse() {
        return from_bunyan(number);
    }
    match text.as_bytes() {
        // MongoDB writes `D1` to `D5`.
        [letter] | [letter, b'1'..=b'5'] if path == "s" => from_letter(*letter),
        _ => parse_level(text),
    }
}

/// A walk over the pairs of an object and of the objects directly in it.
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    /// The key of the object that is being read, inside the outermost.
    parent: Option<Range<usize>>,
}

type Pair = (Option<Range<usize>>, Range<usize>, Range<usize>);

impl Scan<'_> {
    /// The next key with a scalar value, at depth one or two.
    fn pair(&mut self) -> Option<Pair> {
        loop {
            match *self.bytes.get(self.at)? {
                b'"' => {
                    let key = self.string()?;
                    if let Some(pair) = self.after_key(key)? {
                        return Some(pair);
                    }
                }
                b'}' => {
                    self.depth -= 1;
                    self.parent = None;
                    self.at += 1;
                    if self.depth == 0 {
                        return None;
                    }
                }
                _ => self.at += 1,
            }
        }
    }

    /// What follows a key: its scalar, or a step into an object; `None` at the end of the line.
    fn after_key(&mut self, key: Range<usize>) -> Option<Option<Pair>> {
        self.blanks();
        if *self.bytes.get(self.at)? != b':' {
            return Some(None);
        }
        self.at += 1;
        self.blanks();
        match *self.bytes.get(self.at)? {
            b'"' => {
                let value = self.string()?;
                Some(Some((self.parent.clone(), key, value)))
            }
            b'{' if self.depth == 1 => {
                self.at += 1;
                self.depth = 2;
                self.parent = Some(key);
                Some(None)
            }
            b'{' | b'[' => self.skip_nested().map(|()| None),
            _ => {
                let start = self.at;
                let length =
                    self.bytes[start..].iter().take_while(|byte| !matches!(byte, b',' | b'}' | b']' | b' ')).count();
                self.at += length;
                Some((length > 0).then(|| (self.parent.clone(), key, start..start + length)))
            }
        }
    }

    /// Steps over an object or list with all that is in it.
    fn skip_nested(&mut self) -> Option<()> {
        let mut depth = 0;
        loop {
            match *self.bytes.get(self.at)? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// The inside of the string that opens here; `None` if it does not close.
    fn string(&mut self) -> Option<Range<usize>> {
        let start = self.at + 1;
        let mut at = start;
        loop {
            at += memchr::memchr2(b'"', b'\\', self.bytes.get(at..)?)?;
            if self.bytes[at] == b'"' {
                self.at = at + 1;
                return Some(start..at);
            }
            at += 2;
        }
    }

    fn blanks(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::shown;
    use crate::case::Level;
    use crate::log::formats::recognise;

    #[track_caller]
    fn check(line: &str, level: Level, component: &str, message: &str) {
        assert_eq!(shown(line), Some(("json", Some(level), component.to_owned(), message.to_owned())), "{line}");
        assert!(recognise(line).is_some_and(|found| found.1.time.is_some()), "{line} has a time");
    }

    #[test]
    fn the_dialects_of_the_common_libraries_are_read() {
        check(r#"{"time":"2023-05-02T11:07:13Z","level":"ERROR","msg":"gone"}"#, Level::Error, "", "gone");
        check(r#"{"level":"error","ts":1683025633.23,"msg":"gone"}"#, Level::Error, "", "gone");
        check(r#"{"level":50,"time":1683025633402,"msg":"gone"}"#, Level::Error, "", "gone");
        check(
            r#"{"name":"cart","level":40,"time":"2023-05-02T11:07:13.4Z","msg":"late","v":0}"#,
            Level::Warn,
            "cart",
            "late",
        );
        check(r#"{"severity":"WARNING","timestamp":"2023-05-02T11:07:13Z","message":"late"}"#, Level::Warn, "", "late");
        check(
            r#"{"@timestamp":"2023-05-02T11:07:13Z","log.level":"error","message":"gone"}"#,
            Level::Error,
            "",
            "gone",
        );
        check(
            r#"{"t":{"$date":"2023-05-02T11:07:13.4+00:00"},"s":"E","c":"NET","id":7,"msg":"gone"}"#,
            Level::Error,
            "NET",
            "gone",
        );
    }

    #[test]
    fn keys_of_the_top_level_are_fields() {
        let line = r#"{"level":"info","msg":"a \"b\"","n": 3,"deep":{"x":{"y":1}},"list":[1,"2"],"ok":true}"#;
        let found = recognise(line).map(|found| found.1).unwrap();
        let fields: Vec<_> =
            found.fields.iter().map(|field| (&line[field.key.clone()], &line[field.value.clone()])).collect();
        assert_eq!(fields, [("level", "info"), ("msg", r#"a \"b\""#), ("n", "3"), ("ok", "true")]);
    }

    #[test]
    fn payloads_are_no_events() {
        for line in [
            r#"{"sub":"u1","iat":1683025633,"exp":1683029233}"#,
            r#"{"timestamp":"2023-05-02T11:07:13Z","status":500,"error":"x","message":"y","path":"/z"}"#,
            r#"{"error":{"message":"gone"}}"#,
            r#"{"level":"#,
        ] {
            assert!(recognise(line).is_none(), "{line}");
        }
    }
}
