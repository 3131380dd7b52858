//! A log of frames, to see whether the window keeps up.
//!
//! One CSV line a frame; the columns are explained in docs/CLI.md. Each line
//! is handed to the system when its frame ends, so that nothing is lost when
//! the program is ended from outside. What is measured is what this program
//! decides about: reading input, background results, panels and canvas.
//! Tessellation and the graphics driver follow outside.

use std::fs::File;
use std::io::{self, Write};
use std::time::Duration;

use crate::workspace::Workspace;

/// The names of the columns.
pub const HEADER: &str = "frame,cpu_ms,trigger,where,reports";

/// Writes a line for each frame.
pub struct FrameLog {
    file: File,
    frame: u64,
    spent: Duration,
}

impl FrameLog {
    /// Begins a log in a file that is open for writing.
    ///
    /// # Errors
    ///
    /// If nothing can be written to it.
    pub fn new(mut file: File) -> io::Result<Self> {
        writeln!(file, "{HEADER}")?;
        Ok(Self {
            file,
            frame: 0,
            spent: Duration::ZERO,
        })
    }

    /// Counts time since `start` to the frame that is being made.
    pub fn add(&mut self, start: Moment) {
        self.spent += start.elapsed();
    }

    /// Ends a frame.
    ///
    /// # Errors
    ///
    /// If the line cannot be written.
    pub fn end(&mut self, workspace: &mut Workspace) -> io::Result<()> {
        self.frame += 1;
        let asked = workspace.take_asked();
        let trigger = asked.map_or("", |asked| asked.trigger.word());
        let place = match asked.map(|asked| asked.in_background) {
            None => "",
            Some(true) => "background",
            Some(false) => "frame",
        };
        let millis = std::mem::take(&mut self.spent).as_secs_f64() * 1e3;
        let (frame, reports) = (self.frame, workspace.reports());
        let line = format!("{frame},{millis:.3},{trigger},{place},{reports}\n");
        self.file.write_all(line.as_bytes())
    }
}

/// A moment on the clock of the thread's processor time; on systems without
/// one, on the clock on the wall.
#[derive(Clone, Copy, Debug)]
pub struct Moment(Duration);

#[cfg(unix)]
impl Moment {
    /// Now.
    pub fn now() -> Self {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
        let nanos = u32::try_from(time.tv_nsec).unwrap_or(0);
        Self(Duration::new(seconds, nanos))
    }
}

#[cfg(not(unix))]
impl Moment {
    /// Now.
    pub fn now() -> Self {
        use std::sync::LazyLock;
        use std::time::Instant;

        #[expect(
            clippy::disallowed_methods,
            reason = "how long a frame took is measured, and decides nothing"
        )]
        static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
        Self(BEGIN.elapsed())
    }
}

impl Moment {
    /// How much time has gone since.
    pub fn elapsed(self) -> Duration {
        Self::now().0.saturating_sub(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::demo;
    use crate::workspace::Action;

    #[test]
    fn a_line_says_what_made_an_analysis_necessary() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("frames.csv");
        let mut log = FrameLog::new(File::create(&path).unwrap()).unwrap();
        let mut workspace = demo::workspace();
        log.end(&mut workspace).unwrap();
        workspace.perform(Action::SetTraffic(2.0));
        log.add(Moment::now());
        log.end(&mut workspace).unwrap();
        // Written without closing the file.
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], HEADER);
        assert_eq!(lines[1], "1,0.000,,,0");
        assert!(lines[2].starts_with("2,") && lines[2].ends_with(",traffic,frame,1"));
    }

    #[test]
    fn time_of_the_thread_goes_on_while_it_works() {
        let start = Moment::now();
        let mut sum = 0_u64;
        while start.elapsed() < Duration::from_micros(50) {
            sum = std::hint::black_box(sum + 1);
        }
        assert!(sum > 0);
    }
}
