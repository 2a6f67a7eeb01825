//! Stack traces: one file a language, each a `Recognizer`; this module finds blocks of frames and joins heads to them. Locks: who waits for whom.

mod above;
mod assemble;
mod bare;
mod cpp;
mod csharp;
mod dart;
mod elixir;
mod find;
mod go;
mod head;
mod java;
mod javascript;
mod locks;
mod needles;
mod open;
mod perl;
mod php;
mod python;
mod recognizer;
mod ruby;
mod rust;
mod segment;
mod surefire;
mod swift;

pub use find::find_traces;
pub use locks::{FoundLocks, FoundParty, find_locks};

use std::ops::Range;

use crate::case::TraceLanguage;

use recognizer::Recognizer;

/// Recognisers in the order they are asked: where shapes overlap, the stricter one comes first.
///
/// `at f(X.java:1)` before `at f (x.js:1:2)` before `at f(int)`; `::` paths of Rust before C++ symbols; numbered frames with
/// a file in parentheses (Dart, PHP) before gdb's free form.
static RECOGNIZERS: [Recognizer; 13] = [
    java::RECOGNIZER,
    rust::RECOGNIZER,
    javascript::RECOGNIZER,
    csharp::RECOGNIZER,
    python::RECOGNIZER,
    go::RECOGNIZER,
    ruby::RECOGNIZER,
    php::RECOGNIZER,
    dart::RECOGNIZER,
    elixir::RECOGNIZER,
    perl::RECOGNIZER,
    swift::RECOGNIZER,
    cpp::RECOGNIZER,
];

/// A stack trace as byte ranges into the source's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundTrace {
    /// Language or runtime.
    pub language: TraceLanguage,
    /// Exception or error class (`java.lang.IllegalStateException`).
    pub exception: Option<Range<usize>>,
    /// Its message.
    pub message: Option<Range<usize>>,
    /// Frames in the order written; those of causes follow in the order written.
    pub frames: Vec<FoundFrame>,
    /// First byte of the head or first frame to the last byte of the last frame or head.
    pub range: Range<usize>,
}

/// One frame as byte ranges into the source's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFrame {
    /// The frame's line, without indentation.
    pub range: Range<usize>,
    /// Function, method or symbol.
    pub function: Option<Range<usize>>,
    /// File.
    pub file: Option<Range<usize>>,
    /// Line number.
    pub line: Option<u32>,
    /// Whether it belongs to the application.
    pub in_app: bool,
}
