//! The text of a rule to start from: complete enough to load, with every part explained in a comment.

/// A rule file for `id` with the parts to fill in; it loads, and its examples fail until they are written.
pub fn scaffold(id: &str) -> String {
    SCAFFOLD.replace("ID", id)
}

const SCAFFOLD: &str = r#"id: ID
version: 1
title: What is wrong, in a few words
role: root            # root, trigger, contributing, amplifier or latent
odc: {type: algorithm, qualifier: missing}
about: |
  What the rule recognises and why it is a defect. This is the text of its documentation page.
explanation: >-
  What it says about a case. A name in braces is what a signal captured: {file|the code concerned}.
signals:
  - prose:
      name: words
      any:
        3: [words that name the mechanism]
        2: [a strong symptom]
        1: [topic]
against:
  - prose: {name: excluded, any: {3: [words that exclude it]}}
missing:
  - {kind: log, collect: 'what to collect where no log signal matched'}
discriminators:
  - rival: race-window
    observe: What to observe, as a query, a request or a test.
    this: The outcome that speaks for this rule.
    that: The outcome that speaks for the rival.
    sketch:             # optional: the observation as sh, sql or text (given, when, then)
      language: sh
      text: |
        # What is counted, in one line.
        curl -si "$BASE_URL{path|/the/endpoint}" | head -n 1
remedy:
  strategy: The strategy in one or two sentences.
  approach_type: Code Fix
  effort: M
  components:
    - {what: What to change, where: '{file|where}', why: Why it removes the cause, risk: What can go wrong, risk_level: low, effort: M}
  alternatives:
    - {what: A way not taken, reject: Why it is not taken}
  tests:
    - {name: A sentence, given: A state, when: An action, then: An outcome}
  success:
    - {criterion: A number that must hold, measure: How it is measured}
  rollback: {trigger: A number that calls for it, steps: [What to do first]}
  monitoring: [What to watch]
examples:
  fires:
    - {why: What this shows, text: 'A text on which the rule fires'}
    - {why: What this shows, text: 'Another one'}
  quiet:
    - {why: What this shows, text: 'A text on which it stays quiet'}
    - {why: What this shows, text: 'Another one'}
  near_miss:
    - {why: One signal short, text: 'A text that lacks one signal'}
  distractor:
    - {why: Noise of another class beside it, text: 'A loud text on which it still fires'}
"#;
