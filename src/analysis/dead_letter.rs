//! Valid messages that end in a dead-letter queue because nobody was free.
//!
//! A poller that receives more than its function may run at once gives messages
//! back; each receipt counts towards the maximum. Documentation and reported
//! incidents disagree on how soon pollers give up, so both figures are given.
//!
//! Sources: AWS Lambda developer guide, "Configuring scaling behavior for SQS
//! event source mappings"; incident r/aws 1oz3p88 (November 2025).

use petgraph::graph::{EdgeIndex, NodeIndex};

use crate::design::{LinkKind, Settings};

use super::queueing::{
    dlq_retry_inside_visibility, dlq_throttled_receives_herd, dlq_throttled_receives_independent,
};
use super::timeline::Regime;
use super::{Analysis, account};

/// Shares below this are not worth a word [1].
const NEGLIGIBLE: f64 = 1e-6;

/// What a queue loses although its consumer works.
#[derive(Clone, Debug, PartialEq)]
pub struct ThrottledReceives {
    /// The link that polls.
    pub edge: EdgeIndex,
    /// The consumer.
    pub consumer: NodeIndex,
    /// Executions that the consumer may take.
    pub limit: f64,
    /// Consumers that the mapping starts.
    pub pollers: f64,
    /// Receipts after which a message is given up.
    pub receives: u32,
    /// Messages that come at once, and how many of them are lost; none where
    /// they come one by one.
    pub herd: Option<(f64, f64)>,
    /// Messages that are lost in a month, as incidents report it.
    pub lost: f64,
    /// Share of all messages.
    pub share: f64,
    /// The same share if pollers try again until the visibility timeout ends,
    /// as the documentation has it.
    pub documented: f64,
    /// From the first receipt to the dead-letter queue [s].
    pub after: f64,
}

/// What a polled queue loses over a link to throttled receives; none where
/// next to nothing is lost.
pub fn throttled_receives(analysis: &Analysis<'_>, edge: EdgeIndex) -> Option<ThrottledReceives> {
    one(analysis, edge).filter(|found| found.share > NEGLIGIBLE)
}

fn one(analysis: &Analysis<'_>, edge: EdgeIndex) -> Option<ThrottledReceives> {
    let graph = &analysis.system.graph;
    let (from, to) = graph.edge_endpoints(edge)?;
    let (Settings::Queue(queue), Settings::Function(_)) =
        (&graph[from].settings, &graph[to].settings)
    else {
        return None;
    };
    let route = &graph[edge];
    let polling = graph[from].service?.polling.as_ref()?;
    let set = f64::from(route.settings.maximum_concurrency());
    let pollers = if set > 0.0 { set } else { polling.start.value };
    let limit = account::concurrency_limit(analysis, to)?;
    // A mapping that never asks for more than there is throttles nothing.
    if route.kind != LinkKind::Poll || pollers <= limit || polling.ramp.value <= 0.0 {
        return None;
    }
    let queue_terms = Terms {
        limit: whole(limit),
        receives: queue.max_receives(),
        visibility: queue.visibility().seconds(),
        // A window of 0 hands over single messages.
        batch: if route.settings.batch_window().0 > 0.0 {
            route.settings.batch_size().max(1)
        } else {
            1
        },
        work: analysis.work_mean(to) / 1_000.0,
    };
    Some(queue_terms.weigh(analysis, edge, to, limit, pollers))
}

struct Terms {
    limit: u32,
    receives: u32,
    visibility: f64,
    batch: u32,
    work: f64,
}

impl Terms {
    fn weigh(
        &self,
        analysis: &Analysis<'_>,
        edge: EdgeIndex,
        consumer: NodeIndex,
        limit: f64,
        pollers: f64,
    ) -> ThrottledReceives {
        let wire = analysis.wire(edge);
        let (mut all, mut lost, mut documented, mut herd) = (0.0, 0.0, 0.0, None);
        for (bin, &rate) in analysis.timeline.bins.iter().zip(&wire.offered) {
            let messages = rate * bin.weight;
            all += messages;
            if rate <= 0.0 {
                continue;
            }
            if matches!(bin.regime, Regime::Burst(_)) {
                let at_once = rate * bin.length;
                let loss = self.herd(at_once);
                if loss > 0.0 {
                    herd = Some((at_once, loss));
                }
                lost += loss * bin.weight / bin.length.max(1e-9);
                // Pollers that go on trying lose only what R rounds of the
                // visibility timeout cannot serve.
                let served = f64::from(self.receives) * self.visibility / self.work.max(1e-9)
                    * f64::from(self.limit);
                documented += (at_once - served).max(0.0) * bin.weight / bin.length.max(1e-9);
                continue;
            }
            let batches = rate / f64::from(self.batch);
            let work = self.work * f64::from(self.batch);
            let steady =
                dlq_throttled_receives_independent(batches, work, self.limit, self.receives);
            lost += steady.per_request * messages;
            documented += messages
                * dlq_retry_inside_visibility(
                    batches,
                    work,
                    self.limit,
                    self.receives,
                    self.visibility,
                );
        }
        let share = |part: f64| if all > 0.0 { part / all } else { 0.0 };
        ThrottledReceives {
            edge,
            consumer,
            limit,
            pollers,
            receives: self.receives,
            herd,
            lost,
            share: share(lost),
            documented: share(documented),
            after: f64::from(self.receives) * self.visibility,
        }
    }

    /// Messages lost of a number that become visible at once.
    fn herd(&self, messages: f64) -> f64 {
        if self.work * f64::from(self.batch) >= self.visibility {
            // Not even the first round is done in time.
            return messages;
        }
        dlq_throttled_receives_herd(
            messages,
            self.limit,
            self.batch,
            self.receives,
            self.visibility,
        )
        .lost
    }
}

#[expect(clippy::cast_possible_truncation, reason = "bounded")]
#[expect(clippy::cast_sign_loss, reason = "not negative")]
fn whole(limit: f64) -> u32 {
    limit.clamp(0.0, 4e9) as u32
}
