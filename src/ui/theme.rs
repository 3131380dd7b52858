//! The colours and sizes of the window, dark and light.
//!
//! Every panel, card and chart takes its colours from a [`Theme`], and no
//! other module names one. Text and status colours keep a contrast of at
//! least 5 : 1 on every surface, which the tests compute. What a colour is
//! used for on a card or in a chart is decided there, not here.

#![expect(
    clippy::disallowed_methods,
    reason = "the one place where colours are made"
)]

use egui::{Color32, CornerRadius, FontFamily, FontId, Margin, Stroke, TextStyle, Vec2, vec2};

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// The colour tokens; the two instances are [`Theme::dark`] and [`Theme::light`].
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Whether surfaces are darker than text.
    pub is_dark: bool,
    /// The ground of the graph.
    pub canvas: Color32,
    /// Side panels, drawers and bars.
    pub panel: Color32,
    /// Node cards and boxes on a panel.
    pub card: Color32,
    /// Buttons, and whatever stands out from a card.
    pub raised: Color32,
    /// Outlines and separators; the only token too faint for text.
    pub border: Color32,
    /// Text to be read.
    pub text: Color32,
    /// Text to be found: captions, axis labels, units.
    pub muted: Color32,
    /// Selection, focus and links, and nothing else.
    pub accent: Color32,
    /// All is well.
    pub ok: Color32,
    /// Look at this.
    pub warn: Color32,
    /// This fails.
    pub danger: Color32,
    /// Node category: what starts work.
    pub trigger: Color32,
    /// Node category: what runs code.
    pub compute: Color32,
    /// Node category: what carries messages.
    pub queue: Color32,
    /// Node category: what stores.
    pub data: Color32,
    /// Node category: what coordinates.
    pub orchestration: Color32,
    /// Node category: what watches.
    pub observability: Color32,
    /// Chart series in the order in which they are taken.
    pub series: [Color32; 6],
    /// Stops of the ramp for continuous quantities, from little to much.
    ramp: [Color32; 4],
    /// Less, the same and more, for differences.
    diverging: [Color32; 3],
}

impl Theme {
    /// Light text on near-black surfaces; the default.
    pub const fn dark() -> Self {
        Self {
            is_dark: true,
            canvas: rgb(0x0F1216),
            panel: rgb(0x151A20),
            card: rgb(0x1B2129),
            raised: rgb(0x232B35),
            border: rgb(0x36414E),
            text: rgb(0xE6EAF0),
            muted: rgb(0x9AA6B2),
            accent: rgb(0x6EA8FF),
            ok: rgb(0x3DD68C),
            warn: rgb(0xF5A524),
            danger: rgb(0xFF7A80),
            trigger: rgb(0xB79CFF),
            compute: rgb(0xFF9F5A),
            queue: rgb(0x3CC8C0),
            data: rgb(0x62B0FF),
            orchestration: rgb(0xF48FC0),
            observability: rgb(0xA8B3BF),
            series: [
                rgb(0x6EA8FF),
                rgb(0xFF9F5A),
                rgb(0x3CC8C0),
                rgb(0xF48FC0),
                rgb(0xE3CE54),
                rgb(0xB79CFF),
            ],
            ramp: [rgb(0x3B4E68), rgb(0x4B74AE), rgb(0x7FAEF0), rgb(0xDCEAFF)],
            diverging: [rgb(0x62B0FF), rgb(0x6A7581), rgb(0xFF9F5A)],
        }
    }

    /// Dark text on white.
    pub const fn light() -> Self {
        Self {
            is_dark: false,
            canvas: rgb(0xF4F6F8),
            panel: rgb(0xFFFFFF),
            card: rgb(0xFFFFFF),
            raised: rgb(0xEDF0F4),
            border: rgb(0xC4CCD6),
            text: rgb(0x1A212B),
            muted: rgb(0x556170),
            accent: rgb(0x1D5FD6),
            ok: rgb(0x0B7040),
            warn: rgb(0x8A5200),
            danger: rgb(0xBE232B),
            trigger: rgb(0x6B45C6),
            compute: rgb(0xA84A00),
            queue: rgb(0x0A6F6A),
            data: rgb(0x155FB0),
            orchestration: rgb(0xA82A6B),
            observability: rgb(0x556170),
            series: [
                rgb(0x1D5FD6),
                rgb(0xA84A00),
                rgb(0x0A6F6A),
                rgb(0xA82A6B),
                rgb(0x6E5C00),
                rgb(0x6B45C6),
            ],
            ramp: [rgb(0xB9CDEC), rgb(0x7FA4E0), rgb(0x3A6CC4), rgb(0x0B2E73)],
            diverging: [rgb(0x155FB0), rgb(0xA3ADB8), rgb(0xA84A00)],
        }
    }

