//! Axes: what range of a quantity a chart shows, on which scale, with which
//! round numbers written beside it.
//!
//! An [`Axis`] is a plotters coordinate, so plotters draws its grid. It knows
//! neither pixels nor colours.

use std::ops::Range;

use plotters::coord::ranged1d::{
    KeyPointHint, NoDefaultFormatting, Ranged, ReversibleRanged, ValueFormatter,
};

/// Whether equal distances are equal differences or equal ratios.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Equal distances are equal differences.
    Linear,
    /// Equal distances are equal ratios, for traffic and tail latencies.
    Log,
}

/// One axis of a chart.
#[derive(Clone, Debug)]
pub struct Axis {
    scale: Scale,
    min: f64,
    max: f64,
    format: fn(f64) -> String,
    title: String,
    fixed: Vec<f64>,
}

impl Axis {
    /// From `min` to `max` in equal differences, labelled through `format`,
    /// which is one of the functions of [`crate::format`].
    pub fn linear(min: f64, max: f64, format: fn(f64) -> String) -> Self {
        let (min, max) = ordered(min, max).unwrap_or((0.0, 1.0));
        Self {
            scale: Scale::Linear,
            min,
            max,
            format,
            title: String::new(),
            fixed: Vec::new(),
        }
    }

    /// From `min` to `max` in equal ratios; both must be above zero.
    pub fn log(min: f64, max: f64, format: fn(f64) -> String) -> Self {
        let range = ordered(min, max).filter(|&(min, _)| min > 0.0);
        let (min, max) = range.unwrap_or((1.0, 10.0));
        Self {
            scale: Scale::Log,
            min,
            max,
            format,
            title: String::new(),
            fixed: Vec::new(),
        }
    }

    /// From zero to a round number above all values, for bills and loads.
    pub fn from_zero(values: impl IntoIterator<Item = f64>, format: fn(f64) -> String) -> Self {
        let finite = values.into_iter().filter(|value| value.is_finite());
        let (least, most) = finite.fold((0.0, 0.0), |(least, most): (f64, f64), value| {
            (least.min(value), most.max(value))
        });
        let step = round_step((most - least) / 4.0);
        let axis = Self::linear(
            (least / step).floor() * step,
            (most / step).ceil() * step,
            format,
        );
        if most == least {
            Self::linear(0.0, 1.0, format)
        } else {
            axis
        }
    }

    /// Around all values above zero in equal ratios.
    pub fn log_over(values: impl IntoIterator<Item = f64>, format: fn(f64) -> String) -> Self {
        let usable = values
            .into_iter()
            .filter(|value| value.is_finite() && *value > 0.0);
        let (least, most) = usable
            .fold((f64::INFINITY, 0.0), |(least, most): (f64, f64), value| {
                (least.min(value), most.max(value))
            });
        if least == most {
            Self::log(least / 3.0, most * 3.0, format)
        } else {
            Self::log(least, most, format)
        }
    }

    /// What the axis measures, in a word or two.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Labels these values, or every so many of them, where the calendar or
    /// the catalog knows rounder ones than arithmetic: hours, memory sizes.
    #[must_use]
    pub fn at(mut self, ticks: impl IntoIterator<Item = f64>) -> Self {
        self.fixed = ticks.into_iter().collect();
        self
    }

    /// What the axis measures.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The least and the greatest value shown.
    pub fn bounds(&self) -> (f64, f64) {
        (self.min, self.max)
    }

    /// How a value reads on this axis.
    pub fn text(&self, value: f64) -> String {
        (self.format)(value)
    }

    /// Where a value lies between the ends: 0 at `min`, 1 at `max`, beyond
    /// them outside; minus infinity for zero on a logarithmic axis.
    pub fn share_of(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => (value - self.min) / (self.max - self.min),
            Scale::Log if value <= 0.0 => f64::NEG_INFINITY,
            Scale::Log => (value / self.min).ln() / (self.max / self.min).ln(),
        }
    }

    /// The value at a share of the way; the inverse of [`Self::share_of`].
    pub fn value_at(&self, share: f64) -> f64 {
        match self.scale {
            Scale::Linear => self.min + share * (self.max - self.min),
            Scale::Log => self.min * (self.max / self.min).powf(share),
        }
    }

    /// Round values within the range, at most so many.
    pub fn ticks(&self, at_most: usize) -> Vec<f64> {
        match self.scale {
            _ if at_most == 0 => Vec::new(),
            _ if !self.fixed.is_empty() => {
                let every = self.fixed.len().div_ceil(at_most);
                self.fixed.iter().copied().step_by(every).collect()
            }
            Scale::Linear => self.linear_ticks(at_most),
            Scale::Log => self.log_ticks(at_most),
        }
    }

    fn linear_ticks(&self, at_most: usize) -> Vec<f64> {
        let mut step = round_step((self.max - self.min) / at_most as f64);
        loop {
            // Half a millionth of a step absorbs the rounding of the ends.
            let first = (self.min / step - 5e-7).ceil();
            let last = (self.max / step + 5e-7).floor();
            let count = last - first + 1.0;
            if !count.is_finite() {
                return Vec::new();
            }
            if count <= at_most as f64 {
                return (0..count.max(0.0) as usize)
                    .map(|i| (first + i as f64) * step)
                    .collect();
            }
            step = round_step(step * 1.01);
        }
    }

    /// Decades; with fives and twos between them, or only every so many.
    fn log_ticks(&self, at_most: usize) -> Vec<f64> {
        let decades = self.min.log10().floor() as i32..=self.max.log10().ceil() as i32;
        let within = |digits: &[f64], every: i32| -> Vec<f64> {
            let powers = decades.clone().filter(|power| power.rem_euclid(every) == 0);
            powers
                .flat_map(|power| digits.iter().map(move |digit| digit * 10f64.powi(power)))
                .filter(|value| (-1e-9..=1.0 + 1e-9).contains(&self.share_of(*value)))
                .collect()
        };
        let detailed = [&[1.0, 2.0, 5.0][..], &[1.0, 3.0][..], &[1.0][..]];
        let mut choices = detailed.into_iter().map(|digits| within(digits, 1));
        let found = choices
            .find(|ticks| ticks.len() <= at_most)
            .unwrap_or_else(|| {
                (2..40)
                    .map(|every| within(&[1.0], every))
                    .find(|t| t.len() <= at_most)
                    .unwrap_or_default()
            });
        // Within less than a decade or so the round differences say more.
        if found.len() < 2 {
            self.linear_ticks(at_most)
        } else {
            found
        }
    }
}

