//! Makes every character of a source visible: control characters become symbols, hidden ones their code point, terminal
//! colours are dropped. Knows nothing of Markdown.

/// Most characters of an operating system command (`ESC ]`) that are taken as one sequence; terminals cap it likewise.
const OSC_CHARS: usize = 512;

/// Rewrites `source` so that what a person sees is what is there.
///
/// Line terminators of every kind become `\n`; tabs stay. Escape sequences of terminals are dropped, other control
/// characters are shown as pictures (`␀`) or, where no picture exists or the character has no shape, as `[U+202E]`.
///
/// ```
/// # use casefile::render::visible;
/// assert_eq!(visible("\u{1b}[31mred\u{1b}[0m\r\nexe\u{202e}gnp\0"), "red\nexe[U+202E]gnp␀");
/// ```
pub fn visible(source: &str) -> String {
    let mut shown = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let skipped = if c == '\u{1b}' { terminal_sequence(rest) } else { 0 };
        if skipped > 0 {
            rest = &rest[skipped..];
            continue;
        }
        rest = &rest[c.len_utf8()..];
        if c == '\r' && rest.starts_with('\n') {
            continue;
        }
        push_visible(&mut shown, c);
    }
    shown
}

/// Same as [`visible`], on one line: line terminators and tabs become a space.
pub(super) fn visible_line(source: &str) -> String {
    let shown = visible(source).replace(['\n', '\t'], " ");
    shown.trim_matches(' ').to_string()
}

fn push_visible(shown: &mut String, c: char) {
    match c {
        '\t' | '\n' => shown.push(c),
        '\r' | '\u{0b}' | '\u{0c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => shown.push('\n'),
        '\u{7f}' => shown.push('\u{2421}'),
        c if u32::from(c) < 0x20 => shown.extend(char::from_u32(0x2400 + u32::from(c))),
        c if is_hidden(c) => shown.push_str(&format!("[U+{:04X}]", u32::from(c))),
        c => shown.push(c),
    }
}

/// Whether a character has no shape of its own but changes what is seen, or may not stand in a text file at all.
/// The two joiners and the selectors of emoji stay: scripts and emoji need them.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0d}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d159}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// Length in bytes of the terminal escape sequence at the start of `rest`, 0 if it is none that is known.
fn terminal_sequence(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    match bytes.get(1) {
        Some(b'[') => control_sequence(bytes),
        Some(b']') => system_command(rest),
        Some(b'(' | b')') if bytes.get(2).is_some_and(u8::is_ascii_alphanumeric) => 3,
        Some(b'=' | b'>' | b'7' | b'8' | b'c' | b'M') => 2,
        _ => 0,
    }
}

/// `ESC [`, parameters, intermediates, one final byte.
fn control_sequence(bytes: &[u8]) -> usize {
    let parameters = bytes.iter().skip(2).take(64).take_while(|b| (0x20..=0x3f).contains(*b)).count();
    match bytes.get(2 + parameters) {
        Some(0x40..=0x7e) => 3 + parameters,
        _ => 0,
    }
}

/// `ESC ]`, text on one line, then BEL or `ESC \`.
fn system_command(rest: &str) -> usize {
    for (at, c) in rest.char_indices().skip(2).take(OSC_CHARS) {
        match c {
            '\u{07}' => return at + 1,
            '\u{1b}' if rest[at + 1..].starts_with('\\') => return at + 2,
            '\n' | '\r' | '\u{1b}' => return 0,
            _ => {}
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_left_alone() {
        assert_eq!(visible("naïve 日本語 👩‍👩‍👧 x\ty"), "naïve 日本語 👩‍👩‍👧 x\ty");
    }

    #[test]
    fn every_line_terminator_becomes_a_line_feed() {
        assert_eq!(visible("a\r\nb\rc\u{2028}d\u{85}e\u{0b}f"), "a\nb\nc\nd\ne\nf");
    }

    #[test]
    fn terminal_colours_titles_and_charsets_are_dropped() {
        assert_eq!(visible("\u{1b}[1;31mERR\u{1b}[0m \u{1b}]0;title\u{07}ok \u{1b}(Bend"), "ERR ok end");
    }

    #[test]
    fn an_unfinished_sequence_shows_its_escape_character() {
        assert_eq!(visible("a\u{1b}[31"), "a␛[31");
        assert_eq!(visible("a\u{1b}]0;t\nb"), "a␛]0;t\nb");
    }

    #[test]
    fn control_and_hidden_characters_are_named() {
        assert_eq!(visible("\0\u{7}\u{7f}\u{9b}"), "␀␇␡[U+009B]");
        assert_eq!(
            visible("x\u{200b}\u{feff}\u{fffe}\u{1ffff}\u{e0041}"),
            "x[U+200B][U+FEFF][U+FFFE][U+1FFFF][U+E0041]"
        );
    }

    #[test]
    fn many_unfinished_sequences_take_linear_time() {
        let text = "\u{1b}]".repeat(200_000);
        assert_eq!(visible(&text).chars().count(), 400_000);
    }

    #[test]
    fn one_line_has_no_terminators_and_no_outer_spaces() {
        assert_eq!(visible_line(" a\r\n\tb "), "a  b");
    }
}