    /// Makes every widget of `ctx` look this way.
    pub fn apply(&self, ctx: &egui::Context) {
        let variant = if self.is_dark {
            egui::Theme::Dark
        } else {
            egui::Theme::Light
        };
        ctx.set_theme(variant);
        ctx.set_style_of(variant, self.style());
    }

    /// The egui style of this theme.
    pub fn style(&self) -> egui::Style {
        egui::Style {
            text_styles: text_styles(),
            spacing: spacing(),
            visuals: self.visuals(),
            animation_time: 0.15,
            ..Default::default()
        }
    }

    /// The colour of a chart series; the seventh looks like the first, so
    /// charts with more series vary the dashes too.
    pub fn series(&self, index: usize) -> Color32 {
        self.series[index % self.series.len()]
    }

    /// Little (0) to much (1) in one hue of changing lightness, for the cost
    /// and latency lenses.
    pub fn ramp(&self, share: f64) -> Color32 {
        along(&self.ramp, share)
    }

    /// Less (-1), the same (0) and more (1), for differences.
    pub fn diverging(&self, change: f64) -> Color32 {
        along(&self.diverging, (change + 1.0) / 2.0)
    }

    fn visuals(&self) -> egui::Visuals {
        let base = if self.is_dark {
            egui::Visuals::dark()
        } else {
            egui::Visuals::light()
        };
        let radius = CornerRadius::same(6);
        egui::Visuals {
            weak_text_color: Some(self.muted),
            widgets: self.widgets(),
            // The stroke is both the text of selected rows and the outline of a
            // focused field; in the accent it would be too faint for the former.
            selection: egui::style::Selection {
                bg_fill: mix(self.panel, self.accent, 0.3),
                stroke: Stroke::new(1.0, self.text),
            },
            hyperlink_color: self.accent,
            faint_bg_color: mix(self.panel, self.raised, 0.5),
            extreme_bg_color: self.canvas,
            text_edit_bg_color: Some(if self.is_dark {
                self.canvas
            } else {
                self.raised
            }),
            code_bg_color: self.raised,
            warn_fg_color: self.warn,
            error_fg_color: self.danger,
            window_fill: self.card,
            window_stroke: Stroke::new(1.0, self.border),
            window_corner_radius: CornerRadius::same(8),
            menu_corner_radius: radius,
            panel_fill: self.panel,
            text_cursor: egui::style::TextCursorStyle {
                stroke: Stroke::new(2.0, self.accent),
                ..base.text_cursor
            },
            indent_has_left_vline: false,
            slider_trailing_fill: true,
            handle_shape: egui::style::HandleShape::Circle,
            ..base
        }
    }

    fn widgets(&self) -> egui::style::Widgets {
        let state = |weak: Color32, strong: Color32, outline: Stroke, text: Color32| {
            egui::style::WidgetVisuals {
                weak_bg_fill: weak,
                bg_fill: strong,
                bg_stroke: outline,
                fg_stroke: Stroke::new(1.0, text),
                corner_radius: CornerRadius::same(4),
                expansion: 0.0,
            }
        };
        let separator = Stroke::new(1.0, self.border);
        let hover = mix(self.raised, self.text, 0.1);
        // egui shows a focused widget as an active one, so the outline of
        // `active` is what shows the keyboard where it is.
        let focus = Stroke::new(1.5, self.accent);
        let rail = mix(self.border, self.text, 0.15);
        egui::style::Widgets {
            noninteractive: state(self.panel, self.panel, separator, self.text),
            inactive: state(self.raised, self.border, Stroke::NONE, self.text),
            hovered: egui::style::WidgetVisuals {
                expansion: 1.0,
                ..state(hover, rail, Stroke::NONE, self.text)
            },
            active: state(hover, rail, focus, self.text),
            open: state(hover, self.border, Stroke::NONE, self.text),
        }
    }
}

