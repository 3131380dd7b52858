//! A plain drawing of the design with costs, from the positions on the canvas.
//!
//! Follows the viewer's light or dark scheme and needs no fonts of ours. The
//! HTML report embeds the same drawing.

use std::fmt::Write;

use super::drawing::{HEIGHT, Plan, WIDTH};
use super::escape::{shortened, xml};
use super::{Exporter, wording};
use crate::design::{Design, LinkId, NodeId};
use crate::report::{NodeReport, Report, Severity};

/// Colours by scheme; also used by the HTML report.
pub(super) const COLOURS: &str = "\
:root{color-scheme:light dark;--page:#ffffff;--card:#f6f8fa;--line:#8c959f;--ink:#1f2328;--soft:#59636e;--bad:#c93c37;--warn:#9a6700;--accent:#0969da}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--card:#161b22;--line:#6e7681;--ink:#e6edf3;--soft:#9198a1;--bad:#f85149;--warn:#d29922;--accent:#4493f8}}
@media print{:root{color-scheme:light;--page:#ffffff;--card:#ffffff;--line:#8c959f;--ink:#000000;--soft:#444444;--bad:#a40e26;--warn:#7d4e00;--accent:#0550ae}}
";

const STYLE: &str = "\
.card{fill:var(--card);stroke:var(--line);stroke-width:1.2}.card.bad{stroke:var(--bad);stroke-width:2}.card.warn{stroke:var(--warn);stroke-width:2}
.wire{fill:none;stroke:var(--line);stroke-width:1.6}.wire.later{stroke-dasharray:6 4}.tip{fill:var(--line)}
text{font-family:system-ui,sans-serif;font-size:12px;fill:var(--soft)}text.title{font-size:13px;font-weight:600;fill:var(--ink)}text.cost{text-anchor:end;fill:var(--ink)}
";

/// See the module.
pub(super) struct Svg;

impl Exporter for Svg {
    fn name(&self) -> &'static str {
        "svg"
    }

    fn extension(&self) -> &'static str {
        "svg"
    }

    fn description(&self) -> &'static str {
        "A drawing of the design with its costs, light and dark"
    }

    fn export(&self, design: &Design, report: &Report) -> anyhow::Result<Vec<u8>> {
        Ok(drawing(design, report, COLOURS)?.into_bytes())
    }
}

/// The drawing as an element; `colours` where the page around it has none.
pub(super) fn drawing(design: &Design, report: &Report, colours: &str) -> anyhow::Result<String> {
    let plan = Plan::new(design);
    let [left, top, width, height] = plan.frame;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{left} {top} {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\">\n<title>{}</title>\n\
         <style>{colours}{STYLE}</style>\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" \
         markerHeight=\"8\" orient=\"auto\"><path class=\"tip\" d=\"M0 0L8 4L0 8z\"/></marker></defs>\n",
        xml(wording::name(design))
    );
    if !colours.is_empty() {
        writeln!(
            text,
            "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" fill=\"var(--page)\"/>"
        )?;
    }
    for (id, points) in &plan.wires {
        wire(&mut text, design, id, points)?;
    }
    let worst = wording::worst(report);
    for (id, at) in &plan.cards {
        let class = match worst.get(id) {
            Some(Severity::Error) => "card bad",
            Some(Severity::Warning) => "card warn",
            Some(Severity::Hint) | None => "card",
        };
        card(&mut text, design, report.nodes.get(*id), id, *at, class)?;
    }
    text.push_str("</svg>\n");
    Ok(text)
}

fn wire(text: &mut String, design: &Design, id: &LinkId, points: &[[f32; 2]]) -> std::fmt::Result {
    let Some(link) = design.links.get(id) else {
        return Ok(());
    };
    let class = if link.kind.is_synchronous() {
        "wire"
    } else {
        "wire later"
    };
    write!(
        text,
        "<path class=\"{class}\" marker-end=\"url(#tip)\" d=\""
    )?;
    for (index, pair) in points.windows(2).enumerate() {
        let (&[x0, y0], &[x1, y1]) = (&pair[0], &pair[1]);
        if index == 0 {
            write!(text, "M{x0} {y0}")?;
        }
        let reach = ((x1 - x0).abs() / 2.0).clamp(24.0, 160.0);
        write!(text, "C{} {y0} {} {y1} {x1} {y1}", x0 + reach, x1 - reach)?;
    }
    let (from, to) = (
        wording::title(design, &link.from),
        wording::title(design, &link.to),
    );
    let words = format!("{from} → {to}: {}", link.kind.label());
    writeln!(text, "\"><title>{}</title></path>", xml(&words))
}

fn card(
    text: &mut String,
    design: &Design,
    node: Option<&NodeReport>,
    id: &NodeId,
    [x, y]: [f32; 2],
    class: &str,
) -> std::fmt::Result {
    let title = wording::title(design, id);
    let (left, top) = (x - WIDTH / 2.0, y - HEIGHT / 2.0);
    writeln!(text, "<g><title>{}</title>", xml(&title))?;
    writeln!(
        text,
        "<rect class=\"{class}\" x=\"{left}\" y=\"{top}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"8\"/>"
    )?;
    let (inner, right) = (left + 12.0, left + WIDTH - 12.0);
    let short = xml(&shortened(&title, 22));
    writeln!(
        text,
        "<text class=\"title\" x=\"{inner}\" y=\"{}\">{short}</text>",
        top + 24.0
    )?;
    let service = node
        .map(|n| n.service_name.as_str())
        .filter(|name| !name.is_empty());
    let kind = design
        .nodes
        .get(id)
        .map_or("", |node| node.archetype().label());
    let service = xml(&shortened(service.unwrap_or(kind), 26));
    writeln!(
        text,
        "<text x=\"{inner}\" y=\"{}\">{service}</text>",
        top + 41.0
    )?;
    if let Some(node) = node.filter(|node| node.cost.value != 0.0 || !node.cost_complete) {
        let cost = wording::known_cost(node.cost.value, node.cost_complete);
        let cost = xml(&cost);
        writeln!(
            text,
            "<text class=\"cost\" x=\"{right}\" y=\"{}\">{cost}</text>",
            top + 58.0
        )?;
    }
    text.push_str("</g>\n");
    Ok(())
}
