//! Calls between regions or providers.

use super::facts::MONTH;
use super::{Facts, Rule};
use crate::design::{Command, LinkKind};
use crate::format;
use crate::report::{Problem, Severity};

/// Kilobytes of a gigabyte, as transfer is billed.
const KB_PER_GB: f64 = 1_048_576.0;

pub const RULE: Rule = Rule {
    code: "cross-region",
    title: "A call goes to another region or provider",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for (id, link) in facts.links() {
        let (Some(from), Some(to)) = (facts.node(&link.from), facts.node(&link.to)) else {
            continue;
        };
        if from.service.is_none() || to.service.is_none() || link.kind == LinkKind::DeadLetter {
            continue;
        }
        let (here, there) = (facts.place(from), facts.place(to));
        if here == there || facts.link_rate(id) <= 0.0 {
            continue;
        }
        let size = link.settings.payload().0 + link.settings.response().0;
        let gigabytes = facts.link_rate(id) * MONTH * size / KB_PER_GB;
        let place = |place: &(crate::catalog::ProviderId, crate::catalog::RegionId)| {
            format!("{} {}", place.0, place.1)
        };
        let waits = if link.kind.sender_waits() {
            " The sender waits for the way there and back, tens of milliseconds and more, which the figures leave out."
        } else {
            ""
        };
        let made = Problem::new(
            RULE.code,
            Severity::Hint,
            format!("{} calls {} across regions.", from.label(), to.label()),
            format!(
                "{} to {}: {} GB a month cross over, and transfer between them is billed.{waits}",
                place(&here),
                place(&there),
                format::significant(gigabytes, 3)
            ),
        )
        .on(id)
        .at(to.id);
        // A node that names its region is the one that left home.
        let moved = if here.0 != there.0 {
            None
        } else if to.node.region.is_some() {
            Some((to, &here.1))
        } else {
            from.node.region.is_some().then_some((from, &there.1))
        };
        found.push(match moved {
            Some((node, region)) => made.mended_by(
                format!("Move {} to {region}", node.label()),
                vec![Command::SetRegion {
                    id: node.id.clone(),
                    region: Some(region.clone()),
                }],
            ),
            None => made.mended_by("Keep what talks to each other on one provider", Vec::new()),
        });
    }
}
