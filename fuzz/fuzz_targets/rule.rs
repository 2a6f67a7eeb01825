//! Rule files: a file is a rule or problems with places in it, and problems can be shown.
#![no_main]

use camino::Utf8Path;
use casefile::rules::{Part, read_rule};
use casefile_fuzz::{is_place, text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(text) = text(data) else { return };
    let Err(problems) = read_rule(Utf8Path::new("any.yaml"), text, Part::Whole) else { return };
    assert!(!problems.is_empty(), "a file that is no rule has a problem");
    for problem in &problems {
        if let Some(range) = &problem.range {
            is_place(text, range, &(0..text.len()));
        }
        assert!(!problem.message.is_empty());
        problem.render();
    }
});
