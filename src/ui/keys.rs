//! Keys as actions write them, matched against what was pressed.
//!
//! Modifiers must match exactly, so that `Ctrl+Z` does not take
//! `Ctrl+Shift+Z`. While text is edited, keys that mean something to the text
//! are left to it.

use egui::{Event, Key, Modifiers};

use crate::workspace::ActionKind;

/// A key with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chord {
    /// What must be held.
    pub modifiers: Modifiers,
    /// What must be pressed.
    pub key: Key,
}

impl Chord {
    /// Reads `Ctrl+Shift+Z`; none where a part is unknown.
    pub fn parse(text: &str) -> Option<Self> {
        let (held, key) = text.rsplit_once('+').unwrap_or(("", text));
        let mut modifiers = Modifiers::NONE;
        for name in held.split('+').filter(|name| !name.is_empty()) {
            modifiers |= match name {
                "Ctrl" => Modifiers::COMMAND,
                "Shift" => Modifiers::SHIFT,
                "Alt" => Modifiers::ALT,
                _ => return None,
            };
        }
        Some(Self {
            modifiers,
            key: Key::from_name(key)?,
        })
    }

    fn is_pressed_by(&self, event: &Event) -> bool {
        let Event::Key {
            key,
            physical_key,
            pressed: true,
            modifiers,
            ..
        } = event
        else {
            return false;
        };
        // Shift+1 arrives as an exclamation mark on many keyboards.
        let is_digit = self.key >= Key::Num0 && self.key <= Key::Num9;
        let is_key = *key == self.key
            || (is_digit && *physical_key == Some(self.key))
            || (self.key == Key::Plus && *key == Key::Equals);
        let needs_shift = matches!(self.key, Key::Questionmark | Key::Plus);
        let mut held = *modifiers;
        held.shift &= !needs_shift;
        is_key && held.matches_exact(self.modifiers)
    }

    /// Whether a text field has a use for it.
    fn belongs_to_text(&self) -> bool {
        let edits = [Key::Z, Key::Y, Key::A].contains(&self.key);
        !self.modifiers.command || edits
    }
}

/// Whether the canvas listens for the keys of an action itself.
fn is_of_canvas(kind: ActionKind) -> bool {
    use ActionKind as K;
    matches!(
        kind,
        K::Delete
            | K::Duplicate
            | K::SelectAll
            | K::SelectNone
            | K::Rename
            | K::QuickAdd
            | K::FitAll
            | K::FitSelection
            | K::ZoomReset
            | K::ZoomIn
            | K::ZoomOut
    )
}

/// The actions of the window whose keys were pressed; the events are used up.
pub fn pressed(ctx: &egui::Context) -> Vec<ActionKind> {
    let in_text = ctx.text_edit_focused();
    let mut kinds = Vec::new();
    for &kind in ActionKind::ALL.iter().filter(|kind| !is_of_canvas(**kind)) {
        for chord in kind
            .shortcuts()
            .iter()
            .filter_map(|text| Chord::parse(text))
        {
            if !(in_text && chord.belongs_to_text()) && consume(ctx, &chord) {
                kinds.push(kind);
            }
        }
    }
    // Where the dollar sign has a key of its own, or another digit's.
    let is_dollar = |event: &Event| matches!(event, Event::Text(text) if text == "$");
    if !in_text && !kinds.contains(&ActionKind::LensCost) && taken(ctx, is_dollar) {
        kinds.push(ActionKind::LensCost);
    }
    kinds
}

fn consume(ctx: &egui::Context, chord: &Chord) -> bool {
    taken(ctx, |event| chord.is_pressed_by(event))
}

/// Whether there were such events; they are taken out of the input.
fn taken(ctx: &egui::Context, is_meant: impl Fn(&Event) -> bool) -> bool {
    ctx.input_mut(|input| {
        let before = input.events.len();
        input.events.retain(|event| !is_meant(event));
        input.events.len() < before
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shortcut_can_be_read_and_none_is_given_twice() {
        let mut seen: Vec<(Chord, ActionKind)> = Vec::new();
        for &kind in ActionKind::ALL {
            for text in kind.shortcuts() {
                let chord = Chord::parse(text);
                let chord = chord.unwrap_or_else(|| panic!("{kind:?}: cannot read `{text}`"));
                if let Some((_, other)) = seen.iter().find(|(taken, _)| *taken == chord) {
                    panic!("`{text}` asks for both {other:?} and {kind:?}");
                }
                seen.push((chord, kind));
            }
        }
    }

    #[test]
    fn modifiers_match_exactly() {
        let press = |key, physical_key, modifiers| Event::Key {
            key,
            physical_key,
            pressed: true,
            repeat: false,
            modifiers,
        };
        #[track_caller]
        fn check(text: &str, event: Event, expected: bool) {
            let chord = Chord::parse(text).unwrap();
            assert_eq!(chord.is_pressed_by(&event), expected, "{text} {event:?}");
        }
        let (none, ctrl, shift) = (Modifiers::NONE, Modifiers::COMMAND, Modifiers::SHIFT);
        check("Ctrl+Z", press(Key::Z, None, ctrl), true);
        check("Ctrl+Z", press(Key::Z, None, ctrl | shift), false);
        check("Ctrl+Shift+Z", press(Key::Z, None, ctrl | shift), true);
        check("F", press(Key::F, None, none), true);
        check("F", press(Key::F, None, ctrl), false);
        check(
            "Shift+1",
            press(Key::Exclamationmark, Some(Key::Num1), shift),
            true,
        );
        check("?", press(Key::Questionmark, Some(Key::Slash), shift), true);
        check("Ctrl+Plus", press(Key::Equals, None, ctrl), true);
        check("Ctrl+Plus", press(Key::Plus, None, ctrl | shift), true);
    }
}
