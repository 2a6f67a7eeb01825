//! Pair signals made ready to run: which relations of expected and actual they look for, and how often.

use crate::case::SignalKind;
use crate::extract::PairRelation;

use super::schema::PairFile;
use super::{Look, Signal};

/// What a pair signal looks for.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "documented in the rule schema")]
pub struct PairLook {
    pub relations: Vec<PairRelation>,
    pub at_least: usize,
}

/// Compiles a pair signal; the second part says what is wrong with it.
pub(super) fn compile(file: PairFile) -> (Signal, Option<String>) {
    let problem = if file.relations.is_empty() {
        Some(format!("pair signal `{}` needs at least one of relations", file.name))
    } else if file.at_least == Some(0) {
        Some(format!("pair signal `{}` needs `at_least` of 1 or more", file.name))
    } else {
        None
    };
    let at_least = file.at_least.and_then(|n| usize::try_from(n).ok()).unwrap_or(1).max(1);
    let look = Look::Pair(PairLook { relations: file.relations, at_least });
    (Signal { name: file.name, kind: SignalKind::Metric, tier: file.tier, refutes: file.refutes, look }, problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(relations: Vec<PairRelation>, at_least: Option<u32>) -> PairFile {
        PairFile { name: "flips".into(), tier: 2, relations, at_least, refutes: false }
    }

    #[test]
    fn a_pair_signal_counts_as_words() {
        let (signal, problem) = compile(file(vec![PairRelation::Boundary], None));
        assert_eq!((signal.kind, problem), (SignalKind::Metric, None));
    }

    #[test]
    fn a_pair_signal_without_relations_is_a_problem() {
        assert!(compile(file(Vec::new(), None)).1.is_some());
        assert!(compile(file(vec![PairRelation::Boundary], Some(0))).1.is_some());
    }
}
