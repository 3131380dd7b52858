//! What private networks cost, against sums done by hand.

use super::*;

/// Two functions in one private network share one gateway: 730 h of 0.045 USD,
/// and 0.045 USD for each GB that leaves the network, both ways.
#[test]
fn private_networks_pay_for_a_gateway() {
    let private = || {
        Settings::Function(FunctionSettings {
            network: Some(true),
            ..waiting(10.0)
        })
    };
    let sized = LinkSettings {
        payload: Some(Kilobytes(24.0)),
        response: Some(Kilobytes(1_000.0)),
        ..plain()
    };
    let third = Settings::External(ExternalSettings::default());
    let design = drawn(
        &[
            ("clients", every("1M/month")),
            ("work", private()),
            ("more", private()),
            ("partner", third),
            ("db", Settings::default_of(Archetype::Database)),
        ],
        &[
            ("clients", "work", LinkKind::Request, plain()),
            ("clients", "more", LinkKind::Request, plain()),
            ("work", "partner", LinkKind::Request, sized.clone()),
            ("more", "partner", LinkKind::Request, sized.clone()),
            // Inside the network.
            ("work", "db", LinkKind::Read, sized),
        ],
    );
    let nat = |report: &Report, meter: &str| -> f64 {
        let lines = report
            .cost
            .lines
            .iter()
            .filter(|line| line.service.as_str() == "aws.nat-gateway" && line.meter == meter);
        lines.map(|line| line.cost.value).sum()
    };
    let report = built(&design);
    near("hours", nat(&report, "hours"), 730.0 * 0.045, 1e-9);
    // Twice a million times 1,024 KB.
    let gigabytes = 2e6 * 1_024.0 / 1_048_576.0;
    near("data", nat(&report, "data"), gigabytes * 0.045, 1e-6);
    // Nothing where nothing leaves, or where a person says that it is not so.
    let off = ["work/nat", "more/nat"].map(|key| Command::SetCompanion {
        key: key.to_owned(),
        on: false,
    });
    let without = built(&changed(&design, &off));
    assert_eq!(nat(&without, "hours") + nat(&without, "data"), 0.0);
}