impl Default for Theme {
    fn default() -> Self {
        Self::dark()
    }
}

/// The text style of the one number a panel is about, 22 points.
pub fn kpi() -> TextStyle {
    TextStyle::Name("kpi".into())
}

fn text_styles() -> std::collections::BTreeMap<TextStyle, FontId> {
    use FontFamily::{Monospace, Proportional};
    [
        (TextStyle::Small, FontId::new(11.0, Proportional)),
        (TextStyle::Body, FontId::new(13.0, Proportional)),
        (TextStyle::Button, FontId::new(13.0, Proportional)),
        (TextStyle::Heading, FontId::new(16.0, Proportional)),
        (TextStyle::Monospace, FontId::new(12.0, Monospace)),
        (kpi(), FontId::new(22.0, Proportional)),
    ]
    .into()
}

fn spacing() -> egui::style::Spacing {
    egui::style::Spacing {
        item_spacing: Vec2::splat(8.0),
        window_margin: Margin::same(12),
        menu_margin: Margin::same(8),
        button_padding: vec2(8.0, 4.0),
        indent: 14.0,
        interact_size: vec2(40.0, 24.0),
        slider_rail_height: 4.0,
        tooltip_width: 360.0,
        scroll: egui::style::ScrollStyle {
            bar_width: 6.0,
            floating_width: 4.0,
            ..egui::style::ScrollStyle::floating()
        },
        ..Default::default()
    }
}

/// How close to its limit something works, in the steps that get a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heat {
    /// Below 60 %, or unknown: no colour at all.
    Calm,
    /// 60 to 80 %: a tint.
    Busy,
    /// 80 to 95 %: worth a look.
    High,
    /// 95 to 100 %: about to fail.
    Full,
    /// Beyond the limit: the colour of failure, with hatching and a word.
    Over,
}

impl Heat {
    /// The step of a utilisation given as a fraction of the limit.
    pub fn of(utilisation: f64) -> Self {
        match utilisation {
            u if u > 1.0 => Self::Over,
            u if u >= 0.95 => Self::Full,
            u if u >= 0.80 => Self::High,
            u if u >= 0.60 => Self::Busy,
            _ => Self::Calm,
        }
    }

    /// The colour of the step; never the only sign, so draw a bar or a number too.
    pub fn colour(self, theme: &Theme) -> Color32 {
        match self {
            Self::Calm => theme.muted,
            Self::Busy => mix(theme.muted, theme.accent, 0.5),
            Self::High => theme.warn,
            Self::Full | Self::Over => theme.danger,
        }
    }

    /// What the step is called, for those that must not be overlooked.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Calm | Self::Busy => None,
            Self::High => Some("near its limit"),
            Self::Full => Some("at its limit"),
            Self::Over => Some("over capacity"),
        }
    }
}

/// The colour of a utilisation given as a fraction of the limit; see [`Heat`].
pub fn utilisation_colour(theme: &Theme, utilisation: f64) -> Color32 {
    Heat::of(utilisation).colour(theme)
}

/// The colour `share` of the way from `from` to `to`, in gamma space, opaque.
pub fn mix(from: Color32, to: Color32, share: f64) -> Color32 {
    let share = if share.is_nan() {
        0.0
    } else {
        share.clamp(0.0, 1.0)
    };
    let channel = |from: u8, to: u8| {
        (f64::from(from) + (f64::from(to) - f64::from(from)) * share).round() as u8
    };
    Color32::from_rgb(
        channel(from.r(), to.r()),
        channel(from.g(), to.g()),
        channel(from.b(), to.b()),
    )
}

