//! How commands describe types.

use serde_json::Value;

/// The words of `python/payload_types.py` for a type, in one text.
pub fn text_of(description: &Value) -> String {
    let part = |name: &str| text_of(&description[name]);
    match description {
        Value::Null => "()".into(),
        // Containers have the path of their module before their name.
        Value::String(name) => name.rsplit("::").next().unwrap_or_default().into(),
        _ if description.get("slice").is_some() => format!("[{}]", part("slice")),
        _ if description.get("array").is_some() => {
            format!("[{}; {}]", part("array"), description["length"])
        }
        _ if description.get("struct").is_some() => part("struct"),
        other => other.to_string(),
    }
}
