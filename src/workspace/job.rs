//! Background runs, dropped when the design moves on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::thread;

/// How far a run is.
pub enum State<T> {
    /// Not done yet.
    Running,
    /// Done.
    Done(T),
    /// Ended without a result.
    Stopped,
}

/// Work in a thread of its own, which is told to stop when this is dropped.
pub struct Job<T> {
    result: Receiver<T>,
    stop: Arc<AtomicBool>,
}

impl<T: Send + 'static> Job<T> {
    /// Starts; the work asks now and then whether it should stop, and gives
    /// nothing back if it did.
    pub fn start(
        work: impl FnOnce(&(dyn Fn() -> bool + Sync)) -> Option<T> + Send + 'static,
    ) -> Self {
        let (sender, result) = mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        thread::spawn(move || {
            if let Some(done) = work(&|| stopped.load(Ordering::Relaxed)) {
                // Nobody may be waiting any more, which is fine.
                let _ = sender.send(done);
            }
        });
        Self { result, stop }
    }

    /// How far it is.
    pub fn state(&self) -> State<T> {
        match self.result.try_recv() {
            Ok(done) => State::Done(done),
            Err(TryRecvError::Empty) => State::Running,
            Err(TryRecvError::Disconnected) => State::Stopped,
        }
    }

    /// Waits for the result.
    pub fn wait(&self) -> Option<T> {
        self.result.recv().ok()
    }
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
