//! Mines message templates in one pass: each message is masked and counted, and what belongs together is found at the end.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::BuildHasherDefault;

use super::learned::Learned;
use super::mask::{Masker, WILD, masked_tokens, readable};
use super::mine::{group, varying};

/// Most distinct masked messages that are kept. Further ones are counted under a template that those have taught, else under
/// their first word and length.
const TEXTS: usize = 1 << 16;

/// Most kept texts including those coarse ones, so that memory stays bounded whatever comes.
const TEXTS_HARD: usize = TEXTS + (1 << 14);

/// Longest message that is kept word for word, in bytes.
const EXAMPLE_BYTES: usize = 1024;

/// What one message was counted under; [`Grouping::of`] leads to its template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TemplateId(pub u32);

/// A message with its variable parts replaced by `<*>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The text; word for word where all messages were the same.
    pub text: String,
    /// Number of messages.
    pub count: u64,
}

/// The templates of all messages, and which one each id belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouping {
    /// Templates in the order of their first message.
    pub templates: Vec<Template>,
    /// Index into `templates` by the number of the id.
    pub of: Vec<usize>,
}

/// Collects messages and gives their templates.
///
/// ```
/// # use casefile::log::TemplateMiner;
/// let mut miner = TemplateMiner::new();
/// for user in ["17", "18", "19"] {
///     miner.add(&format!("cart of user {user} lost"));
/// }
/// assert_eq!(miner.templates()[0].text, "cart of user <*> lost");
/// ```
#[derive(Debug, Default)]
pub struct TemplateMiner {
    masker: Masker,
    ids: HashMap<Box<str>, u32, BuildHasherDefault<DefaultHasher>>,
    texts: Vec<Text>,
    /// The templates of the first `TEXTS` texts, once there are so many.
    learned: Option<Learned>,
}

/// A masked message with how often it came.
#[derive(Debug)]
struct Text {
    masked: String,
    /// The message itself, as long as every message was the same.
    same: Option<Box<str>>,
    count: u64,
}

impl TemplateMiner {
    /// A miner without messages.
    pub fn new() -> Self {
        TemplateMiner::default()
    }

    /// Counts a message and says under what.
    pub fn add(&mut self, message: &str) -> TemplateId {
        let mut masker = std::mem::take(&mut self.masker);
        let id = self.add_masked(masker.mask(message), Some(message), 1);
        self.masker = masker;
        id
    }

    /// Counts `count` messages that are equal when masked; `same` is their text where they are equal as they stand.
    pub(super) fn add_masked(&mut self, masked: &str, same: Option<&str>, count: u64) -> TemplateId {
        if let Some(id) = self.ids.get(masked) {
            let text = &mut self.texts[*id as usize];
            text.count += count;
            if text.same.as_deref().is_some_and(|known| same != Some(known)) {
                text.same = None;
            }
            return TemplateId(*id);
        }
        if self.texts.len() < TEXTS {
            return self.insert(masked.to_owned(), same, count);
        }
        if self.learned.is_none() {
            self.learned = Some(self.learn());
        }
        if let Some(id) = self.learned.as_ref().and_then(|learned| learned.find(masked)) {
            self.texts[id as usize].count += count;
            self.texts[id as usize].same = None;
            return TemplateId(id);
        }
        let coarse = coarse(masked, self.texts.len() < TEXTS_HARD);
        if let Some(id) = self.ids.get(coarse.as_str()) {
            self.texts[*id as usize].count += count;
            return TemplateId(*id);
        }
        self.insert(coarse, None, count)
    }

    /// The templates, in the order of their first message.
    pub fn templates(&self) -> Vec<Template> {
        self.grouping().templates
    }

    /// The templates with the way from ids to them.
    pub fn grouping(&self) -> Grouping {
        let members = self.groups();
        let mut grouping = Grouping { templates: Vec::new(), of: vec![0; self.texts.len()] };
        for group in &members {
            for member in group {
                grouping.of[*member] = grouping.templates.len();
            }
            let count = group.iter().map(|member| self.texts[*member].count).sum();
            grouping.templates.push(Template { text: self.text_of(group), count });
        }
        grouping
    }

