//! A whole document, code paths before all: every place of a case is a quote that stands there.
#![no_main]

use casefile_fuzz::{case_of, is_quote, text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(text) = text(data) else { return };
    let case = case_of("any.md", text);
    for path in &case.code_paths {
        path.spans.iter().for_each(|cited| is_quote(text, cited));
        assert!(!path.path.is_empty() && !path.path.contains('\n'), "{:?}", path.path);
    }
    for evidence in &case.evidence {
        let place = evidence.bytes.map(|byte| usize::try_from(byte).expect("an offset of a text in memory"));
        assert_eq!(text.get(place[0]..place[1]), Some(evidence.quote.as_str()), "{evidence:?} of {text:?}");
    }
    case.error_codes.iter().for_each(|code| is_quote(text, &code.span));
    case.stack_traces.iter().for_each(|trace| is_quote(text, &trace.span));
    case.payloads.iter().for_each(|payload| is_quote(text, &payload.span));
    case.metrics.iter().for_each(|metric| is_quote(text, &metric.span));
    case.timeline.iter().for_each(|row| is_quote(text, &row.span));
    for hypothesis in &case.hypotheses {
        assert!(hypothesis.dots <= 4, "rules never give five dots");
    }
});
