//! The registry of parameters: one address, label, unit, range, get and set
//! for everything that a person can turn.
//!
//! Inspector, multi-edit, sweeps, ranges, scenarios and the command line all
//! go through [`Parameters`] and [`ParamPath`]; none of them knows a setting by
//! name. The [`settings!`] macro declares a settings struct and its part of
//! the registry at once, so the two cannot disagree.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::catalog::FigureId;

use super::value::{FieldKind, Unit, Value};
use super::{LinkId, NodeId};

/// What is known of a parameter without looking at a design.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// As written in paths and files.
    pub key: &'static str,
    /// As written on screen.
    pub label: &'static str,
    /// The unit of numbers.
    pub unit: Unit,
    /// Lowest and highest number, where there are any.
    pub range: Option<(f64, f64)>,
    /// What it is, in a sentence or two.
    pub help: &'static str,
    /// The shape of its values.
    pub kind: FieldKind,
    /// The value in force where nothing is stored.
    pub default: fn() -> Value,
}

impl Param {
    /// Refuses what is not of the parameter's shape or out of its range.
    ///
    /// # Errors
    ///
    /// If the value does not fit.
    pub fn check(&self, value: &Value) -> Result<(), ValueError> {
        let number = match value {
            Value::Number(number) => *number,
            Value::Rate(rate) => rate.per_second().0,
            Value::Law(_) | Value::Flag(_) | Value::Choice(_) | Value::Text(_) => return Ok(()),
        };
        let (low, high) = self.range.unwrap_or((f64::MIN, f64::MAX));
        if number.is_finite() && (low..=high).contains(&number) {
            return Ok(());
        }
        Err(ValueError::OutOfRange {
            label: self.label,
            value: number,
            low,
            high,
            unit: self.unit.symbol(),
        })
    }

    /// The error for a value of another shape.
    pub fn misfit(&self) -> ValueError {
        ValueError::Misfit {
            label: self.label,
            expected: match self.kind {
                FieldKind::Number => "a number".to_owned(),
                FieldKind::Whole => "a whole number".to_owned(),
                FieldKind::Flag => "true or false".to_owned(),
                FieldKind::Choice(texts) => format!("one of {}", texts.join(", ")),
                FieldKind::Text => "a text".to_owned(),
                FieldKind::Law => {
                    "a duration, or a law such as Lognormal(p50: 20, p99: 80)".to_owned()
                }
                FieldKind::Rate => "a rate such as 12/s, 5k/day or 3M/month".to_owned(),
            },
        }
    }
}

/// Why a value was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ValueError {
    /// Not of the parameter's shape.
    #[error("{label} takes {expected}")]
    Misfit {
        /// Which parameter.
        label: &'static str,
        /// What it takes.
        expected: String,
    },
    /// A number beyond the range.
    #[error("{label} must be between {} and {}, not {}", shown(*low, unit), shown(*high, unit), shown(*value, unit))]
    OutOfRange {
        /// Which parameter.
        label: &'static str,
        /// What was given.
        value: f64,
        /// Lowest allowed.
        low: f64,
        /// Highest allowed.
        high: f64,
        /// Unit of all three.
        unit: &'static str,
    },
    /// No such parameter.
    #[error("no parameter `{key}` here; there are {known}")]
    Unknown {
        /// What was asked for.
        key: String,
        /// What there is.
        known: String,
    },
}

/// A number with its unit, in percent for shares and short for what is huge.
fn shown(value: f64, unit: &str) -> String {
    let (value, unit) = match unit {
        "%" => (value * 100.0, "%"),
        unit => (value, unit),
    };
    let number = if value != 0.0 && !(1e-6..1e15).contains(&value.abs()) {
        format!("{value:e}")
    } else {
        value.to_string()
    };
    format!("{number} {unit}").trim_end().to_owned()
}

/// Anything that has parameters.
pub trait Parameters {
    /// The parameters, in the order in which they are shown.
    fn params(&self) -> &'static [Param];
    /// The stored value; none where the default is in force.
    fn get(&self, key: &str) -> Option<Value>;
    /// Stores a value, or with none returns to the default.
    ///
    /// # Errors
    ///
    /// If the key is unknown or the value does not fit; nothing changes then.
    fn set(&mut self, key: &str, value: Option<Value>) -> Result<(), ValueError>;