/// The WCAG 2 contrast ratio of two opaque colours, from 1 to 21.
///
/// Source: WCAG 2.2, definitions of contrast ratio and relative luminance.
pub fn contrast(one: Color32, other: Color32) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(colour: Color32) -> f64 {
    let linear = |channel: u8| {
        let c = f64::from(channel) / 255.0;
        if c <= 0.040_45 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
}

/// The colour at `share` of the way along evenly spaced stops.
fn along(stops: &[Color32], share: f64) -> Color32 {
    let share = if share.is_nan() {
        0.0
    } else {
        share.clamp(0.0, 1.0)
    };
    let last = stops.len() - 1;
    let position = share * last as f64;
    let index = (position as usize).min(last);
    mix(
        stops[index],
        stops[(index + 1).min(last)],
        position - index as f64,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn themes() -> [Theme; 2] {
        [Theme::dark(), Theme::light()]
    }

    #[test]
    fn text_and_status_are_readable_on_every_surface() {
        for t in themes() {
            let mut inks = vec![
                ("text", t.text),
                ("muted", t.muted),
                ("accent", t.accent),
                ("ok", t.ok),
                ("warn", t.warn),
                ("danger", t.danger),
                ("trigger", t.trigger),
                ("compute", t.compute),
                ("queue", t.queue),
                ("data", t.data),
                ("orchestration", t.orchestration),
                ("observability", t.observability),
            ];
            inks.extend(t.series.iter().map(|&colour| ("series", colour)));
            inks.extend([0.1, 0.7, 0.9, 1.0, 2.0].map(|u| ("heat", utilisation_colour(&t, u))));
            for surface in [t.canvas, t.panel, t.card, t.raised] {
                for &(name, ink) in &inks {
                    let ratio = contrast(ink, surface);
                    assert!(ratio >= 5.0, "{name} {ink:?} on {surface:?}: {ratio:.2}");
                }
            }
        }
    }

    #[test]
    fn selected_text_stays_readable() {
        for theme in themes() {
            let selection = theme.visuals().selection;
            assert!(contrast(selection.stroke.color, selection.bg_fill) >= 5.0);
        }
    }

    #[test]
    fn ramps_stand_out_and_change_monotonically() {
        for theme in themes() {
            let distance = |share: f64| contrast(theme.ramp(share), theme.canvas);
            assert!(distance(0.0) > 1.4, "{}", distance(0.0));
            for step in 0..20 {
                let share = f64::from(step) / 20.0;
                assert!(distance(share + 0.05) > distance(share));
            }
            assert_eq!(theme.ramp(f64::NAN), theme.ramp(0.0));
            assert_eq!(theme.ramp(7.0), theme.ramp[3]);
            assert_eq!(theme.diverging(-1.0), theme.diverging[0]);
            assert_eq!(theme.diverging(0.0), theme.diverging[1]);
            assert_eq!(theme.diverging(1.0), theme.diverging[2]);
        }
    }

    #[test]
    fn heat_starts_at_sixty_percent() {
        let rows = [
            (f64::NAN, Heat::Calm),
            (0.59, Heat::Calm),
            (0.60, Heat::Busy),
            (0.80, Heat::High),
            (0.95, Heat::Full),
            (1.0, Heat::Full),
            (1.18, Heat::Over),
            (f64::INFINITY, Heat::Over),
        ];
        for (utilisation, expected) in rows {
            assert_eq!(Heat::of(utilisation), expected, "{utilisation}");
        }
    }

    #[test]
    fn applying_a_theme_changes_the_whole_context() {
        for theme in themes() {
            let ctx = egui::Context::default();
            theme.apply(&ctx);
            ctx.run_ui(Default::default(), |ui| {
                assert_eq!(ui.visuals().panel_fill, theme.panel);
                assert_eq!(kpi().resolve(ui.style()).size, 22.0);
            })
            .drop_without_applying_deltas();
        }
    }

    /// The characters that labels and [`crate::format`] use have a glyph.
    #[test]
    fn the_default_font_has_the_characters_in_use() {
        let ctx = egui::Context::default();
        ctx.run_ui(Default::default(), |_| {})
            .drop_without_applying_deltas();
        let font = FontId::proportional(13.0);
        for character in "0123456789$%µ×±≤≥≈∞…·–<>".chars() {
            let width = ctx.fonts_mut(|fonts| fonts.glyph_width(&font, character));
            assert!(width > 1.0, "{character} has no glyph");
        }
    }
}
