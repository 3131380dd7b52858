//! Background runs: one at a time, dropped when the design moves on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::thread;

use crate::advice::sweep::{self, TrafficSweep};
use crate::catalog::{Catalog, ProviderId};
use crate::design::Design;

/// How far a run is.
pub enum State {
    /// Not done yet.
    Running,
    /// Done.
    Done(TrafficSweep),
    /// Ended without a result.
    Stopped,
}

/// A traffic sweep in a thread of its own.
pub struct SweepJob {
    result: Receiver<TrafficSweep>,
    stop: Arc<AtomicBool>,
}

impl SweepJob {
    /// Starts on a copy that nobody changes.
    pub fn start(design: Arc<Design>, catalog: Arc<Catalog>, provider: Option<ProviderId>) -> Self {
        let (sender, result) = mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        thread::spawn(move || {
            let sweep = sweep::traffic(&design, &catalog, provider.as_ref(), &|| {
                stopped.load(Ordering::Relaxed)
            });
            if let Some(sweep) = sweep {
                // Nobody may be waiting any more, which is fine.
                let _ = sender.send(sweep);
            }
        });
        Self { result, stop }
    }

    /// How far it is.
    pub fn state(&self) -> State {
        match self.result.try_recv() {
            Ok(sweep) => State::Done(sweep),
            Err(TryRecvError::Empty) => State::Running,
            Err(TryRecvError::Disconnected) => State::Stopped,
        }
    }

    /// Waits for the result.
    pub fn wait(&self) -> Option<TrafficSweep> {
        self.result.recv().ok()
    }
}

impl Drop for SweepJob {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
