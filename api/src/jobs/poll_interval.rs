//! How often apalis looks for jobs.

use std::task::{Context, Poll};
use std::time::Duration;

use apalis::prelude::{PollSnapshot, PollStrategy};
use tokio::time::{Interval, MissedTickBehavior, interval};

/// Looks for jobs every so often.
///
/// The strategy of this kind in apalis 1.0 leaves nobody to wake it where its time runs out while a fetch is under way: a
/// queue that finds itself empty then sleeps until its next heartbeat, for half a minute.
#[derive(Debug)]
pub(super) struct PollInterval(Interval);

impl PollInterval {
    /// Must be called within a tokio runtime.
    pub(super) fn every(period: Duration) -> Self {
        let mut interval = interval(period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self(interval)
    }
}

impl PollStrategy for PollInterval {
    fn poll_drive(&mut self, context: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        let mut ticked = Poll::Pending;
        // The last poll is pending, and so the one that will wake the task.
        while self.0.poll_tick(context).is_ready() {
            ticked = Poll::Ready(Some(()));
        }
        ticked
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use apalis::prelude::IntervalStrategy;
    use tokio::time::timeout;

    use super::*;

    /// Whether a task that only the strategy wakes is woken again and again.
    async fn keeps_waking(mut strategy: impl PollStrategy, within: Duration) -> bool {
        let mut polls = 0;
        let woken = poll_fn(|context| {
            let _ = strategy.poll_drive(context, &PollSnapshot::new());
            polls += 1;
            if polls < 5 { Poll::Pending } else { Poll::Ready(()) }
        });
        timeout(within, woken).await.is_ok()
    }

    #[tokio::test]
    async fn a_queue_is_looked_at_again_and_again() {
        assert!(keeps_waking(PollInterval::every(Duration::from_millis(2)), Duration::from_mins(1)).await);
    }

    /// Where this fails, apalis is mended, and [`PollInterval`] may go.
    #[tokio::test]
    async fn the_strategy_of_apalis_stops() {
        assert!(!keeps_waking(IntervalStrategy::new(Duration::from_millis(2)), Duration::from_millis(100)).await);
    }
}
