//! What may end a run before its end.

use anyhow::Result;

use super::Stop;
use crate::ledger::Ledger;

/// Why a run is to end early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interruption {
    /// The process is to stop: the next one goes on with the run.
    Stop,
    /// Somebody asked for it.
    Cancel,
}

/// A run, and what may interrupt it.
pub(super) struct Watch<'a> {
    /// The ledger.
    pub(super) ledger: &'a Ledger,
    /// The run.
    pub(super) run: &'a str,
    /// The order to stop.
    pub(super) stop: &'a Stop,
}

impl Watch<'_> {
    /// Whether the run is to end now.
    pub(super) async fn interruption(&self) -> Result<Option<Interruption>> {
        if self.stop.is_ordered() {
            return Ok(Some(Interruption::Stop));
        }
        Ok(self.ledger.is_cancel_requested(self.run).await?.then_some(Interruption::Cancel))
    }
}
