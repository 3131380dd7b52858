//! Nodes, groups, links and where they are drawn.

use std::collections::BTreeSet;

use crate::catalog::Archetype;
use crate::design::command::is_slug;
use crate::design::param::Parameters;
use crate::design::{Command, Design, Group, GroupId, Layout, Node, NodeId, Pin, Settings};

use super::{Check, fits};

const NO_SLUG: &str = "ids take up to 64 lower-case letters, digits and hyphens";

impl Check<'_> {
    pub(super) fn nodes(&mut self, design: &mut Design) {
        self.keep("nodes", "node", &mut design.nodes, |id, _| {
            (!is_slug(id.as_str())).then(|| NO_SLUG.to_owned())
        });
        for (id, node) in &mut design.nodes {
            self.node(id, node);
        }
    }

    /// One node's settings, pins and origin.
    fn node(&mut self, id: &NodeId, node: &mut Node) {
        self.settings("nodes", "node", id.as_str(), &mut node.settings);
        let Node {
            settings,
            pins,
            origin,
            ..
        } = node;
        for (provider, pin) in pins.iter_mut() {
            self.pin(id, provider.as_str(), pin, settings);
        }
        pins.retain(|provider, pin| {
            let fits = pin.service.provider() == *provider;
            if !fits {
                let what = format!(
                    "node `{id}`: the service chosen for `{provider}` was left out: \
                     `{}` belongs to another provider",
                    pin.service
                );
                self.say("nodes", id.as_str(), &what);
            }
            fits
        });
        if let Some(origin) = origin
            .as_mut()
            .filter(|o| !(0.0..=1.0).contains(&o.confidence))
        {
            origin.confidence = 0.0;
            let what = format!(
                "node `{id}`: the confidence of its origin must be between 0 and 1; 0 is used"
            );
            self.say("nodes", id.as_str(), &what);
        }
    }

    fn pin(&mut self, id: &NodeId, provider: &str, pin: &mut Pin, settings: &Settings) {
        pin.settings.retain(|key, value| {
            let mut trial = settings.clone();
            let refused = fits(settings, key, value).and_then(|()| {
                trial
                    .set(key, Some(value.clone()))
                    .map_err(|e| e.to_string())
            });
            let Err(reason) = refused else {
                return true;
            };
            let what =
                format!("node `{id}`: setting `{key}` for `{provider}` was left out: {reason}");
            self.say("nodes", id.as_str(), &what);
            false
        });
    }

    pub(super) fn groups(&mut self, design: &mut Design) {
        self.keep("groups", "group", &mut design.groups, |id, _| {
            (!is_slug(id.as_str())).then(|| NO_SLUG.to_owned())
        });
        let known: BTreeSet<GroupId> = design.groups.keys().cloned().collect();
        let rootless: Vec<GroupId> = known
            .iter()
            .filter(|id| !reaches_the_top(design, id))
            .cloned()
            .collect();
        for id in rootless {
            if let Some(parent) = design.groups.get_mut(&id).and_then(|g| g.parent.take()) {
                let what = format!(
                    "group `{id}` was taken out of `{parent}`: there is no such group, \
                     or it lies within itself"
                );
                self.say("groups", id.as_str(), &what);
            }
        }
        for (id, node) in &mut design.nodes {
            if let Some(group) = node.group.take_if(|group| !known.contains(group)) {
                let what =
                    format!("node `{id}` was taken out of group `{group}`: there is no such group");
                self.say("nodes", id.as_str(), &what);
            }
        }
    }

    /// Draws the links again one by one, under the rules of the editor.
    pub(super) fn links(&mut self, design: &mut Design) {
        for (id, mut link) in std::mem::take(&mut design.links) {
            self.settings("links", "link", id.as_str(), &mut link.settings);
            let draw = Command::AddLink {
                id: id.clone(),
                link,
            };
            if let Err(error) = draw.apply(design) {
                let reason = error.to_string();
                let reason = reason.trim_end_matches('.');
                self.say(
                    "links",
                    id.as_str(),
                    &format!("link `{id}` was left out: {reason}"),
                );
            }
        }
    }

    pub(super) fn layout(&mut self, design: &mut Design) {
        let Design {
            nodes,
            links,
            groups,
            layout,
            ..
        } = design;
        let Layout {
            positions,
            reroutes,
            collapsed,
            bookmarks,
        } = layout;
        self.keep("layout", "position of", positions, |id, at| {
            match nodes.contains_key(id) {
                false => Some("there is no such node".to_owned()),
                true => off_canvas(*at),
            }
        });
        self.keep("layout", "bends of", reroutes, |id, bends| {
            match links.contains_key(id) {
                false => Some("there is no such link".to_owned()),
                true => bends.iter().find_map(|at| off_canvas(*at)),
            }
        });
        self.keep("layout", "bookmark", bookmarks, |_, (x, y, zoom)| {
            let zoomed = zoom.is_finite() && *zoom > 0.0;
            if zoomed {
                off_canvas([*x, *y])
            } else {
                Some(format!("{zoom} is no zoom"))
            }
        });
        collapsed.retain(|id| groups.contains_key(id));
    }

    /// Nodes that scenarios would add are held to the same rules.
    pub(super) fn scenario(&mut self, commands: &mut [Command]) {
        for command in commands {
            if let Command::AddNode { id, node, .. } = command {
                self.node(id, node);
            } else if let Command::SetScenario {
                commands: Some(inner),
                ..
            } = command
            {
                self.scenario(inner);
            }
        }
    }
}

fn reaches_the_top(design: &Design, id: &GroupId) -> bool {
    let parent = |id: &GroupId| {
        design
            .groups
            .get(id)
            .map(|Group { parent, .. }| parent.clone())
    };
    let mut at = id.clone();
    for _ in 0..=design.groups.len() {
        match parent(&at) {
            None => return false,
            Some(None) => return true,
            Some(Some(outer)) => at = outer,
        }
    }
    false
}

fn off_canvas(at: [f32; 2]) -> Option<String> {
    let inside = at.iter().all(|c| c.is_finite() && c.abs() < 1e6);
    (!inside).then(|| format!("{at:?} is outside the canvas (±1,000,000)"))
}

/// Whether a node of that id is a trigger.
pub(super) fn is_trigger(design: &Design, id: &NodeId) -> bool {
    let node = design.nodes.get(id);
    node.is_some_and(|node| node.archetype() == Archetype::Trigger)
}
