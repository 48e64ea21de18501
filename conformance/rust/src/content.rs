//! What a message carries, whatever its pattern: one element or a slice of them.

use core::fmt::Debug;

use iceoryx2::prelude::*;
use serde_json::Value;

use crate::element::Element;
use crate::failure::{Failure, Outcome};
use crate::marks;

pub type Ipc = ipc::Service;

pub trait Content: IceoryxSend + Debug + 'static {
    fn to_json(&self) -> Value;

    /// The words of a numbered message.
    fn to_words(&self) -> Outcome<Vec<u64>>;
}

impl<T: Element> Content for T {
    fn to_json(&self) -> Value {
        Element::to_json(self)
    }

    fn to_words(&self) -> Outcome<Vec<u64>> {
        Ok(vec![self.to_word().ok_or_else(no_words)?])
    }
}

impl<T: Element> Content for [T] {
    fn to_json(&self) -> Value {
        T::slice_to_json(self)
    }

    fn to_words(&self) -> Outcome<Vec<u64>> {
        self.iter()
            .map(|element| element.to_word().ok_or_else(no_words))
            .collect()
    }
}

pub fn no_words() -> Failure {
    Failure::usage("numbered messages need a payload of u64")
}

/// How long slices may be, and how their memory grows.
pub struct SliceOptions {
    pub initial_max_slice_len: Option<usize>,
    pub allocation_strategy: Option<AllocationStrategy>,
}

impl SliceOptions {
    /// Fails where there is no slice that these could be about.
    pub fn demand_none(&self) -> Outcome<()> {
        match self {
            Self {
                initial_max_slice_len: None,
                allocation_strategy: None,
            } => Ok(()),
            _ => Err(Failure::usage("this payload is no slice")),
        }
    }
}

/// How many elements a slice needs for a value; a payload of fixed size does not ask.
pub fn length_of(value: &Value) -> usize {
    match value {
        Value::Array(elements) => elements.len(),
        _ => marks::to_bytes(value).map_or(1, |bytes| bytes.len()),
    }
}
