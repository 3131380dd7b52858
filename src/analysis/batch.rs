//! Batches: how many messages a consumer is handed at once.

use petgraph::graph::{EdgeIndex, NodeIndex};

use crate::catalog::LimitKind;
use crate::design::Settings;
use crate::design::settings::CapacityMode;

use super::Analysis;
use super::queueing::batch_formation;

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
            _ => batch_formation(rate, window, most).mean_batch,
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