/// The least of 1, 2, 2.5 and 5 times a power of ten that reaches `step`.
fn round_step(step: f64) -> f64 {
    if !(step.is_finite() && step > 0.0) {
        return 1.0;
    }
    let power = 10f64.powf(step.log10().floor());
    let digits = [1.0, 2.0, 2.5, 5.0, 10.0];
    digits
        .map(|digit| digit * power)
        .into_iter()
        .find(|&round| round >= step)
        .unwrap_or(10.0 * power)
}

/// The ends if they are apart, and far from where arithmetic overflows.
fn ordered(min: f64, max: f64) -> Option<(f64, f64)> {
    let apart =
        max.abs().max(min.abs()) < 1e300 && max - min > f64::EPSILON * min.abs().max(max.abs());
    apart.then_some((min, max))
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        // Far outside is far enough; plotters adds to the result.
        let share = self.share_of(*value).clamp(-2.0, 3.0);
        from + (share * f64::from(to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        self.ticks(hint.max_num_points())
    }

    fn range(&self) -> Range<f64> {
        self.min..self.max
    }
}

impl ReversibleRanged for Axis {
    fn unmap(&self, pixel: i32, (from, to): (i32, i32)) -> Option<f64> {
        let share = f64::from(pixel - from) / f64::from(to - from);
        (0.0..=1.0).contains(&share).then(|| self.value_at(share))
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        self.text(*value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format;

    #[test]
    fn ticks_are_round_and_few() {
        #[track_caller]
        fn check(axis: &Axis, at_most: usize, expected: &[f64]) {
            let ticks = axis.ticks(at_most);
            let near = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-9 * b.abs().max(1e-9);
            assert_eq!(ticks.len(), expected.len(), "{ticks:?}");
            assert!(ticks.iter().zip(expected).all(near), "{ticks:?}");
        }
        let linear = |min, max| Axis::linear(min, max, format::count);
        let log = |min, max| Axis::log(min, max, format::count);
        check(&linear(0.0, 1.0), 6, &[0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        check(&linear(0.0, 84.2), 5, &[0.0, 20.0, 40.0, 60.0, 80.0]);
        check(&linear(-3.0, 3.0), 3, &[-2.0, 0.0, 2.0]);
        check(&linear(0.0, 1.0), 0, &[]);
        let hours = linear(0.0, 24.0).at([0.0, 6.0, 12.0, 18.0, 24.0]);
        check(&hours, 5, &[0.0, 6.0, 12.0, 18.0, 24.0]);
        check(&hours, 4, &[0.0, 12.0, 24.0]);
        check(&log(1.0, 1e6), 8, &[1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6]);
        check(&log(1.0, 1e6), 4, &[1.0, 1e2, 1e4, 1e6]);
        check(
            &log(1.0, 100.0),
            8,
            &[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0],
        );
        check(&log(200.0, 400.0), 5, &[200.0, 250.0, 300.0, 350.0, 400.0]);
    }

    #[test]
    fn ranges_hold_whatever_the_values_are() {
        let zero = |values: &[f64]| Axis::from_zero(values.iter().copied(), format::count).bounds();
        assert_eq!(zero(&[3.0, 84.2]), (0.0, 100.0));
        assert_eq!(zero(&[-3.0, 7.0]), (-5.0, 7.5));
        assert_eq!(zero(&[]), (0.0, 1.0));
        assert_eq!(zero(&[1e305]), (0.0, 1.0));
        assert_eq!(
            Axis::linear(f64::NAN, 3.0, format::count).bounds(),
            (0.0, 1.0)
        );
        assert_eq!(zero(&[0.0, f64::NAN, f64::INFINITY]), (0.0, 1.0));
        let log = |values: &[f64]| Axis::log_over(values.iter().copied(), format::count).bounds();
        assert_eq!(log(&[0.0, 2.0, 50.0]), (2.0, 50.0));
        assert_eq!(log(&[9.0]), (3.0, 27.0));
        assert_eq!(log(&[0.0, -1.0]), (1.0, 10.0));
    }

    #[test]
    fn shares_and_values_are_inverse() {
        for axis in [
            Axis::linear(-5.0, 20.0, format::count),
            Axis::log(0.1, 1e5, format::count),
        ] {
            for share in [0.0, 0.25, 0.5, 1.0] {
                assert!((axis.share_of(axis.value_at(share)) - share).abs() < 1e-12);
            }
            assert_eq!(axis.unmap(150, (100, 200)), Some(axis.value_at(0.5)));
            assert_eq!(axis.unmap(99, (100, 200)), None);
        }
        assert_eq!(
            Axis::log(1.0, 10.0, format::count).map(&0.0, (0, 100)),
            -200
        );
    }
}
