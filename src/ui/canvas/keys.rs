//! The keys of the canvas: which ones are pressed, never while text is typed.
//!
//! Keys are those that [`ActionKind::shortcuts`] names, so that menus, the
//! sheet of keys and the canvas cannot disagree; only nudging by arrows is
//! known here.

use egui::{Event, Key, Modifiers, Vec2, vec2};

use crate::workspace::ActionKind;

use super::edits::GRID;

/// The actions that the canvas carries out.
pub const KINDS: [ActionKind; 11] = [
    ActionKind::Delete,
    ActionKind::Duplicate,
    ActionKind::SelectAll,
    ActionKind::SelectNone,
    ActionKind::Rename,
    ActionKind::QuickAdd,
    ActionKind::FitAll,
    ActionKind::FitSelection,
    ActionKind::ZoomReset,
    ActionKind::ZoomIn,
    ActionKind::ZoomOut,
];

/// Takes the canvas actions that were asked for out of the input. Tab is left
/// alone where it goes on from a widget elsewhere.
pub fn take_actions(ctx: &egui::Context, focus_elsewhere: bool) -> Vec<ActionKind> {
    ctx.input_mut(|input| {
        let mut asked = Vec::new();
        input.events.retain(|event| {
            let Event::Key {
                key,
                pressed: true,
                modifiers,
                ..
            } = event
            else {
                return true;
            };
            if focus_elsewhere && *key == Key::Tab {
                return true;
            }
            let kind = KINDS.into_iter().find(|kind| {
                kind.shortcuts()
                    .iter()
                    .any(|shortcut| matches(shortcut, *key, *modifiers))
            });
            asked.extend(kind);
            kind.is_none()
        });
        asked
    })
}

/// Takes arrow keys out of the input: how far the selection is to be moved.
pub fn take_nudge(ctx: &egui::Context) -> Option<Vec2> {
    let mut by = Vec2::ZERO;
    ctx.input_mut(|input| {
        input.events.retain(|event| {
            let Event::Key {
                key,
                pressed: true,
                modifiers,
                ..
            } = event
            else {
                return true;
            };
            let direction = match key {
                Key::ArrowLeft => vec2(-1.0, 0.0),
                Key::ArrowRight => vec2(1.0, 0.0),
                Key::ArrowUp => vec2(0.0, -1.0),
                Key::ArrowDown => vec2(0.0, 1.0),
                _ => return true,
            };
            if modifiers.alt || modifiers.command {
                return true;
            }
            by += direction * if modifiers.shift { 8.0 * GRID } else { GRID };
            false
        });
    });
    (by != Vec2::ZERO).then_some(by)
}

/// Whether a key press is the one written as `Ctrl+Shift+Z`.
fn matches(shortcut: &str, key: Key, modifiers: Modifiers) -> bool {
    let mut wanted = Modifiers::NONE;
    let mut name = "";
    for part in shortcut.split('+') {
        match part {
            "Ctrl" => wanted.command = true,
            "Shift" => wanted.shift = true,
            "Alt" => wanted.alt = true,
            other => name = other,
        }
    }
    // With Shift some layouts report what is printed above the digit.
    let printed = match (wanted.shift, name) {
        (true, "1") => Some(Key::Exclamationmark),
        (false, "Plus") => Some(Key::Equals),
        _ => None,
    };
    let is_key = Key::from_name(name) == Some(key) || printed == Some(key);
    // On most layouts plus is itself a shifted key.
    let shift = modifiers.shift == wanted.shift || name == "Plus";
    is_key && shift && modifiers.command == wanted.command && modifiers.alt == wanted.alt
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_a_canvas_action_is_understood() {
        for kind in KINDS {
            for shortcut in kind.shortcuts() {
                let name = shortcut.rsplit('+').next().unwrap_or_default();
                assert!(Key::from_name(name).is_some(), "{shortcut}");
            }
        }
    }

    #[test]
    fn modifiers_must_fit_exactly() {
        let both = Modifiers::COMMAND | Modifiers::SHIFT;
        assert!(matches("Ctrl+A", Key::A, Modifiers::COMMAND));
        assert!(!matches("Ctrl+A", Key::A, both));
        assert!(matches("Ctrl+Shift+A", Key::A, both));
        assert!(matches("Shift+1", Key::Num1, Modifiers::SHIFT));
        assert!(!matches("F", Key::F, Modifiers::SHIFT));
        assert!(matches("Ctrl+Plus", Key::Plus, both));
        assert!(matches("Ctrl+Plus", Key::Equals, Modifiers::COMMAND));
    }
}
