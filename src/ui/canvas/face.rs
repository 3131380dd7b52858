//! What is drawn upon a card: icon, words, badge, ports; and the text of notes.
//!
//! [`super::node`] draws the card itself and decides which of these it bears.

use egui::{Align2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};

use crate::catalog::Archetype;
use crate::design::NodeId;
use crate::format;
use crate::report::Severity;
use crate::ui::glyph::{self, Glyph};
use crate::ui::theme::mix;

use super::card::{self, Face};
use super::measure;
use super::node::{DOT, Pen};
use super::scene::{Scene, Target};
use super::text::Line;

impl Pen<'_> {
    pub(super) fn icon(&mut self, face: &Face) {
        let colour = self.ink(card::category(self.theme(), self.node.archetype()));
        let side = self.scaled(30.0);
        let middle = self.rect.left_center() + vec2(self.scaled(12.0) + side / 2.0, 0.0);
        let glyph_rect = Rect::from_center_size(middle, Vec2::splat(side));
        self.shapes.extend(glyph::shapes(
            card::glyph(self.node.archetype()),
            glyph_rect,
            colour,
        ));
        let left = glyph_rect.max.x + self.scaled(8.0);
        let number = match &face.reading {
            Some(reading) => Some(&reading.text),
            None if face.is_measured => None,
            None => face.cost.as_ref().or(face.speed.as_ref()),
        };
        let number = number.map_or(face.title.as_str(), String::as_str);
        let number = number.strip_suffix(" /mo").unwrap_or(number);
        let line = Line {
            text: number,
            size: 12.0,
            colour: self.ink(self.theme().text),
            width: self.rect.max.x - left - self.scaled(8.0),
        };
        line.add(
            self.ctx,
            &mut self.shapes,
            Align2::LEFT_CENTER,
            pos2(left, middle.y),
        );
    }

    pub(super) fn words(&mut self, face: &Face) {
        let theme = self.theme();
        let small = if face.is_measured {
            measure::small_ink(theme)
        } else {
            theme.muted
        };
        let (text, muted) = (self.ink(theme.text), self.ink(small));
        let colour = self.ink(card::category(theme, self.node.archetype()));
        let glyph_rect =
            Rect::from_min_size(self.place(14.0, 11.0), Vec2::splat(self.scaled(20.0)));
        self.shapes.extend(glyph::shapes(
            card::glyph(self.node.archetype()),
            glyph_rect,
            colour,
        ));
        let badge = if face.severity.is_some() { 18.0 } else { 0.0 };
        let width = self.scaled(184.0 - 44.0 - 12.0);
        let line = |text, size: f32, colour, width| Line {
            text,
            size: size * self.zoom,
            colour,
            width,
        };
        let title = line(&face.title, 13.0, text, width - self.scaled(badge));
        let subtitle = line(&face.subtitle, 11.0, muted, width);
        let mut shapes = Vec::new();
        if self.scene.renaming.as_ref() != Some(self.id) {
            title.add(
                self.ctx,
                &mut shapes,
                Align2::LEFT_TOP,
                self.place(44.0, 7.0),
            );
        }
        subtitle.add(
            self.ctx,
            &mut shapes,
            Align2::LEFT_TOP,
            self.place(44.0, 25.0),
        );
        let row = 53.0;
        if face.is_out {
            let off = line("switched off", 12.0, muted, width);
            off.add(
                self.ctx,
                &mut shapes,
                Align2::LEFT_CENTER,
                self.place(14.0, row),
            );
        } else if face.is_measured {
            let none = "–";
            let number = face.reading.as_ref().map_or(none, |reading| &reading.text);
            let number = line(number, 15.0, text, self.scaled(184.0 - 28.0));
            number.add(
                self.ctx,
                &mut shapes,
                Align2::LEFT_CENTER,
                self.place(14.0, row),
            );
        } else {
            let over = face
                .utilisation
                .filter(|load| *load > 1.0)
                .map(format::percent);
            // What costs nothing says how busy it is instead.
            let left = face.cost.as_ref().or(face.speed.as_ref());
            let speed = face.speed.as_ref().filter(|_| face.cost.is_some());
            let right = match (&over, speed) {
                (Some(load), _) => Some(line(load, 12.0, self.ink(theme.danger), width)),
                (None, Some(speed)) => Some(line(speed, 11.0, muted, width)),
                (None, None) => None,
            };
            let taken = right.map_or(0.0, |right| {
                let at = self.place(184.0 - 12.0, row);
                right
                    .add(self.ctx, &mut shapes, Align2::RIGHT_CENTER, at)
                    .width()
            });
            if let Some(left) = left {
                let left = line(left, 13.0, text, self.scaled(184.0 - 14.0 - 20.0) - taken);
                left.add(
                    self.ctx,
                    &mut shapes,
                    Align2::LEFT_CENTER,
                    self.place(14.0, row),
                );
            }
        }
        self.shapes.extend(shapes);
    }

    pub(super) fn badge(&mut self, face: &Face) {
        let theme = self.theme();
        let (symbol, colour) = match face.severity {
            Some(Severity::Error) => (Glyph::Error, theme.danger),
            Some(Severity::Warning) => (Glyph::Warning, theme.warn),
            Some(Severity::Hint) => (Glyph::Hint, theme.accent),
            None => return,
        };
        let rect = badge_rect(self.rect, self.zoom);
        let colour = self.ink(colour);
        self.shapes.extend(glyph::shapes(symbol, rect, colour));
    }

    pub(super) fn ports(&mut self) {
        let [receives, sends] = ports_shown(self.scene, self.id, self.node.archetype());
        let faint = self.ink(mix(self.theme().card, self.theme().muted, 0.4));
        for (shown, out, at) in [
            (receives, false, self.rect.left_center()),
            (sends, true, self.rect.right_center()),
        ] {
            if !shown {
                continue;
            }
            let port = Target::Port(self.id.clone(), out);
            let wiring = self.scene.wiring.as_ref();
            let glows = self.is_fit() && wiring.is_some_and(|w| w.sends != out);
            let touched = self.scene.hovered == port;
            let (size, colour) = if glows {
                (14.0, self.theme().ok)
            } else if touched {
                (14.0, self.theme().accent)
            } else if self.is_hovered() || self.is_selected() {
                (10.0, self.theme().muted)
            } else {
                (10.0, faint)
            };
            let radius = self.scaled(size / 2.0);
            let ring = Stroke::new(1.5, self.theme().canvas);
            self.shapes.push(Shape::circle_filled(at, radius, colour));
            self.shapes.push(Shape::circle_stroke(at, radius, ring));
        }
    }

    pub(super) fn note(&mut self, text: &str) {
        let theme = self.theme();
        let radius = self.scaled(4.0);
        let fill = self.ink(mix(theme.canvas, theme.raised, 0.6));
        let outline = if self.is_selected() || self.is_hovered() {
            self.outline()
        } else {
            Stroke::NONE
        };
        self.shapes
            .push(Shape::rect_filled(self.rect, radius, fill));
        self.shapes.push(Shape::rect_stroke(
            self.rect,
            radius,
            outline,
            StrokeKind::Inside,
        ));
        if self.zoom < DOT || self.scene.renaming.as_ref() == Some(self.id) {
            return;
        }
        let (text, colour) = if text.is_empty() {
            ("Double-click to write", self.theme().muted)
        } else {
            (text, self.theme().text)
        };
        let margin = self.scaled(card::NOTE_MARGIN);
        let line = Line {
            text,
            size: self.scaled(12.0),
            colour: self.ink(colour),
            width: self.rect.width() - 2.0 * margin,
        };
        let galley = line.laid_out(self.ctx, 20);
        self.shapes.push(Shape::galley(
            self.rect.min + Vec2::splat(margin),
            galley,
            colour,
        ));
    }
}

/// Where the sign of a problem is, on screen.
pub fn badge_rect(card: Rect, zoom: f32) -> Rect {
    let side = (16.0 * zoom).max(11.0);
    let inset = 8.0 * zoom;
    let corner = card.right_top() + vec2(-inset - side, inset);
    Rect::from_min_size(corner, Vec2::splat(side))
}

/// Which ports of a node are there to be grabbed or dropped on.
fn ports_shown(scene: &Scene, id: &NodeId, archetype: Archetype) -> [bool; 2] {
    let [receives, sends] = card::ports(archetype);
    match &scene.wiring {
        Some(wiring) if wiring.from != *id => [receives && wiring.sends, sends && !wiring.sends],
        _ => [receives, sends],
    }
}
