//! What JSON cannot say exactly travels marked: `{"$bigint": "5"}` and `{"$bytes": "0aff"}`.

use core::fmt::Display;
use core::str::FromStr;

use serde_json::{Value, json};

use crate::failure::{Failure, Outcome};

pub fn bigint(value: impl Display) -> Value {
    json!({ "$bigint": value.to_string() })
}

/// An integer, marked or not.
pub fn integer<T: FromStr>(value: &Value) -> Outcome<T> {
    let text = match value.get("$bigint") {
        Some(marked) => marked.as_str().unwrap_or_default().to_string(),
        None => value.to_string(),
    };
    text.parse()
        .map_err(|_| Failure::usage(format!("{value} is no integer of this size")))
}

pub fn bytes(content: &[u8]) -> Value {
    let hex: String = content.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({ "$bytes": hex })
}

/// Marked bytes; `None` if the value is something else.
pub fn to_bytes(value: &Value) -> Option<Vec<u8>> {
    let hex = value.get("$bytes")?.as_str()?;
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok())
        .collect()
}
