//! Schedules in cron's five fields.
//!
//! Only what the analysis needs: how often a month, and how far apart.

use std::collections::BTreeSet;

/// Days in a mean month: 730 h.
const DAYS_PER_MONTH: f64 = 730.0 / 24.0;

/// When a schedule fires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    minutes: BTreeSet<u32>,
    hours: BTreeSet<u32>,
    days: BTreeSet<u32>,
    months: BTreeSet<u32>,
    weekdays: BTreeSet<u32>,
}

/// Why a text is no schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    /// Not five fields.
    #[error(
        "`{0}` must have five fields: minute, hour, day of month, month, day of week, as in `0 2 * * *`"
    )]
    Fields(String),
    /// A field that cannot be read.
    #[error(
        "`{field}` is no {name}: write a number from {low} to {high}, `*`, a list, a range or a step such as `*/5`"
    )]
    Field {
        /// What stands there.
        field: String,
        /// What it should be.
        name: &'static str,
        /// Lowest value.
        low: u32,
        /// Highest value.
        high: u32,
    },
}

impl Schedule {
    /// Reads five fields.
    ///
    /// # Errors
    ///
    /// If there are not five fields or one cannot be read.
    pub fn parse(text: &str) -> Result<Self, CronError> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields.as_slice() else {
            return Err(CronError::Fields(text.to_owned()));
        };
        let mut weekdays = field(weekday, "day of week", 0, 7)?;
        if weekdays.remove(&7) {
            weekdays.insert(0);
        }
        Ok(Self {
            minutes: field(minute, "minute", 0, 59)?,
            hours: field(hour, "hour", 0, 23)?,
            days: field(day, "day of month", 1, 31)?,
            months: field(month, "month", 1, 12)?,
            weekdays,
        })
    }

    /// Firings in a mean month of 730 h.
    pub fn per_month(&self) -> f64 {
        DAYS_PER_MONTH * self.share_of_days() * self.per_day()
    }

    /// The longest time between two firings of a day's plan, or a day where it
    /// fires once [s]; an instance that outlives it stays warm.
    pub fn longest_gap(&self) -> f64 {
        let times: Vec<u32> = self
            .hours
            .iter()
            .flat_map(|hour| self.minutes.iter().map(move |minute| hour * 60 + minute))
            .collect();
        let (Some(first), Some(last)) = (times.first(), times.last()) else {
            return f64::INFINITY;
        };
        let overnight = 1_440 - last + first;
        let within = times.windows(2).map(|pair| pair[1] - pair[0]).max();
        let gap = f64::from(within.unwrap_or(0).max(overnight)) * 60.0;
        if self.share_of_days() < 1.0 {
            gap.max(86_400.0)
        } else {
            gap
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "at most 1,440")]
    fn per_day(&self) -> f64 {
        (self.minutes.len() * self.hours.len()) as f64
    }

    /// Where both days are given cron fires on either.
    #[expect(clippy::cast_precision_loss, reason = "at most 31")]
    fn share_of_days(&self) -> f64 {
        let of_month = self.days.len() as f64 / 31.0;
        let of_week = self.weekdays.len() as f64 / 7.0;
        let days = match (self.days.len() == 31, self.weekdays.len() == 7) {
            (true, _) => of_week,
            (false, true) => self.days.len() as f64 / DAYS_PER_MONTH,
            (false, false) => of_month + of_week - of_month * of_week,
        };
        days.min(1.0) * self.months.len() as f64 / 12.0
    }
}

fn field(text: &str, name: &'static str, low: u32, high: u32) -> Result<BTreeSet<u32>, CronError> {
    let refused = || CronError::Field {
        field: text.to_owned(),
        name,
        low,
        high,
    };
    let mut values = BTreeSet::new();
    for part in text.split(',') {
        let (span, step) = match part.split_once('/') {
            Some((span, step)) => (span, step.parse().map_err(|_| refused())?),
            None => (part, 1),
        };
        let (first, last) = match span.split_once('-') {
            _ if span == "*" || span == "?" => (low, high),
            Some((first, last)) => (
                first.parse().map_err(|_| refused())?,
                last.parse().map_err(|_| refused())?,
            ),
            None => {
                let only: u32 = span.parse().map_err(|_| refused())?;
                (only, if part.contains('/') { high } else { only })
            }
        };
        if step == 0_u32 || first < low || last > high || first > last {
            return Err(refused());
        }
        values.extend((first..=last).step_by(step as usize));
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_firings() {
        #[track_caller]
        fn check(text: &str, per_month: f64, gap: f64) {
            let schedule = Schedule::parse(text).unwrap();
            assert!(
                (schedule.per_month() - per_month).abs() < 1e-9,
                "{}",
                schedule.per_month()
            );
            assert!(
                (schedule.longest_gap() - gap).abs() < 1e-9,
                "{}",
                schedule.longest_gap()
            );
        }
        check("0 * * * *", 730.0, 3_600.0);
        check("*/5 * * * *", 8_760.0, 300.0);
        check("0 2 * * *", 730.0 / 24.0, 86_400.0);
        check("30 8-17 * * 1-5", 10.0 * 730.0 / 24.0 * 5.0 / 7.0, 86_400.0);
        check("0 0 1 * *", 1.0, 86_400.0);
    }

    #[test]
    fn refuses_what_is_no_schedule() {
        for text in [
            "",
            "* * * *",
            "60 * * * *",
            "a * * * *",
            "5-1 * * * *",
            "*/0 * * * *",
            "0 2 * * 8",
        ] {
            assert!(Schedule::parse(text).is_err(), "{text}");
        }
    }
}
