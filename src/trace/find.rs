//! The search for stack traces in a run of lines: windows around lines that may hold frames, then frames joined to traces.

use crate::span::Line;

use super::FoundTrace;
use super::assemble::{Window, assemble};
use super::needles::{Languages, languages_of};
use super::segment::{Segment, push_segments};

/// Lines kept before and after one that may hold a frame: heads and messages of several lines stand there.
const AROUND: usize = 14;

/// Finds the stack traces in `lines`, which are those of one document or log in order.
///
/// Ranges are absolute: offsets of a line's text are counted from its `start`. An exception with its causes is one trace,
/// two throws are two. A line is looked at as it stands, whatever quote marks, list marks or log header precede the frame;
/// a line that holds a whole trace (with written-out line breaks, or frames in a row) is cut.
///
/// ```
/// # use casefile::{span::lines, trace::find_traces};
/// let text = "shop.CartException: no lock\n\tat shop.Cart.add(Cart.java:31)\n";
/// let traces = find_traces(&lines(text).collect::<Vec<_>>());
/// assert_eq!(&text[traces[0].exception.clone().unwrap()], "shop.CartException");
/// assert_eq!(traces[0].frames[0].line, Some(31));
/// ```
pub fn find_traces(lines: &[Line<'_>]) -> Vec<FoundTrace> {
    let languages: Vec<Languages> = lines.iter().map(|line| languages_of(line.text)).collect();
    let mut traces = Vec::new();
    let mut at = 0;
    while let Some(first) = next_candidate(&languages, at) {
        let end = window_end(&languages, first);
        let start = first.saturating_sub(AROUND).max(at);
        let mut window = Window::default();
        for (index, line) in lines.iter().enumerate().take(end).skip(start) {
            push_segments(line, index, &mut window.segments);
        }
        window.languages = window.segments.iter().map(|segment| near(&languages, segment)).collect();
        traces.extend(assemble(&window));
        at = end;
    }
    traces
}

fn next_candidate(languages: &[Languages], from: usize) -> Option<usize> {
    languages[from..].iter().position(|&set| set != 0).map(|n| from + n)
}

/// One past the last line of the window that begins with the candidate `first`: the next candidate is far away.
fn window_end(languages: &[Languages], first: usize) -> usize {
    let mut last = first;
    let mut at = first + 1;
    while at < languages.len() && at <= last + 2 * AROUND {
        if languages[at] != 0 {
            last = at;
        }
        at += 1;
    }
    languages.len().min(last + AROUND + 1)
}

/// The languages of the segment's line and of its neighbours: some frames take two lines of which one is telling.
fn near(languages: &[Languages], segment: &Segment<'_>) -> Languages {
    let own = segment.line;
    languages[own.saturating_sub(1)..(own + 2).min(languages.len())].iter().fold(0, |all, set| all | set)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::lines;

    fn found(text: &str) -> Vec<FoundTrace> {
        find_traces(&lines(text).collect::<Vec<_>>())
    }

    #[test]
    fn ranges_are_absolute() {
        let text = "intro\n\n  E: x\n> at a.B.c(B.java:7)\n";
        let traces = found(text);
        assert_eq!(&text[traces[0].frames[0].range.clone()], "at a.B.c(B.java:7)");
        assert_eq!(&text[traces[0].frames[0].function.clone().unwrap()], "a.B.c");
    }

    #[test]
    fn traces_far_apart_are_two() {
        let gap = "all is well\n".repeat(40);
        let text = format!("at a.B.c(B.java:7)\n{gap}at a.B.c(B.java:7)\n");
        assert_eq!(found(&text).len(), 2);
    }

    #[test]
    fn no_lines_have_no_trace() {
        assert!(find_traces(&[]).is_empty());
    }

    #[test]
    fn odd_characters_are_no_obstacle() {
        for text in [
            "at ä.ö(ü.java:1)\u{2028}at",
            "at \u{feff}x(",
            "#0\u{a0}0x1 in é () at ß.c:1",
            "\\n\\tat é(",
            "<br/>at \u{1f600}(a.js:1:2)",
        ] {
            found(text);
        }
    }
}
