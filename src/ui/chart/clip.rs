//! Cutting paths at the axes.
//!
//! Places are shares of the axes, so that a cut is straight on every scale.

/// The parts of a path within 0 to 1 across and `rows` up.
pub fn clipped(path: &[(f64, f64)], rows: (f64, f64)) -> Vec<Vec<(f64, f64)>> {
    let mut runs: Vec<Vec<(f64, f64)>> = Vec::new();
    for pair in path.windows(2) {
        let Some((from, to)) = inside(pair[0], pair[1], rows) else {
            continue;
        };
        match runs.last_mut() {
            Some(run) if run.last() == Some(&from) => run.push(to),
            _ => runs.push(vec![from, to]),
        }
    }
    runs
}

/// The part of a segment within 0 to 1 across and `rows` up.
fn inside(from: (f64, f64), to: (f64, f64), rows: (f64, f64)) -> Option<((f64, f64), (f64, f64))> {
    let finite = |point: (f64, f64)| point.0.is_finite() && point.1.is_finite();
    if !(finite(from) && finite(to)) {
        return None;
    }
    let (start, end) = [(from.0, to.0, (0.0, 1.0)), (from.1, to.1, rows)]
        .into_iter()
        .map(|(from, to, (least, most))| {
            if from == to {
                let within = (least..=most).contains(&from);
                return if within { (0.0, 1.0) } else { (1.0, 0.0) };
            }
            let (a, b) = ((least - from) / (to - from), (most - from) / (to - from));
            (a.min(b), a.max(b))
        })
        .fold((0.0, 1.0), |(start, end): (f64, f64), (a, b)| {
            (start.max(a), end.min(b))
        });
    // The ends are kept exactly, so that runs join where nothing was cut.
    let at = |share: f64| match share {
        0.0 => from,
        1.0 => to,
        _ => (
            from.0 + (to.0 - from.0) * share,
            from.1 + (to.1 - from.1) * share,
        ),
    };
    (start <= end).then(|| (at(start), at(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cut_at_the_axes_and_at_gaps() {
        let whole = (0.0, 1.0);
        let path = [(0.0, 0.5), (0.5, 0.5), (1.0, 0.5)];
        assert_eq!(clipped(&path, whole), [path.to_vec()]);
        let peak = [(0.0, 0.0), (0.5, 2.0), (1.0, 0.0)];
        let expected = [vec![(0.0, 0.0), (0.25, 1.0)], vec![(0.75, 1.0), (1.0, 0.0)]];
        assert_eq!(clipped(&peak, whole), expected);
        assert_eq!(
            clipped(&peak, (f64::NEG_INFINITY, f64::INFINITY)),
            [peak.to_vec()]
        );
        let gap = [
            (0.0, 0.0),
            (0.2, 0.2),
            (0.4, f64::NAN),
            (0.6, 0.6),
            (0.8, 0.8),
        ];
        assert_eq!(clipped(&gap, whole).len(), 2);
        assert!(clipped(&[(0.0, 3.0), (1.0, 2.0)], whole).is_empty());
        assert!(clipped(&[(0.5, 0.5)], whole).is_empty());
    }
}
