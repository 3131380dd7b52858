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
        run: |workspace, opening| {
            let log = opening.frame_log.map(ui::FrameLog::new).transpose()?;
            Ok(ui::run(workspace, log)?)
        },
        screenshot: |workspace, picture| {
            let picture = ui::Picture {
                size: picture.size,
                pixels_per_point: picture.scale,
                dark: !picture.light,
                selected: picture.selected.map(NodeId),
                tab: tab(picture.tab),
                measure: measure(picture.lens),
            };
            Ok(ui::screenshot(workspace, &picture)?)
        },
    })
}

/// The drawer's tab, which the command line knows by name only.
#[cfg(feature = "ui")]
fn tab(tab: cli::Tab) -> nephoscope::ui::view::DrawerTab {
    use nephoscope::ui::view::DrawerTab;

    match tab {
        cli::Tab::Cost => DrawerTab::Cost,
        cli::Tab::Latency => DrawerTab::Latency,
        cli::Tab::Load => DrawerTab::Load,
        cli::Tab::Sweep => DrawerTab::Sweep,
        cli::Tab::Risk => DrawerTab::Risk,
        cli::Tab::Compare => DrawerTab::Compare,
        cli::Tab::Lines => DrawerTab::Lines,
    }
}

/// The lens, which the command line knows by name only.
#[cfg(feature = "ui")]
fn measure(lens: cli::Lens) -> nephoscope::ui::view::Measure {
    use nephoscope::ui::view::Measure;

    match lens {
        cli::Lens::None => Measure::Usual,
        cli::Lens::Latency => Measure::Latency,
        cli::Lens::Cost => Measure::Cost,
        cli::Lens::Utilisation => Measure::Utilisation,
        cli::Lens::Cold => Measure::Cold,
        cli::Lens::Risk => Measure::Risk,
    }
}

#[cfg(not(feature = "ui"))]
fn window() -> Option<Window> {
    None
}
