//! Finds metadata lines: bold `**Key**: value` lines, `Key: value` lists, tables, headings and front matter.
//!
//! It collects them with their places; `metadata` decides which line fills which field.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::finding::{Code, Finding};
use crate::markdown::{BlockKind, Cell, Document, FlatText, FrontMatter, FrontMatterFormat};
use crate::source::SourceMap;
use crate::span::Span;
use crate::yaml;

use super::facts::fold;
use super::fenced_metadata::{fenced_metadata, field_of};
use super::form_fields::answers;
use super::labels::{Label, labelled_parts, leading_label};
use super::metadata_keys::{Field, metadata_key};
use super::passages::with_marks;
use super::reading::{ReadDocument, Reading, SectionRole};

/// A metadata line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FoundField {
    /// The field it fills; `None` for a key that is not in the table.
    pub field: Option<Field>,
    /// The key without markup.
    pub key: String,
    /// The value without markup; secrets are still in it.
    pub value: String,
    /// Key and value in the source.
    pub span: Span,
    /// The value in the source.
    pub value_span: Span,
}

/// Most metadata lines of one document.
const FIELDS: usize = 200;

/// Longest value, in bytes: past that a "field" is a paragraph with a bold lead.
const VALUE_BYTES: usize = 400;

/// The metadata lines of the `index`-th document of the reading, front matter first.
pub(super) fn fields(sources: &SourceMap, reading: &Reading, index: usize) -> (Vec<FoundField>, Vec<Finding>) {
    let Some(read) = reading.documents.get(index) else { return (Vec::new(), Vec::new()) };
    let mut found = Vec::new();
    let mut findings = Vec::new();
    if let Some(front) = &read.document.front_matter {
        match front_matter(sources, front) {
            Ok(fields) => found = fields,
            Err(finding) => findings.push(finding),
        }
    }
    found.extend(fenced_metadata(sources, &read.document).into_iter().map(|(entry, span)| FoundField {
        field: field_of(&entry.key),
        value: fold(&entry.value),
        span,
        value_span: span,
        key: entry.key,
    }));
    let walk = Walk { read, roles: block_roles(reading, index), tail: tail_start(&read.document) };
    let written = found.len();
    for block in 0..read.document.blocks.len() {
        if found.len() >= FIELDS {
            break;
        }
        walk.block(block, &mut found);
    }
    for field in &mut found[written..] {
        let text = &sources.get(field.span.source).text;
        field.span = with_marks(text, field.span);
    }
    found.retain(|field| !field.value.is_empty() && field.value.len() <= VALUE_BYTES);
    found.truncate(FIELDS);
    (found, findings)
}

/// The role of each block: that of its first passage, which knows the labels above it.
fn block_roles(reading: &Reading, document: usize) -> BTreeMap<usize, SectionRole> {
    let mut roles = BTreeMap::new();
    for passage in reading.passages.iter().filter(|passage| passage.document == document) {
        roles.entry(passage.block).or_insert(passage.role);
    }
    roles
}

/// The first block after the last thematic break, where people put status lines; past the end if there is none.
fn tail_start(document: &Document) -> usize {
    let rule = document.blocks.iter().rposition(|block| matches!(block.kind, BlockKind::Rule));
    match rule {
        Some(at) if !document.blocks[at..].iter().any(|block| matches!(block.kind, BlockKind::Heading { .. })) => at,
        _ => document.blocks.len(),
    }
}

struct Walk<'a> {
    read: &'a ReadDocument,
    roles: BTreeMap<usize, SectionRole>,
    tail: usize,
}

impl Walk<'_> {
    fn block(&self, at: usize, found: &mut Vec<FoundField>) {
        let block = &self.read.document.blocks[at];
        let framed = self.is_frame(at);
        match &block.kind {
            BlockKind::Heading { text, .. } => {
                let label = leading_label(text).filter(|label| label.rest < text.text.len());
                // "Browser: pages freeze" is a title that says where, no line of metadata.
                let title = self.read.document.sections.get(1).and_then(|section| section.heading) == Some(block.span);
                let known = |label: &Label| {
                    metadata_key(&text.text[label.words.clone()])
                        .is_some_and(|key| key != Field::Known && !(title && names_place(key)))
                };
                found.extend(label.filter(known).map(|label| pair(text, &label, text.text.len())));
                found.extend(answers(&self.read.document, at, text));
            }
            BlockKind::Paragraph(text) if !block.quoted => lines(text, found, |label, field| match field {
                Some(_) if label.strong => true,
                Some(_) => framed,
                None => label.strong && framed,
            }),
            BlockKind::Item { text, .. } if !block.quoted => {
                let role = self.roles.get(&at).copied().unwrap_or_default();
                let open = self.lists_fields(at, role);
                lines(text, found, |label, field| match field {
                    Some(Field::Known) => framed,
                    Some(_) => framed || (open && (label.strong || role == SectionRole::Environment)),
                    None => label.strong && framed,
                });
            }
            BlockKind::Table { header, rows } => table(header, rows, framed, found),
            _ => {}
        }
    }

    /// Whether a block belongs to the head, the foot or a metadata section, where every bold line is metadata.
    fn is_frame(&self, at: usize) -> bool {
        let section = self.read.document.blocks[at].section;
        let role = self.read.roles.get(section).copied().unwrap_or_default();
        at > self.tail || section == 0 || matches!(role, SectionRole::Title | SectionRole::Metadata)
    }

    /// Sections whose lists may hold metadata ("- **Severity:** high" under Impact), but not a timeline or a chat.
    fn lists_fields(&self, at: usize, role: SectionRole) -> bool {
        use SectionRole as R;
        self.read.document.blocks[at].depth <= 1
            && matches!(role, R::Metadata | R::Problem | R::Summary | R::Impact | R::Environment)
    }
}

