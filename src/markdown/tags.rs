//! HTML as far as people write it in Markdown: which angle brackets are tags, what a tag does to text, character references.
//!
//! It does not check attributes and knows no document structure.

/// What a tag does to the text around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Starts another block.
    Block,
    /// Breaks the line.
    Break,
    /// Sets its content in bold.
    Strong,
    /// Sets its content as code.
    Code,
    /// Strikes its content out.
    Struck,
    /// Shows its content line by line as it stands.
    Preformatted,
    /// Hides its content.
    Hidden,
    /// Nothing that flat text shows.
    None,
}

/// A tag of HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    /// What it does.
    pub effect: Effect,
    /// Whether it is the closing one.
    pub closing: bool,
}

/// Reads `text` (from `<` to `>`) as a tag of HTML.
///
/// Names that HTML does not have are `None`: `List<String>`, `<init>` and `<describe the steps>` are words of the author.
pub(super) fn tag(text: &str) -> Option<Tag> {
    let inner = text.strip_prefix('<')?.strip_suffix('>')?;
    let closing = inner.starts_with('/');
    let inner = inner.strip_prefix('/').unwrap_or(inner);
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len());
    let (name, rest) = inner.split_at(end);
    if !rest.is_empty() && !rest.starts_with(|c: char| c.is_ascii_whitespace() || c == '/') {
        return None;
    }
    // `Map<K>` and `<Object>` are types; HTML in capitals is capitals throughout.
    let upper = name.bytes().filter(u8::is_ascii_uppercase).count();
    if upper > 0 && (name.len() < 2 || name.bytes().any(|b| b.is_ascii_lowercase())) {
        return None;
    }
    let name = name.to_ascii_lowercase();
    let known = NAMES.binary_search_by(|(known, _)| known.cmp(&name.as_str())).ok()?;
    // `<time of day>`: attributes have values, the words of a placeholder do not.
    let mut words = rest.trim_end_matches('/').split_ascii_whitespace();
    if !rest.contains('=') && !words.all(|word| BARE_ATTRIBUTES.contains(&word)) {
        return None;
    }
    Some(Tag { effect: NAMES[known].1, closing })
}

/// The character that a reference at the start of `text` stands for, and the reference's length in bytes.
pub(super) fn reference(text: &str) -> Option<(char, usize)> {
    let inner = text.strip_prefix('&')?;
    let end = inner.bytes().take(LONGEST_REFERENCE).position(|b| b == b';')?;
    let name = &inner[..end];
    let char = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => numbered(name.strip_prefix('#')?)?,
    };
    Some((char, end + 2))
}

/// Longest reference that is read, in bytes: `#x10FFFF`.
const LONGEST_REFERENCE: usize = 9;

fn numbered(digits: &str) -> Option<char> {
    let number = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    char::from_u32(number).filter(|c| *c != '\0')
}

/// Attributes that are written without a value.
const BARE_ATTRIBUTES: &[&str] = &["open", "hidden", "checked", "disabled", "selected", "controls", "async", "defer"];

/// The tags that occur in issues and reports, by name.
const NAMES: &[(&str, Effect)] = &[
    ("a", Effect::None),
    ("abbr", Effect::None),
    ("address", Effect::Block),
    ("article", Effect::Block),
    ("aside", Effect::Block),
    ("b", Effect::Strong),
    ("big", Effect::None),
    ("blockquote", Effect::Block),
    ("body", Effect::Block),
    ("br", Effect::Break),
    ("button", Effect::None),
    ("caption", Effect::Block),
    ("center", Effect::Block),
    ("cite", Effect::None),
    ("code", Effect::Code),
    ("col", Effect::Block),
    ("colgroup", Effect::Block),
    ("dd", Effect::Block),
    ("del", Effect::Struck),
    ("details", Effect::Block),
    ("dfn", Effect::None),
    ("div", Effect::Block),
    ("dl", Effect::Block),
    ("dt", Effect::Block),
    ("em", Effect::None),
    ("fieldset", Effect::Block),
    ("figcaption", Effect::Block),
    ("figure", Effect::Block),
    ("font", Effect::None),
    ("footer", Effect::Block),
    ("form", Effect::Block),
    ("h1", Effect::Block),
    ("h2", Effect::Block),
    ("h3", Effect::Block),
    ("h4", Effect::Block),
    ("h5", Effect::Block),
    ("h6", Effect::Block),
    ("head", Effect::Hidden),
    ("header", Effect::Block),
    ("hr", Effect::Block),
    ("html", Effect::Block),
    ("i", Effect::None),
    ("iframe", Effect::Block),
    ("img", Effect::None),
    ("input", Effect::None),
    ("ins", Effect::None),
    ("kbd", Effect::Code),
    ("label", Effect::None),
    ("li", Effect::Block),
    ("link", Effect::None),
    ("main", Effect::Block),
    ("mark", Effect::None),
    ("meta", Effect::None),
    ("nav", Effect::Block),
    ("ol", Effect::Block),
    ("option", Effect::Block),
    ("p", Effect::Block),
    ("picture", Effect::None),
    ("pre", Effect::Preformatted),
    ("q", Effect::None),
    ("s", Effect::Struck),
    ("samp", Effect::Code),
    ("script", Effect::Hidden),
    ("section", Effect::Block),
    ("select", Effect::None),
    ("small", Effect::None),
    ("source", Effect::None),
    ("span", Effect::None),
    ("strike", Effect::Struck),
    ("strong", Effect::Strong),
    ("style", Effect::Hidden),
    ("sub", Effect::None),
    ("summary", Effect::Block),
    ("sup", Effect::None),
    ("svg", Effect::None),
    ("table", Effect::Block),
    ("tbody", Effect::Block),
    ("td", Effect::Block),
    ("textarea", Effect::Preformatted),
    ("tfoot", Effect::Block),
    ("th", Effect::Block),
    ("thead", Effect::Block),
    ("time", Effect::None),
    ("title", Effect::Block),
    ("tr", Effect::Block),
    ("tt", Effect::Code),
    ("u", Effect::None),
    ("ul", Effect::Block),
    ("var", Effect::None),
    ("video", Effect::None),
    ("wbr", Effect::None),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_by_name_in_either_case() {
        assert_eq!(tag("<br/>").map(|tag| tag.effect), Some(Effect::Break));
        assert_eq!(tag("<BR>").map(|tag| tag.effect), Some(Effect::Break));
        assert_eq!(tag("</strong>"), Some(Tag { effect: Effect::Strong, closing: true }));
        assert_eq!(tag("<details open>").map(|tag| tag.effect), Some(Effect::Block));
        assert_eq!(tag("<a href=\"x y\">").map(|tag| tag.effect), Some(Effect::None));
    }

    #[test]
    fn type_parameters_and_placeholders_are_no_tags() {
        for text in [
            "<String>",
            "<init>",
            "<Object>",
            "<T>",
            "<describe the steps>",
            "<time of day>",
            "<label here>",
            "<code-name>",
        ] {
            assert_eq!(tag(text), None, "{text}");
        }
    }

    #[test]
    fn the_table_of_names_is_sorted() {
        assert!(NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn references_are_decoded_with_their_length() {
        assert_eq!(reference("&lt;init"), Some(('<', 4)));
        assert_eq!(reference("&#x27;"), Some(('\'', 6)));
        assert_eq!(reference("& more; "), None);
        assert_eq!(reference("&#0;"), None);
    }
}
