//! The grid against plain sampling, on random trees.

use super::*;

/// splitmix64, Steele, Lea & Flood 2014.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn law(&mut self) -> Law {
        let p50 = 5.0 + 60.0 * self.next();
        match (self.next() * 4.0) as u32 {
            0 => Law::Fixed(Millis(p50)),
            1 => Law::Exponential { mean: Millis(p50) },
            2 => Law::Quantiles(vec![
                (0.5, Millis(p50)),
                (0.9, Millis(1.8 * p50)),
                (0.99, Millis(5.0 * p50)),
            ]),
            _ => Law::Lognormal {
                p50: Millis(p50),
                p99: Millis(p50 * (2.0 + 4.0 * self.next())),
            },
        }
    }

    /// A tree with the given number of leaves.
    fn tree(&mut self, leaves: usize) -> Arc<Response> {
        if leaves <= 1 {
            let law = self.law();
            return self.wrapped(leaf(law));
        }
        let left = 1 + (self.next() * (leaves - 1) as f64) as usize;
        let parts = [self.tree(left), self.tree(leaves - left)];
        let node = match (self.next() * 4.0) as u32 {
            0 => parallel(&[&parts[0], &parts[1]]),
            1 => choice(&[(0.6, &parts[0]), (0.3, &parts[1])]),
            _ => sequence(&[&parts[0], &parts[1]]),
        };
        self.wrapped(node)
    }

    /// Now and then a retry or a deadline around it.
    fn wrapped(&mut self, inner: Arc<Response>) -> Arc<Response> {
        match (self.next() * 8.0) as u32 {
            0 => Arc::new(Response::Attempts {
                inner,
                failure: 0.1,
                timeout: Some(Millis(220.0)),
                backoff: vec![Millis(30.0), Millis(60.0)],
            }),
            1 => Arc::new(Response::Truncated {
                inner,
                at: Millis(300.0),
            }),
            _ => inner,
        }
    }

    fn sample(&mut self, response: &Response) -> f64 {
        match response {
            Response::Zero => 0.0,
            Response::Law(law) => law.quantile(self.next()).0,
            Response::Sequence(parts) => parts.iter().map(|part| self.sample(part)).sum(),
            Response::Parallel(parts) => parts
                .iter()
                .map(|part| self.sample(part))
                .fold(0.0, f64::max),
            Response::Choice(parts) => {
                let mut left = self.next();
                for (weight, part) in parts {
                    left -= weight;
                    if left < 0.0 {
                        return self.sample(part);
                    }
                }
                0.0
            }
            Response::Truncated { inner, at } => self.sample(inner).min(at.0),
            Response::Attempts {
                inner,
                failure,
                timeout,
                backoff,
            } => {
                let mut spent = 0.0;
                for attempt in 0..=backoff.len() {
                    let took = self.sample(inner);
                    let limit = timeout.map_or(f64::INFINITY, |timeout| timeout.0);
                    let failed = self.next() < *failure || took > limit;
                    spent += took.min(limit);
                    match backoff.get(attempt) {
                        Some(pause) if failed => spent += pause.0,
                        _ => break,
                    }
                }
                spent
            }
        }
    }
}

/// Quantiles within 1 %, or, where the curve is so flat that sampling itself
/// cannot tell, shares within four standard errors.
#[test]
fn twenty_leaves() {
    const SAMPLES: usize = 40_000;
    for seed in [1, 3, 4, 5, 7] {
        let mut random = Random(seed);
        let response = random.tree(20);
        let distribution = evaluate(&response);
        let mut times: Vec<f64> = (0..SAMPLES).map(|_| random.sample(&response)).collect();
        times.sort_by(f64::total_cmp);
        near(
            distribution.mean().0,
            times.iter().sum::<f64>() / SAMPLES as f64,
            0.01,
        );
        for p in [0.5, 0.95, 0.99] {
            let (computed, sampled) = (
                distribution.quantile(p).0,
                times[(p * SAMPLES as f64) as usize],
            );
            let noise = 4.0 * (p * (1.0 - p) / SAMPLES as f64).sqrt();
            let flat = (distribution.cdf(Millis(sampled)) - p).abs() < noise;
            assert!(
                flat || (computed / sampled - 1.0).abs() < 0.01,
                "{seed}: {computed} {sampled}"
            );
        }
    }
}
