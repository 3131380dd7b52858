//! Values of parameters, whatever their type.
//!
//! The registry, multi-edit, sweeps and the command line handle parameters
//! without knowing which setting they touch; a [`Field`] converts between the
//! typed setting and a [`Value`].

use serde::{Deserialize, Serialize};

use crate::law::Law;
use crate::units::{Concurrency, Gigabytes, Kilobytes, Megabytes, Millis, Rate, RequestsPerSecond};

/// A parameter's value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// A number in the parameter's unit.
    Number(f64),
    /// On or off.
    Flag(bool),
    /// One of a list.
    Choice(String),
    /// Free text.
    Text(String),
    /// A duration with its spread.
    Law(Law),
    /// Events per period.
    Rate(Rate),
}

impl Value {
    /// The value as one number: means for laws, per second for rates, 0 and 1
    /// for flags; none for texts.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Flag(flag) => Some(f64::from(u8::from(*flag))),
            Self::Law(law) => Some(law.mean().0),
            Self::Rate(rate) => Some(rate.per_second().0),
            Self::Choice(_) | Self::Text(_) => None,
        }
    }
}

/// The unit that a number is entered and shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A bare number.
    None,
    /// Milliseconds.
    Millis,
    /// Seconds.
    Seconds,
    /// Hours.
    Hours,
    /// Days.
    Days,
    /// 1,024-based megabytes.
    Megabytes,
    /// 1,024-based kilobytes.
    Kilobytes,
    /// Gigabytes.
    Gigabytes,
    /// Events per second.
    PerSecond,
    /// Simultaneous executions.
    Executions,
    /// 0 to 1, shown in percent.
    Share,
    /// US dollars.
    Usd,
}

impl Unit {
    /// Short form after a number.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::None | Self::Executions => "",
            Self::Millis => "ms",
            Self::Seconds => "s",
            Self::Hours => "h",
            Self::Days => "d",
            Self::Megabytes => "MB",
            Self::Kilobytes => "KB",
            Self::Gigabytes => "GB",
            Self::PerSecond => "/s",
            Self::Share => "%",
            Self::Usd => "$",
        }
    }
}

/// The shape of a parameter's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A real number.
    Number,
    /// A whole number.
    Whole,
    /// On or off.
    Flag,
    /// One of these.
    Choice(&'static [&'static str]),
    /// Free text.
    Text,
    /// A duration with its spread.
    Law,
    /// Events per period.
    Rate,
}

/// A type that a setting can have.
pub trait Field: Clone + PartialEq {
    /// The shape of its values.
    const KIND: FieldKind;
    /// As a value.
    fn to_value(&self) -> Value;
    /// From a value of fitting shape.
    fn from_value(value: &Value) -> Option<Self>;
}

macro_rules! number_fields {
    ($($unit:ident),+) => {$(
        impl Field for $unit {
            const KIND: FieldKind = FieldKind::Number;
            fn to_value(&self) -> Value {
                Value::Number(self.0)
            }
            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::Number(number) => Some(Self(*number)),
                    _ => None,
                }
            }
        }
    )+};
}

number_fields!(
    Millis,
    Megabytes,
    Kilobytes,
    Gigabytes,
    RequestsPerSecond,
    Concurrency
);

impl Field for f64 {
    const KIND: FieldKind = FieldKind::Number;
    fn to_value(&self) -> Value {
        Value::Number(*self)
    }
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }
}

impl Field for u32 {
    const KIND: FieldKind = FieldKind::Whole;
    fn to_value(&self) -> Value {
        Value::Number(f64::from(*self))
    }
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number)
                if number.fract() == 0.0 && (0.0..=f64::from(Self::MAX)).contains(number) =>
            {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "checked to be whole and in range"
                )]
                #[expect(clippy::cast_sign_loss, reason = "checked to be whole and in range")]
                Some(*number as Self)
            }
            _ => None,
        }
    }
}

impl Field for bool {
    const KIND: FieldKind = FieldKind::Flag;
    fn to_value(&self) -> Value {
        Value::Flag(*self)
    }
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Flag(flag) => Some(*flag),
            _ => None,
        }
    }
}

impl Field for String {
    const KIND: FieldKind = FieldKind::Text;
    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl Field for Law {
    const KIND: FieldKind = FieldKind::Law;
    fn to_value(&self) -> Value {
        Value::Law(self.clone())
    }
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Law(law) => law.validate().is_ok().then(|| law.clone()),
            Value::Number(number) => {
                let law = Self::Fixed(Millis(*number));
                law.validate().is_ok().then_some(law)
            }
            _ => None,
        }
    }
}

impl Field for Rate {
    const KIND: FieldKind = FieldKind::Rate;
    fn to_value(&self) -> Value {
        Value::Rate(*self)
    }
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Rate(rate) => Some(*rate),
            Value::Number(number) => number.to_string().parse().ok(),
            Value::Text(text) => text.parse().ok(),
            _ => None,
        }
    }
}

/// Declares an enum whose variants are choices in files and menus.
macro_rules! choices {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$vdoc])* $variant),+
        }

        // Written as texts: `python3.13` and `on demand` are no names in RON.
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.text())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                match text.as_str() {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(serde::de::Error::unknown_variant(&text, Self::TEXTS)),
                }
            }
        }

        impl $name {
            /// All choices as written.
            pub const TEXTS: &'static [&'static str] = &[$($text),+];

            /// As written in files and menus.
            pub fn text(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }
        }

        impl $crate::design::value::Field for $name {
            const KIND: $crate::design::value::FieldKind =
                $crate::design::value::FieldKind::Choice(Self::TEXTS);
            fn to_value(&self) -> $crate::design::value::Value {
                $crate::design::value::Value::Choice(self.text().to_owned())
            }
            fn from_value(value: &$crate::design::value::Value) -> Option<Self> {
                let ($crate::design::value::Value::Choice(text)
                | $crate::design::value::Value::Text(text)) = value
                else {
                    return None;
                };
                match text.as_str() {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use choices;