    /// Texts that are one template, each group and all groups in the order of their first text.
    fn groups(&self) -> Vec<Vec<usize>> {
        let masked: Vec<&str> = self.texts.iter().map(|text| text.masked.as_str()).collect();
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); masked.len()];
        for (index, leader) in group(&masked).into_iter().enumerate() {
            members[leader].push(index);
        }
        members.retain(|group| !group.is_empty());
        members
    }

    /// The templates so far that vary somewhere.
    fn learn(&self) -> Learned {
        let mut learned = Learned::default();
        let mut groups = self.groups();
        groups.sort_by_key(|group| (std::cmp::Reverse(group.len()), group[0]));
        for group in groups.iter().filter(|group| group.len() > 1) {
            // Bounded by TEXTS, so it fits.
            let id = u32::try_from(group[0]).unwrap_or(u32::MAX);
            learned.learn(&self.texts[group[0]].masked, &self.varying(group), id);
        }
        learned
    }

    fn varying(&self, group: &[usize]) -> Vec<bool> {
        let others: Vec<&str> = group[1..].iter().map(|member| self.texts[*member].masked.as_str()).collect();
        varying(&self.texts[group[0]].masked, &others)
    }

    /// The text of a group: its first message where there was only that, else the masked text with what varies.
    fn text_of(&self, group: &[usize]) -> String {
        let first = &self.texts[group[0]];
        if let ([_], Some(same)) = (group, &first.same) {
            return same.trim().to_owned();
        }
        let varies = self.varying(group);
        let mut text = String::with_capacity(first.masked.len());
        let mut separators = first.masked.matches(['\u{1}', ' ']);
        for (index, (token, varies)) in masked_tokens(&first.masked).zip(varies).enumerate() {
            if index > 0 {
                text.push_str(separators.next().unwrap_or(" "));
            }
            text.push_str(if varies { WILD } else { token });
        }
        readable(&text)
    }

    fn insert(&mut self, masked: String, message: Option<&str>, count: u64) -> TemplateId {
        // Bounded by TEXTS_HARD, far below the largest number.
        let id = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.ids.insert(masked.clone().into_boxed_str(), id);
        let same = message.filter(|message| message.len() <= EXAMPLE_BYTES).map(Into::into);
        self.texts.push(Text { masked, same, count });
        TemplateId(id)
    }
}

/// What a message is counted under once the table is full: its first word and length; when that is full too, one for all.
fn coarse(masked: &str, room: bool) -> String {
    let mut tokens = masked_tokens(masked);
    match tokens.next().filter(|_| room) {
        Some(first) => format!("{first} {WILD}{}", " …".repeat(tokens.count().min(8))),
        None => WILD.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mine(messages: &[&str]) -> Vec<(String, u64)> {
        let mut miner = TemplateMiner::new();
        for message in messages {
            miner.add(message);
        }
        miner.templates().into_iter().map(|template| (template.text, template.count)).collect()
    }

    #[test]
    fn messages_that_differ_in_numbers_are_one_template() {
        let found = mine(&["cart 17 lost in 4 ms", "cart 18 lost in 19 ms", "all fine"]);
        assert_eq!(found, [("cart <*> lost in <*>".to_owned(), 2), ("all fine".to_owned(), 1)]);
    }

    #[test]
    fn a_text_that_never_varies_is_shown_as_it_is() {
        assert_eq!(mine(&["answered 401 twice", "answered 401 twice"]), [("answered 401 twice".to_owned(), 2)]);
    }

    #[test]
    fn ids_lead_to_templates_that_were_merged_later() {
        let mut miner = TemplateMiner::new();
        let ids: Vec<_> = ["of ann lost", "of bob lost", "of cy lost"].iter().map(|text| miner.add(text)).collect();
        let grouping = miner.grouping();
        assert_eq!(ids.iter().map(|id| grouping.of[id.0 as usize]).collect::<Vec<_>>(), [0, 0, 0]);
        assert_eq!(grouping.templates, [Template { text: "of <*> lost".to_owned(), count: 3 }]);
    }

    #[test]
    fn a_full_table_still_knows_its_templates() {
        let letters =
            |number: usize| number.to_string().bytes().map(|digit| char::from(digit + 49)).collect::<String>();
        let mut miner = TemplateMiner::new();
        for number in 0..TEXTS + 1000 {
            miner.add(&format!("cart of {} lost", letters(number)));
        }
        let templates = miner.templates();
        assert_eq!(templates, [Template { text: "cart of <*> lost".to_owned(), count: (TEXTS + 1000) as u64 }]);
    }

    #[test]
    fn memory_is_bounded_whatever_comes() {
        let mut miner = TemplateMiner::new();
        let letters = |mut number: usize| {
            let mut word = String::new();
            for _ in 0..5 {
                word.push(char::from(b'a' + u8::try_from(number % 26).unwrap()));
                number /= 26;
            }
            word
        };
        for number in 0..TEXTS_HARD + 20_000 {
            miner.add(&format!("{} {}", letters(number), letters(number / 7)));
        }
        assert!(miner.texts.len() <= TEXTS_HARD + 1);
        assert_eq!(miner.texts.iter().map(|text| text.count).sum::<u64>(), (TEXTS_HARD + 20_000) as u64);
    }
}
