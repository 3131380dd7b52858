//! Cost and time of a function against its memory, each as a share of its
//! highest, so that one axis serves both; the sizes worth knowing are marked.

use plotters_backend::DrawingBackend;

use super::kind::{ChartKind, Picture, Subject, sentence};
use super::{Area, Axis, Chart, ChartError, Line, Pen, Plot, Table};
use crate::advice::memory::MemorySweep;
use crate::format;
use crate::ui::view::DrawerTab;
use crate::workspace::Workspace;

/// See the module.
pub struct Memory;

/// Megabytes, dollars a month, milliseconds; the marked sizes by index.
pub struct Data {
    name: String,
    points: Vec<(f64, f64, f64)>,
    marks: Vec<(usize, String)>,
}

impl ChartKind for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn title(&self) -> &'static str {
        "Cost and time against memory"
    }

    fn tab(&self) -> DrawerTab {
        DrawerTab::Sweep
    }

    fn is_old(&self, workspace: &Workspace) -> bool {
        let study = &workspace.studies().memory;
        study.answer().is_some() && !workspace.is_current(study)
    }

    fn picture(&self, subject: &Subject<'_>) -> Result<Box<dyn Picture>, String> {
        match subject.sizes {
            None => Err("Select a function to see all its sizes.".to_owned()),
            Some(Err(missing)) => Err(sentence(missing)),
            Some(Ok(sweep)) if sweep.points.len() < 2 => {
                Err(format!("{} comes in one size.", sweep.label))
            }
            Some(Ok(sweep)) => Ok(Box::new(data(sweep))),
        }
    }
}

fn data(sweep: &MemorySweep) -> Data {
    let named = [
        (sweep.cheapest, "cheapest"),
        (sweep.fastest, "fastest"),
        (sweep.balanced, "balanced"),
        (sweep.current, "now"),
    ];
    let mut marks: Vec<(usize, String)> = Vec::new();
    for (index, word) in named {
        match marks.iter_mut().find(|(at, _)| *at == index) {
            Some((_, words)) => *words = format!("{words}, {word}"),
            None => marks.push((index, word.to_owned())),
        }
    }
    let points = sweep.points.iter();
    Data {
        name: sweep.label.clone(),
        points: points.map(|p| (p.memory, p.usd, p.duration)).collect(),
        marks,
    }
}

impl Data {
    fn most(&self) -> (f64, f64) {
        let points = self.points.iter();
        let (usd, ms) = points.fold((0.0, 0.0), |(usd, ms): (f64, f64), point| {
            (usd.max(point.1), ms.max(point.2))
        });
        (usd.max(f64::MIN_POSITIVE), ms.max(f64::MIN_POSITIVE))
    }

    fn words(point: &(f64, f64, f64)) -> String {
        format!(
            "{}: {}, {}",
            format::memory_mb(point.0),
            format::usd_per_month(point.1),
            format::millis(point.2)
        )
    }
}

impl Chart for Data {
    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, pen: &Pen) -> Result<(), ChartError> {
        let sizes = self.points.iter().map(|point| point.0);
        let doubled = (0..24).map(|step| 64.0 * f64::from(1_u32 << step));
        let most = sizes.clone().fold(0.0, f64::max);
        let least = sizes.clone().fold(f64::INFINITY, f64::min);
        let doubled = doubled.filter(move |size| (least..=most).contains(size));
        let x = Axis::log_over(sizes, format::memory_mb)
            .at(doubled)
            .titled("memory");
        let y = Axis::linear(0.0, 1.0, format::percent).titled("of its highest");
        let mut plot = Plot::new(area, pen, x, y, &["cost", "time"])?;
        let (usd, ms) = self.most();
        let cost: Vec<_> = self.points.iter().map(|p| (p.0, p.1 / usd)).collect();
        let time: Vec<_> = self.points.iter().map(|p| (p.0, p.2 / ms)).collect();
        plot.line(Line::new(&cost, pen.theme.series(0)).named("cost"))?;
        plot.line(Line::new(&time, pen.theme.series(1)).named("time").ghost())?;
        for (index, words) in &self.marks {
            if let (Some(cost), Some(time)) = (cost.get(*index), time.get(*index)) {
                plot.dot(*time, pen.theme.series(1))?;
                plot.point(*cost, words, pen.theme.text)?;
            }
        }
        plot.finish()
    }

    fn description(&self) -> String {
        let marks = self.marks.iter().filter_map(|(index, words)| {
            Some(format!("{words} {}", Self::words(self.points.get(*index)?)))
        });
        format!(
            "Memory of {}: {}",
            self.name,
            marks.collect::<Vec<_>>().join("; ")
        )
    }

    fn reading(&self, (memory, _): (f64, f64)) -> String {
        let distance = |point: &(f64, f64, f64)| (point.0 / memory).ln().abs();
        let near = self.points.iter();
        let near = near.min_by(|a, b| distance(a).total_cmp(&distance(b)));
        near.map(Self::words).unwrap_or_default()
    }

    fn table(&self) -> Table {
        let rows = self.points.iter().enumerate().map(|(index, point)| {
            let mark = self.marks.iter().find(|(at, _)| *at == index);
            [
                format::memory_mb(point.0),
                format::usd(point.1),
                format::millis(point.2),
                mark.map(|(_, words)| words.clone()).unwrap_or_default(),
            ]
        });
        Table::of(["Memory", "USD per month", "Busy for", ""], rows)
    }
}
