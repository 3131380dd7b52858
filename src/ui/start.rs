//! Opening the window, and saying in one sentence why it cannot be opened.

use std::env;

use super::app::App;
use super::frame_log::FrameLog;
use super::icon;
use crate::workspace::Workspace;

const PACKAGES: &str = "libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libgl1";
const HEADLESS: &str = "without a display, use `nephoscope estimate FILE` or \
                        `nephoscope screenshot FILE -o out.png`";

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Neither X11 nor Wayland is there.
    #[error(
        "There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set; start Nephoscope in a \
         desktop session, or {HEADLESS}."
    )]
    NoDisplay,
    /// A library that every desktop has is missing.
    #[error(
        "The window needs libraries that are missing here ({detail}); on Debian install \
         {PACKAGES}, or {HEADLESS}."
    )]
    MissingLibrary {
        /// What the system reported.
        detail: String,
    },
    /// The display is there but refuses.
    #[error(
        "The display cannot be used ({detail}); check DISPLAY and WAYLAND_DISPLAY, or {HEADLESS}."
    )]
    Display {
        /// What the system reported.
        detail: String,
    },
}

/// Opens the window and stays until it is closed, with a log of its frames
/// where one is wanted.
///
/// # Errors
///
/// Where there is no display or a library is missing.
pub fn run(workspace: Workspace, log: Option<FrameLog>) -> Result<(), StartError> {
    if !has_display(|name| env::var_os(name).is_some_and(|value| !value.is_empty())) {
        return Err(StartError::NoDisplay);
    }
    let viewport = egui::ViewportBuilder::default()
        .with_title("Nephoscope")
        .with_app_id("nephoscope")
        .with_inner_size([1_440.0, 900.0])
        .with_min_inner_size([960.0, 600.0])
        .with_icon(icon::data(64));
    let options = eframe::NativeOptions {
        viewport,
        renderer: eframe::Renderer::Glow,
        centered: true,
        ..Default::default()
    };
    let create = |context: &eframe::CreationContext<'_>| -> Result<Box<dyn eframe::App>, _> {
        let mut app = App::new(workspace).with_native_dialogs().with_log(log);
        app.dress(&context.egui_ctx);
        Ok(Box::new(app))
    };
    eframe::run_native("Nephoscope", options, Box::new(create))
        .map_err(|error| explained(&error.to_string(), &format!("{error:?}")))
}

/// Whether the environment names a display; other systems need none.
fn has_display(is_set: impl Fn(&str) -> bool) -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"]
            .into_iter()
            .any(is_set)
}

/// Tells a missing library from a display that refuses.
fn explained(message: &str, debug: &str) -> StartError {
    const LIBRARY: [&str; 6] = [
        "XNotSupported",
        "LibraryOpenError",
        "NoGlutinConfigs",
        "NoWaylandLib",
        "cannot open shared object",
        "failed to find a matching configuration",
    ];
    let is_library = LIBRARY
        .iter()
        .any(|sign| debug.contains(sign) || message.contains(sign));
    let first = message.lines().next().unwrap_or(message).trim();
    let detail = first.trim_end_matches('.').to_owned();
    if is_library {
        StartError::MissingLibrary { detail }
    } else {
        StartError::Display { detail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_display_will_do() {
        assert!(has_display(|name| name == "DISPLAY"));
        assert!(has_display(|name| name == "WAYLAND_DISPLAY"));
        assert_eq!(has_display(|_| false), !cfg!(target_os = "linux"));
    }

    #[test]
    fn failures_name_packages_and_headless_commands() {
        #[track_caller]
        fn check(debug: &str, packages: bool) {
            let text = explained("winit EventLoopError: os error\n at line 12", debug).to_string();
            assert_eq!(
                text.contains("libxkbcommon-x11-0 libgl1"),
                packages,
                "{text}"
            );
            assert!(text.contains("nephoscope estimate FILE"), "{text}");
            assert!(
                text.contains("nephoscope screenshot FILE -o out.png"),
                "{text}"
            );
            assert!(!text.contains('\n'), "{text}");
        }
        check(
            "Os(OsError { error: Misc(XNotSupported(LibraryOpenError)) })",
            true,
        );
        check("NoGlutinConfigs(ConfigTemplate { .. }, NoVisuals)", true);
        check("Os(ConnectionRefused)", false);
        let text = StartError::NoDisplay.to_string();
        assert!(text.contains("nephoscope screenshot FILE"), "{text}");
    }
}
