//! Works on items on all cores and gives the results in the order of the items, with a bounded number under way.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc;

/// Takes items from `next` until it has none, works on them, and gives the results to `done` in the same order.
///
/// `next` and `done` run on the calling thread, `work` on the threads of rayon. At most two items a thread, and one, are
/// under way, so memory stays bounded however many there are. Stops at the first error of `next` or `done`.
pub fn in_order<I: Send, O: Send, E>(
    mut next: impl FnMut() -> Result<Option<I>, E>,
    work: impl Fn(I) -> O + Sync,
    mut done: impl FnMut(O) -> Result<(), E>,
) -> Result<(), E> {
    let most = 2 * rayon::current_num_threads() + 1;
    let (sender, receiver) = mpsc::channel();
    rayon::in_place_scope(|scope| {
        let mut early = BTreeMap::new();
        let (mut begun, mut given, mut more) = (0, 0, true);
        loop {
            while more && begun - given < most {
                let Some(item) = next()? else {
                    more = false;
                    break;
                };
                let (sender, work, number) = (sender.clone(), &work, begun);
                scope.spawn(move |_| {
                    // A panic is sent as a result: without one the receiver would wait for ever.
                    let result = catch_unwind(AssertUnwindSafe(|| work(item)));
                    let _ = sender.send((number, result));
                });
                begun += 1;
            }
            if given == begun {
                return Ok(());
            }
            let (number, result) = receiver.recv().expect("a sender is held here");
            early.insert(number, result);
            while let Some(result) = early.remove(&given) {
                given += 1;
                done(result.unwrap_or_else(|panic| resume_unwind(panic)))?;
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let mut items = 0..100u64;
        let mut results = Vec::new();
        let slow_first = |item: u64| {
            std::thread::sleep(std::time::Duration::from_micros(200 * (4 - item % 4)));
            item * 2
        };
        let outcome: Result<(), ()> = in_order(
            || Ok(items.next()),
            slow_first,
            |result| {
                results.push(result);
                Ok(())
            },
        );
        assert_eq!((outcome, results), (Ok(()), (0..100).map(|item| item * 2).collect()));
    }

    #[test]
    fn an_error_ends_the_work() {
        let mut left = 10;
        let outcome = in_order(
            || {
                left -= 1;
                if left > 5 { Ok(Some(left)) } else { Err("no more") }
            },
            |item: i32| item,
            |_| Ok(()),
        );
        assert_eq!(outcome, Err("no more"));
    }
}
