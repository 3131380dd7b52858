//! Which service stands for a node where nobody has chosen one.

use crate::catalog::{Archetype, Catalog, ProviderId, Service};

use super::Settings;
use super::settings::TriggerKind;

/// The service that stands for a node where nothing is pinned: the provider's
/// default for its kind that can do what the settings ask for.
///
/// None for third parties and for triggers that nobody bills, and none where a
/// guess would be wrong: a managed API or an unknown resource can be anything.
pub fn automatic_service<'a>(
    catalog: &'a Catalog,
    provider: &ProviderId,
    settings: &Settings,
) -> Option<&'a Service> {
    let archetype = settings.archetype();
    let required = required_features(settings);
    match archetype {
        Archetype::External | Archetype::Note | Archetype::Service | Archetype::Other => None,
        Archetype::Trigger if required.is_empty() => None,
        _ => catalog.default_service(provider, archetype, &required),
    }
}

/// What a service must be able to do for these settings.
fn required_features(settings: &Settings) -> Vec<&'static str> {
    let mut required = Vec::new();
    match settings {
        Settings::Queue(queue) if queue.fifo() => required.push("fifo"),
        Settings::Topic(topic) if topic.fifo() => required.push("fifo"),
        Settings::Gateway(gateway) if gateway.connection() > 0.0 => required.push("websocket"),
        Settings::Trigger(trigger) if trigger.source() == TriggerKind::Schedule => {
            required.push("schedule");
        }
        _ => {}
    }
    required
}