    /// The parameter of that key.
    fn param(&self, key: &str) -> Option<&'static Param> {
        self.params().iter().find(|param| param.key == key)
    }

    /// The value in force: stored, or else the default.
    fn effective(&self, key: &str) -> Option<Value> {
        let param = self.param(key)?;
        Some(self.get(key).unwrap_or_else(|| (param.default)()))
    }

    /// The error for a key that does not exist.
    fn unknown(&self, key: &str) -> ValueError {
        let keys: Vec<_> = self.params().iter().map(|param| param.key).collect();
        ValueError::Unknown {
            key: key.to_owned(),
            known: keys.join(", "),
        }
    }
}

/// The first two numbers of a list, as a range.
pub(crate) const fn range(bounds: &[f64]) -> Option<(f64, f64)> {
    match bounds {
        [low, high] => Some((*low, *high)),
        _ => None,
    }
}

/// Declares a settings struct: every field optional in the file, readable with
/// its default, and listed in the registry.
macro_rules! settings {
    ($(#[$doc:meta])* $name:ident { $(
        $(#[$fdoc:meta])*
        $field:ident: $type:ty = $default:expr, $label:literal, $unit:expr, [$($bound:expr),*], $help:literal;
    )* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $(
                $(#[$fdoc])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $field: Option<$type>,
            )*
        }

        impl $name {
            /// Whether every setting is at its default.
            pub fn is_empty(&self) -> bool {
                *self == Self::default()
            }

            $(
                $(#[$fdoc])*
                /// The stored value, or else the default.
                pub fn $field(&self) -> $type {
                    self.$field.clone().unwrap_or_else(|| $default)
                }
            )*

            const PARAMS: &'static [$crate::design::param::Param] = &[$(
                $crate::design::param::Param {
                    key: stringify!($field),
                    label: $label,
                    unit: $unit,
                    range: $crate::design::param::range(&[$($bound),*]),
                    help: $help,
                    kind: <$type as $crate::design::value::Field>::KIND,
                    default: || $crate::design::value::Field::to_value(&{
                        let default: $type = $default;
                        default
                    }),
                },
            )*];
        }

        impl $crate::design::param::Parameters for $name {
            fn params(&self) -> &'static [$crate::design::param::Param] {
                Self::PARAMS
            }

            fn get(&self, key: &str) -> Option<$crate::design::value::Value> {
                match key {
                    $(stringify!($field) => self
                        .$field
                        .as_ref()
                        .map($crate::design::value::Field::to_value),)*
                    _ => None,
                }
            }

            fn set(
                &mut self,
                key: &str,
                value: Option<$crate::design::value::Value>,
            ) -> Result<(), $crate::design::param::ValueError> {
                let Some(param) = self.param(key) else {
                    return Err(self.unknown(key));
                };
                if let Some(value) = &value {
                    param.check(value)?;
                }
                match key {
                    $(stringify!($field) => {
                        self.$field = match &value {
                            None => None,
                            Some(value) => Some(
                                <$type as $crate::design::value::Field>::from_value(value)
                                    .ok_or_else(|| param.misfit())?,
                            ),
                        };
                    })*
                    _ => return Err(self.unknown(key)),
                }
                Ok(())
            }
        }
    };
}
pub(crate) use settings;

/// The address of one parameter or catalog figure.
///
/// Written `checkout.memory`, `checkout->orders.retries`,
/// `catalog:aws.lambda/requests` or `variable:users`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParamPath {
    /// A setting of a node.
    Node(NodeId, String),
    /// A setting of a link.
    Link(LinkId, String),
    /// A figure of the catalog.
    Figure(FigureId),
    /// A variable of the design.
    Variable(String),
}

impl fmt::Display for ParamPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(node, key) => write!(f, "{node}.{key}"),
            Self::Link(link, key) => write!(f, "{link}.{key}"),
            Self::Figure(figure) => write!(f, "catalog:{figure}"),
            Self::Variable(name) => write!(f, "variable:{name}"),
        }
    }
}

/// A text that is no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no parameter: write node.parameter, sender->receiver.parameter, catalog:figure or variable:name"
)]
pub struct PathError(String);

impl FromStr for ParamPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        if let Some(figure) = text.strip_prefix("catalog:") {
            return Ok(Self::Figure(FigureId(figure.to_owned())));
        }
        if let Some(name) = text.strip_prefix("variable:") {
            return Ok(Self::Variable(name.to_owned()));
        }
        match text.rsplit_once('.') {
            Some((owner, key)) if !owner.is_empty() && !key.is_empty() => {
                Ok(if owner.contains("->") {
                    Self::Link(LinkId::from(owner), key.to_owned())
                } else {
                    Self::Node(NodeId::from(owner), key.to_owned())
                })
            }
            _ => Err(PathError(text.to_owned())),
        }
    }
}

impl Serialize for ParamPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ParamPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
