//! Work on many things at once.

use std::thread;

/// Fewest items that are worth a thread of their own.
const WORTH_A_THREAD: usize = 1024;

/// What `work` makes of `items`, in their order: a part of them on each core. A panic in `work` goes on here.
pub(crate) fn flat_map<T, R, I>(items: &[T], work: impl Fn(&T) -> I + Sync) -> Vec<R>
where
    T: Sync,
    R: Send,
    I: IntoIterator<Item = R>,
{
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let threads = cores.min(items.len() / WORTH_A_THREAD).max(1);
    if threads == 1 {
        return items.iter().flat_map(work).collect();
    }
    let work = &work;
    thread::scope(|scope| {
        let parts: Vec<_> = items
            .chunks(items.len().div_ceil(threads))
            .map(|part| scope.spawn(move || part.iter().flat_map(work).collect::<Vec<R>>()))
            .collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_items_keep_their_order() {
        for count in [0_usize, 1, WORTH_A_THREAD * 2 + 1, 10_000] {
            let items: Vec<usize> = (0..count).collect();
            let expected: Vec<usize> = items.iter().flat_map(|n| vec![*n; n % 3]).collect();
            assert_eq!(flat_map(&items, |n| vec![*n; n % 3]), expected);
        }
    }
}
