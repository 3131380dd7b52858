//! Batches: how many messages a consumer is handed at once.

use petgraph::graph::{EdgeIndex, NodeIndex};

use crate::catalog::LimitKind;
use crate::design::Settings;
use crate::design::settings::CapacityMode;

use super::Analysis;

impl Analysis<'_> {
    /// Mean messages of one batch at a rate.
    ///
    /// Queues: a batch opens with its first message and closes when it is full
    /// or its window ends, 1 + E[min(N, B − 1)] with N Poisson; a window of 0
    /// hands over single messages. Streams: what one shard collects in a
    /// polling cycle, given that it is not empty. Where messages wait, batches
    /// are full.
    pub(super) fn batch_size(&self, edge: EdgeIndex, rate: f64, shards: f64, bin: usize) -> f64 {
        let route = &self.system.graph[edge];
        let most = f64::from(route.settings.batch_size().max(1));
        let waiting = self.wires[edge.index()].waiting.as_ref();
        if waiting.is_some_and(|waiting| waiting.depth.get(bin).is_some_and(|depth| *depth > most))
        {
            return most;
        }
        let window = route.settings.batch_window().seconds();
        let Some((from, _)) = self.system.graph.edge_endpoints(edge) else {
            return 1.0;
        };
        let station = &self.system.graph[from];
        match &station.settings {
            Settings::Stream(_) | Settings::Table(_) | Settings::Database(_) => {
                let cycle = station
                    .service
                    .and_then(|service| service.polling.as_ref())
                    .map_or(1.0, |polling| polling.wait.value)
                    .max(window);
                let collected = rate / shards.max(1.0) * cycle;
                if collected < 1e-9 {
                    1.0
                } else {
                    (collected / -(-collected).exp_m1()).clamp(1.0, most)
                }
            }
            _ => 1.0 + mean_of_capped_poisson(rate * window, most - 1.0),
        }
    }

    /// Shards or partitions that a stream or table spreads its records over.
    pub fn shards(&self, node: NodeIndex) -> f64 {
        let per_shard = self
            .system
            .limit(node, LimitKind::WriteRate)
            .unwrap_or(1_000.0)
            .max(1.0);
        match &self.system.graph[node].settings {
            Settings::Stream(stream) if stream.capacity() == CapacityMode::Provisioned => {
                f64::from(stream.shards())
            }
            Settings::Stream(_) => {
                let events = &self.stations[node.index()].events;
                let peak = self
                    .timeline
                    .peak(|bin| events.get(bin).copied().unwrap_or(0.0));
                (peak / per_shard).ceil().max(4.0)
            }
            _ => {
                let events = &self.stations[node.index()].events;
                let peak = self
                    .timeline
                    .peak(|bin| events.get(bin).copied().unwrap_or(0.0));
                (peak / 1_000.0).ceil().max(1.0)
            }
        }
    }
}

/// E[min(N, most)] for a Poisson N.
fn mean_of_capped_poisson(mean: f64, most: f64) -> f64 {
    if mean <= 0.0 || most <= 0.0 {
        return 0.0;
    }
    if mean > most + 12.0 * most.sqrt() + 30.0 {
        return most;
    }
    // E[min(N, m)] = Σ_{j < m} P(N > j)
    let (mut term, mut below, mut sum, mut j) = ((-mean).exp(), 0.0, 0.0, 0.0);
    while j < most {
        below += term;
        sum += (1.0 - below).max(0.0);
        j += 1.0;
        term *= mean / j;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::mean_of_capped_poisson;

    /// Closed form of batches that close when full or when their window ends.
    #[test]
    fn batches_form() {
        #[track_caller]
        fn check(rate: f64, window: f64, size: f64, mean_batch: f64) {
            let batch = 1.0 + mean_of_capped_poisson(rate * window, size - 1.0);
            assert!((batch / mean_batch - 1.0).abs() < 1e-9, "{batch}");
        }
        check(5.0, 1.0, 10.0, 5.945_984_342_15);
        check(20.0, 0.3, 10.0, 6.838_741_116_86);
        check(0.5, 5.0, 10.0, 3.499_645_536_77);
        check(7.0, 0.0, 10.0, 1.0);
    }
}
