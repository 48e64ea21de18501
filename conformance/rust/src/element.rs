//! Values of fixed size: how they come from JSON and go there.

use core::fmt::Debug;

use iceoryx2::prelude::*;
use iceoryx2_bb_container::string::{StaticString, String as _};
use iceoryx2_bb_container::vector::{StaticVec, Vector};
use serde_json::{Map, Value, json};

use crate::failure::{Failure, Outcome};
use crate::marks;

/// A payload of fixed size, an element of a slice, or a user header.
pub trait Element: ZeroCopySend + Debug + Default + 'static {
    fn from_json(value: &Value) -> Outcome<Self>;
    fn to_json(&self) -> Value;

    /// The elements of a slice.
    fn slice_from_json(value: &Value) -> Outcome<Vec<Self>> {
        items(value)?.iter().map(Self::from_json).collect()
    }

    fn slice_to_json(slice: &[Self]) -> Value {
        slice.iter().map(Self::to_json).collect()
    }

    /// A word of a numbered message, where the type can hold one.
    fn from_word(_word: u64) -> Option<Self> {
        None
    }

    fn to_word(&self) -> Option<u64> {
        None
    }
}

fn items(value: &Value) -> Outcome<&Vec<Value>> {
    value
        .as_array()
        .ok_or_else(|| Failure::usage(format!("{value} is no list")))
}

impl Element for () {
    fn from_json(_value: &Value) -> Outcome<Self> {
        Ok(())
    }

    fn to_json(&self) -> Value {
        Value::Null
    }
}

impl Element for bool {
    fn from_json(value: &Value) -> Outcome<Self> {
        value
            .as_bool()
            .ok_or_else(|| Failure::usage(format!("{value} is no bool")))
    }

    fn to_json(&self) -> Value {
        json!(self)
    }
}

impl Element for u8 {
    fn from_json(value: &Value) -> Outcome<Self> {
        marks::integer(value)
    }

    fn to_json(&self) -> Value {
        json!(self)
    }

    fn slice_from_json(value: &Value) -> Outcome<Vec<Self>> {
        marks::to_bytes(value)
            .ok_or_else(|| Failure::usage(format!("{value} is not marked as bytes")))
    }

    fn slice_to_json(slice: &[Self]) -> Value {
        marks::bytes(slice)
    }
}

impl Element for u64 {
    fn from_json(value: &Value) -> Outcome<Self> {
        marks::integer(value)
    }

    fn to_json(&self) -> Value {
        marks::bigint(self)
    }

    fn from_word(word: u64) -> Option<Self> {
        Some(word)
    }

    fn to_word(&self) -> Option<u64> {
        Some(*self)
    }
}

macro_rules! integers {
    ($($name:ty => $show:expr),* $(,)?) => {$(
        impl Element for $name {
            fn from_json(value: &Value) -> Outcome<Self> {
                marks::integer(value)
            }

            fn to_json(&self) -> Value {
                $show(self)
            }
        }
    )*};
}

fn number(value: &(impl Copy + Into<i64>)) -> Value {
    json!((*value).into())
}

integers!(
    u16 => number,
    u32 => number,
    i8 => number,
    i16 => number,
    i32 => number,
    i64 => marks::bigint,
    isize => marks::bigint,
    usize => marks::bigint,
);

macro_rules! floats {
    ($($name:ty),*) => {$(
        impl Element for $name {
            fn from_json(value: &Value) -> Outcome<Self> {
                match value.as_f64() {
                    Some(number) => Ok(number as $name),
                    None => Err(Failure::usage(format!("{value} is no number"))),
                }
            }

            fn to_json(&self) -> Value {
                json!(f64::from(*self))
            }
        }
    )*};
}

floats!(f32, f64);

impl<T: Element, const N: usize> Element for [T; N]
where
    [T; N]: Default,
{
    fn from_json(value: &Value) -> Outcome<Self> {
        let length = |list: Vec<T>| Failure::usage(format!("{} elements, not {N}", list.len()));
        T::slice_from_json(value)?.try_into().map_err(length)
    }

    fn to_json(&self) -> Value {
        T::slice_to_json(self)
    }
}

impl<const N: usize> Element for StaticString<N> {
    fn from_json(value: &Value) -> Outcome<Self> {
        Ok(Self::try_from(value.as_str().unwrap_or_default())?)
    }

    fn to_json(&self) -> Value {
        json!(self.as_str())
    }
}

impl<T: Element, const N: usize> Element for StaticVec<T, N> {
    fn from_json(value: &Value) -> Outcome<Self> {
        let mut vector = Self::new();
        for element in T::slice_from_json(value)? {
            vector.push(element)?;
        }
        Ok(vector)
    }

    fn to_json(&self) -> Value {
        T::slice_to_json(self.as_slice())
    }
}

/// The value of a field of a structure.
pub fn field<T: Element>(fields: &Map<String, Value>, name: &str) -> Outcome<T> {
    T::from_json(fields.get(name).unwrap_or(&Value::Null))
}
