//! A package that the service does not take.

use super::{Facts, Rule};
use crate::catalog::LimitKind;
use crate::design::Value;
use crate::design::settings::Package;
use crate::format;
use crate::report::{Problem, Severity};

pub const RULE: Rule = Rule {
    code: "package-too-large",
    title: "A function's package is too large",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for (seen, function) in facts.functions() {
        // Limits of the catalog are those of archives.
        if function.package() == Package::Image && seen.has("image") {
            continue;
        }
        let size = function.package_size().0;
        let Some(most) = facts
            .limit(seen, LimitKind::Package)
            .filter(|most| size > *most)
        else {
            continue;
        };
        let made = Problem::new(
            RULE.code,
            Severity::Error,
            format!("{} is too large to be deployed.", seen.label()),
            format!(
                "Its package has {}, {} takes {}.",
                format::memory_mb(size),
                seen.report.service_name,
                format::memory_mb(most)
            ),
        )
        .at(seen.id);
        let image = seen
            .has("image")
            .then(|| {
                facts.set(
                    seen,
                    "package",
                    Value::Choice(Package::Image.text().to_owned()),
                )
            })
            .flatten();
        let mut made = match image {
            Some(commands) => made.mended_by("Package it as a container image", commands),
            None => made.mended_by("Leave out what the function does not need", Vec::new()),
        };
        made.docs = facts.limit_page(seen, LimitKind::Package);
        found.push(made);
    }
}
