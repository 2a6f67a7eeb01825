//! Why a page or a JSON text could not be written.

use camino::Utf8PathBuf;

use crate::case::EvidenceId;

/// Why rendering stopped; what a case *says* is never a reason.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A template of the user's folder could not be read.
    #[error("template folder {path} cannot be read")]
    TemplateFolder {
        /// The folder or the file in it.
        path: Utf8PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A path in the template folder is not UTF-8.
    #[error("a file name in template folder {path} is not UTF-8")]
    TemplateName {
        /// The folder.
        path: Utf8PathBuf,
    },
    /// A template does not parse, or names something that the page does not have.
    #[error("template cannot be used\n{report}")]
    Template {
        /// The engine's report: file, line, caret, available names.
        report: String,
    },
    /// A page cites an item that the evidence register does not hold.
    #[error("{id} is cited on the page, but the case has no such evidence")]
    UnknownEvidence {
        /// The item.
        id: EvidenceId,
    },
    /// A value cannot be written as stable JSON.
    #[error("value cannot be written as JSON")]
    Json {
        /// The reason.
        source: serde_json::Error,
    },
    /// A number with a fraction was to be written; different programs print those differently.
    #[error("number {value} at {path} has a fraction; stable JSON holds integers only")]
    Fraction {
        /// Where, as keys joined by `/`.
        path: String,
        /// The number.
        value: String,
    },
}

impl From<tera::Error> for RenderError {
    fn from(error: tera::Error) -> Self {
        let mut report = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(inner) = cause {
            report.push_str("\ncaused by: ");
            report.push_str(&inner.to_string());
            cause = inner.source();
        }
        RenderError::Template { report }
    }
}
