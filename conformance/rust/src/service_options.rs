//! What commands say about a service, whatever its pattern.

use iceoryx2::prelude::*;
use serde::Deserialize;

use crate::failure::{Failure, Outcome};

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    Create,
    Open,
    OpenOrCreate,
}

/// What a service shall have when it is created, and must have when it is opened.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct AttributePairs(Vec<(String, String)>);

impl AttributePairs {
    pub const NONE: &'static Self = &Self(Vec::new());

    pub fn specifier(&self) -> Outcome<AttributeSpecifier> {
        let mut attributes = AttributeSpecifier::new();
        for (key, value) in &self.0 {
            attributes =
                attributes.define(&key.as_str().try_into()?, &value.as_str().try_into()?)?;
        }
        Ok(attributes)
    }

    pub fn verifier(&self) -> Outcome<AttributeVerifier> {
        let mut attributes = AttributeVerifier::new();
        for (key, value) in &self.0 {
            attributes =
                attributes.require(&key.as_str().try_into()?, &value.as_str().try_into()?)?;
        }
        Ok(attributes)
    }
}

/// The pairs of a living service.
pub fn attribute_pairs(attributes: &AttributeSet) -> Vec<(String, String)> {
    attributes
        .iter()
        .map(|attribute| (attribute.key().to_string(), attribute.value().to_string()))
        .collect()
}

pub fn backpressure_strategy(name: &str) -> Outcome<BackpressureStrategy> {
    match name {
        "RetryUntilDelivered" => Ok(BackpressureStrategy::RetryUntilDelivered),
        "DiscardData" => Ok(BackpressureStrategy::DiscardData),
        other => Err(Failure::usage(format!("there is no strategy {other}"))),
    }
}

/// Applies every option that is there: `apply!(builder, qos, history_size, max_nodes)`.
macro_rules! apply {
    ($builder:expr, $options:expr, $($name:ident),* $(,)?) => {{
        let mut builder = $builder;
        $(if let Some(value) = $options.$name {
            builder = builder.$name(value);
        })*
        builder
    }};
}
pub(crate) use apply;
