//! How far a label reaches: the role that a label, a thematic break or an `Example:` line gives to the blocks under it.

use crate::markdown::{Block, BlockKind};

use super::labels::{Label, role_of_label};
use super::metadata_keys::metadata_key;
use super::reading::SectionRole;

/// What stands above a block, within its section.
#[derive(Default)]
pub(super) struct Scope {
    /// Role of the last label with nothing behind it, while it reaches.
    role: Option<SectionRole>,
    /// List depth of that label.
    depth: u8,
    reach: Reach,
    example: bool,
    /// Whether a thematic break stands above: what follows may be the document's foot.
    ruled: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Reach {
    /// The block after the label, whatever it is.
    #[default]
    Next,
    /// A list was met: every block of it.
    List,
    /// A paragraph was met: code, tables and quotes right under it.
    Attached,
}

impl Scope {
    /// The scope under a heading or a thematic break.
    pub fn under(kind: &BlockKind) -> Scope {
        Scope { ruled: matches!(kind, BlockKind::Rule), ..Scope::default() }
    }

    /// Whether an `Example:` label stands above.
    pub fn is_example(&self) -> bool {
        self.example
    }

    /// Opens the reach of a label with nothing behind it; an `Example:` keeps the role of the label above it.
    pub fn open(&mut self, given: Option<SectionRole>, example: bool, depth: u8) {
        self.role = given.or(self.role.filter(|_| example));
        self.depth = depth;
        self.reach = Reach::Next;
        self.example |= example;
    }

    /// The role that the label above gives to `block`, where it still reaches.
    pub fn enter(&mut self, block: &Block) -> Option<SectionRole> {
        let role = self.role?;
        let item = matches!(block.kind, BlockKind::Item { .. });
        let deeper = block.depth > self.depth;
        let attached = !item && (block.quoted || !matches!(block.kind, BlockKind::Paragraph(_)));
        let reach = match self.reach {
            Reach::Next if item || deeper => Some(Reach::List),
            Reach::Next => Some(Reach::Attached),
            Reach::List if deeper => Some(Reach::List),
            Reach::Attached if attached => Some(Reach::Attached),
            Reach::List | Reach::Attached => None,
        };
        // A label on an item reaches what is nested in the item, not the next item.
        match reach.filter(|_| self.depth == 0 || deeper) {
            Some(reach) => {
                self.reach = reach;
                Some(role)
            }
            None => {
                self.role = None;
                None
            }
        }
    }

    /// The role that a label's `words` give to its own line in a section of `role`.
    pub fn role_of(&self, words: &str, label: &Label, role: SectionRole, block: &Block) -> Option<SectionRole> {
        let item = matches!(block.kind, BlockKind::Item { .. });
        let given = role_of_label(label, words, item).filter(|given| may_override(*given, role));
        let head = self.ruled || matches!(role, SectionRole::Problem | SectionRole::Summary | SectionRole::Other);
        let line = head && (label.strong || block.depth == 0);
        given.or_else(|| metadata_key(words).filter(|_| line).map(|_| SectionRole::Metadata))
    }
}

/// A label says more than its section, but "Impact" in a risk table is not the incident's, and "Description" says
/// nothing.
pub(super) fn may_override(given: SectionRole, section: SectionRole) -> bool {
    use SectionRole as R;
    let vague =
        matches!(given, R::Problem | R::Summary | R::Title | R::Metadata | R::Investigation | R::Other | R::Related);
    let planned = matches!(
        section,
        R::Fix | R::Alternatives | R::Tests | R::Prevention | R::ActionItems | R::Risks | R::Monitoring | R::Lessons
    );
    let decisive = matches!(given, R::Cause | R::RuledOut);
    match section {
        R::Other => given != R::Other,
        _ if vague => false,
        _ if planned => decisive,
        _ => true,
    }
}

/// `Example:` and its like open what a template shows instead of a statement.
pub(super) fn is_example(words: &str) -> bool {
    const EXAMPLES: &[&str] =
        &["example", "examples", "sample", "beispiel", "exemple", "ejemplo", "exemplo", "例", "示例"];
    EXAMPLES.contains(&words.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_risks_impact_and_a_hypothesis_description_keep_their_sections_role() {
        assert!(!may_override(SectionRole::Impact, SectionRole::Risks));
        assert!(!may_override(SectionRole::Problem, SectionRole::Suspicions));
        assert!(may_override(SectionRole::RuledOut, SectionRole::Suspicions));
        assert!(may_override(SectionRole::Cause, SectionRole::Fix));
    }

    #[test]
    fn examples_are_known_by_their_label() {
        assert!(is_example("Example") && is_example("Beispiel") && !is_example("Exemplary"));
    }
}
