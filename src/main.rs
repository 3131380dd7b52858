//! Picks the command line or the window, and nothing else.

use std::process::ExitCode;

use nephoscope::cli::{self, Window};

fn main() -> ExitCode {
    cli::main(window())
}

/// The window, as the command line asks for it.
#[cfg(feature = "ui")]
#[expect(clippy::unnecessary_wraps, reason = "without the window there is none")]
fn window() -> Option<Window> {
    use nephoscope::design::NodeId;
    use nephoscope::ui;

    Some(Window {
        run: |workspace| Ok(ui::run(workspace)?),
        screenshot: |workspace, picture| {
            let picture = ui::Picture {
                size: picture.size,
                pixels_per_point: picture.scale,
                dark: !picture.light,
                selected: picture.selected.map(NodeId),
                ..ui::Picture::default()
            };
            Ok(ui::screenshot(workspace, &picture)?)
        },
    })
}

#[cfg(not(feature = "ui"))]
fn window() -> Option<Window> {
    None
}