/// Whether a key names where something is wrong.
pub(super) fn names_place(field: Field) -> bool {
    matches!(field, Field::Component | Field::Environment)
}

/// The fields of a paragraph or item, line by line, where `keep` accepts them.
fn lines(flat: &FlatText, found: &mut Vec<FoundField>, keep: impl Fn(&Label, Option<Field>) -> bool) {
    let mut start = 0;
    for line in flat.text.split_inclusive('\n') {
        let end = start + line.len();
        for part in labelled_parts(flat, start..end) {
            let slice = flat.slice(part);
            let Some(label) = leading_label(&slice).filter(|label| label.rest < slice.text.len()) else { continue };
            if keep(&label, metadata_key(&slice.text[label.words.clone()])) {
                found.push(pair(&slice, &label, slice.text.len()));
            }
        }
        start = end;
    }
}

/// Two columns, a key in each row; or a row of keys above one row of values.
fn table(header: &[Cell], rows: &[Vec<Cell>], framed: bool, found: &mut Vec<FoundField>) {
    let key_of = |cell: &Cell| metadata_key(cell.text.text.trim());
    if header.len() == 2 {
        let known = rows.iter().filter(|row| row.first().is_some_and(|cell| key_of(cell).is_some())).count();
        let heads = key_of(&header[0]).is_some() && key_of(&header[1]).is_none();
        let enough = known + usize::from(heads) >= 2 || (framed && known >= 1);
        let first = (heads && enough).then_some(header);
        for row in first.into_iter().chain(rows.iter().map(Vec::as_slice)).filter(|_| enough) {
            if let [key, value] = row {
                found.push(cells(key, value));
            }
        }
    } else if let ([row], true) = (rows, header.iter().filter(|cell| key_of(cell).is_some()).count() >= 2) {
        found.extend(header.iter().zip(row).map(|(key, value)| cells(key, value)));
    }
}

fn cells(key: &Cell, value: &Cell) -> FoundField {
    let name = fold(&key.text.text);
    FoundField {
        field: metadata_key(&name),
        value: fold(&value.text.text),
        span: key.span.join(value.span),
        value_span: value.span,
        key: name,
    }
}

fn pair(flat: &FlatText, label: &Label, end: usize) -> FoundField {
    let key = fold(&flat.text[label.words.clone()]);
    FoundField {
        field: metadata_key(&key),
        value: fold(&flat.text[label.rest..end]),
        span: flat.span(label.words.start..end),
        value_span: flat.span(label.rest..end),
        key,
    }
}

fn front_matter(sources: &SourceMap, front: &FrontMatter) -> Result<Vec<FoundField>, Finding> {
    let text = sources.text(front.span);
    let at = |range: Range<usize>| {
        Span::new(front.span.source, front.span.start + range.start..front.span.start + range.end)
    };
    let entries = match front.format {
        FrontMatterFormat::Yaml => yaml::mapping(text).map_err(|error| {
            let code = if error.duplicate_key { Code::DuplicateFrontMatterKey } else { Code::FrontMatterBroken };
            let place = error.range.clone().unwrap_or_else(|| line_range(text, error.line));
            Finding::new(code, format!("front matter: {}", error.message)).at(at(place), "here")
        })?,
        FrontMatterFormat::Toml => toml_entries(text).map_err(|(message, place)| {
            Finding::new(Code::FrontMatterBroken, format!("front matter: {message}")).at(at(place), "here")
        })?,
    };
    let found = entries.into_iter().map(|entry| {
        let page = entry.key.rsplit('.').next() == Some("id");
        FoundField {
            // A page's own `id` names its file, not the case.
            field: field_of(&entry.key).filter(|_| !page),
            value: fold(&entry.value),
            span: at(entry.range.clone()),
            value_span: at(entry.range),
            key: entry.key,
        }
    });
    Ok(found.collect())
}

/// The 1-based `line` of `text`, its first line where there is no such line.
fn line_range(text: &str, line: u64) -> Range<usize> {
    let index = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
    let found = crate::span::lines(text).nth(index).or_else(|| crate::span::lines(text).next());
    found.map_or(0..text.len(), |line| line.start..line.end())
}

/// The values of TOML in the order written; the error says what is wrong and where.
pub(super) fn toml_entries(text: &str) -> Result<Vec<yaml::Entry>, (String, Range<usize>)> {
    let table = toml::de::DeTable::parse(text)
        .map_err(|error| (error.message().to_string(), error.span().unwrap_or(0..text.len())))?;
    let mut entries = Vec::new();
    toml_table(table.get_ref(), "", &mut entries);
    entries.sort_by_key(|entry| entry.range.start);
    Ok(entries)
}

fn toml_table(table: &toml::de::DeTable<'_>, prefix: &str, entries: &mut Vec<yaml::Entry>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.get_ref().to_string() } else { format!("{prefix}.{}", name.get_ref()) };
        toml_value(value, &key, entries);
    }
}

fn toml_value(value: &toml::Spanned<toml::de::DeValue<'_>>, key: &str, entries: &mut Vec<yaml::Entry>) {
    use toml::de::DeValue;
    let text = match value.get_ref() {
        DeValue::Table(table) => return toml_table(table, key, entries),
        DeValue::Array(items) => return items.iter().for_each(|item| toml_value(item, key, entries)),
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Datetime(time) => time.to_string(),
    };
    entries.push(yaml::Entry { key: key.to_string(), value: text, range: value.span() });
}
