//! The codes of findings, their severity and their explanation.
//!
//! Adding one is one line in the table below; `casefile rules explain CODE` prints its text.

use super::Severity;

macro_rules! codes {
    ($($variant:ident = $code:literal, $severity:ident, $text:literal;)*) => {
        /// What kind of defect a finding is; the kebab-case code is stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $text] $variant,)*
        }

        impl Code {
            /// Every code, in alphabetical order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The stable kebab-case code.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $code,)* }
            }

            /// How bad a finding of this code is.
            pub fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity,)* }
            }

            /// What the code means and what to do, for people.
            pub fn explanation(self) -> &'static str {
                match self { $(Code::$variant => $text,)* }
            }
        }
    };
}

codes! {
    AmbiguousExpectation = "ambiguous-expectation", Note, "An expected outcome can be read in two ways (\"or\" between outcomes that exclude each other). A test cannot be written from it: ask which one is meant.";
    ApprovalWithoutDecision = "status-mismatch", Error, "A page says of itself that it is approved, but no recorded decision covers it, or it also tells the reader to stop. What a page says of itself proves nothing; ask the gate.";
    BidirectionalText = "bidirectional-text", Warning, "The text holds characters that change the reading direction or have no width, so what a person sees may differ from what is stored. They are shown as [U+202E]; remove them.";
    ControlCharacters = "control-characters", Warning, "The text holds control characters (NUL, escape sequences). They are shown as symbols on pages; the original bytes are untouched.";
    CountsDisagree = "counts-disagree", Warning, "A stated percentage does not agree with the counts beside it. The computed value is given; correct one of them.";
    DeadLink = "dead-link", Warning, "A relative link points to a file that does not exist beside the document.";
    DuplicateFrontMatterKey = "duplicate-front-matter-key", Warning, "A key occurs twice in the front matter, so readers disagree on its value. The front matter is left out of the analysis; remove one of the two.";
    EmptyDocument = "empty-document", Error, "The document holds no text, so nothing can be analysed. Attach the report or the ticket's text.";
    EncodingRepaired = "encoding-repaired", Note, "The text was decoded with the wrong character set and saved again (for example UTF-8 read as Windows-1252). It is repaired for reading; quotes keep the words as they stand in the file.";
    EpochDisagrees = "epoch-disagrees", Warning, "An epoch value and a printed time of the same event do not agree. The computed time and the difference are given.";
    FrontMatterBroken = "front-matter-broken", Warning, "The front matter is not valid YAML or TOML and is left out of the analysis. The message names the line.";
    IncompleteWrite = "incomplete-write", Warning, "An earlier run was interrupted while writing this case folder; its left-over files were cleared. The pages are those of the last complete run.";
    InvalidUtf8 = "invalid-utf-8", Warning, "The file is not valid UTF-8 and was read as Windows-1252, which accepts any byte. Save it as UTF-8 to be sure of every character.";
    LifetimeDisagrees = "lifetime-disagrees", Warning, "A token's expiry less its issue time differs from the lifetime stated in the text. The computed seconds are given; one of the two is not what is configured.";
    LongLine = "long-line", Note, "A line is longer than recognisers look at; the rest of it is kept as text but not searched for events, frames or payloads.";
    MissingSection = "missing-section", Note, "The document has no words on something a decision needs (impact, reproduction, time of first occurrence). It becomes an open question.";
    NoDocument = "no-document", Error, "The folder holds no document to analyse: no Markdown or text file outside its logs and attachments.";
    PlaceholderLeft = "placeholder-left", Warning, "A placeholder of a template was left in (\"Step 1\", \"TBD\", \"[Bug Title]\"). Fill it or delete it; it is not read as a statement.";
    PlanCodeWithoutTest = "plan-code-without-test", Error, "A task changes code and no task tests the change.";
    PlanCycle = "plan-cycle", Error, "Tasks depend on each other in a circle, so none of them can start.";
    PlanCriterionWithoutNumber = "plan-criterion-without-number", Warning, "A success criterion has neither a number nor a test, so nobody can tell whether it is met.";
    PlanFixServesNothing = "plan-fix-serves-nothing", Error, "A task changes something for a hypothesis that is not supported.";
    PlanHypothesisUnserved = "plan-hypothesis-unserved", Warning, "A supported root hypothesis has no task.";
    PlanNoRollback = "plan-no-rollback", Warning, "The plan names no condition under which to roll back.";
    PlanTaskTooLong = "plan-task-too-long", Warning, "A task takes more than four hours; split it.";
    PlanThresholdGap = "plan-threshold-gap", Warning, "What is wanted and what raises an alert leave a gap between them: values in it are neither good nor reported.";
    PlanUsesRuledOut = "plan-uses-ruled-out", Warning, "The fix uses something that the sources rule out or say is not in use.";
    ReportBeforeEvidence = "report-before-evidence", Note, "The report's own time lies before the events it reports. The assumption (same zone, same day) is printed; one of the times may be wrong.";
    SecretRedacted = "secret-redacted", Warning, "The source holds a secret (token, key, password). It is redacted on every page and in case.json; rotate it, since the source itself still holds it.";
    SeverityDisagrees = "severity-disagrees", Note, "The severity the document gives itself and the impact it describes do not go together (\"Low\" beside a complete outage). Correct one of them.";
    StatusContradictsContent = "status-contradicts-content", Warning, "The document says it is complete or resolved while it still lists open unknowns.";
    TemplateInstructions = "template-instructions", Note, "Instructions of a template were left in (comments that tell the writer what to write). They are not read as statements; delete them.";
    TemplateOnly = "template-only", Warning, "The document is a template: its sections hold examples or placeholders instead of statements. The examples are analysed as examples; fill the sections listed.";
    TotalDisagrees = "total-disagrees", Note, "A sentence announces a number of things and the list below it has another. The length of the list is given.";
    TwoCauses = "two-causes", Warning, "Two sections name different causes. Both are kept as hypotheses; decide which one the document means.";
    UndefinedName = "undefined-name", Note, "A code block uses a name that it neither defines nor receives, so the excerpt cannot be what runs.";
    UnclosedFence = "unclosed-fence", Warning, "A code fence is opened and never closed, so everything after it reads as code. Close it.";
    VersionOrder = "version-order", Note, "Versions stand in an order that cannot be: an upgrade that goes down, a rollback that goes up, a fix in a version before the one that introduced the defect. The comparison is given.";
    WeekdayDisagrees = "weekday-disagrees", Note, "A weekday and a date do not belong together. The computed weekday is given.";
    ZoneDisagrees = "zone-disagrees", Note, "A time is stated in two zones and the two are not the same moment, or a name of summer time stands beside a date in winter, or the other way round. The computed times are given.";
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Code {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Code::ALL.iter().copied().find(|code| code.as_str() == text).ok_or(())
    }
}
