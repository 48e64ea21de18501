//! The types that services may have. Rust needs to know them when it is compiled.

use iceoryx2::node::Node;
use iceoryx2_bb_container::string::StaticString;
use iceoryx2_bb_container::vector::StaticVec;
use serde_json::Value;

use super::service::{AnyService, PublishSubscribe};
use crate::content::Ipc;
use crate::failure::{Failure, Outcome};
use crate::structures::{Contained, Nested, Padded, TransmissionData};
use crate::types::text_of;

macro_rules! table {
    ($(($payload_text:literal, $header_text:literal) => ($payload:ty, $header:ty)),* $(,)?) => {
        pub fn build(
            payload: &Value,
            user_header: &Value,
            node: &Node<Ipc>,
            command: &PublishSubscribe,
        ) -> Outcome<Box<dyn AnyService>> {
            match (text_of(payload).as_str(), text_of(user_header).as_str()) {
                $(($payload_text, $header_text) => command.build::<$payload, $header>(node),)*
                (payload, header) => Err(Failure::usage(format!(
                    "add the types {payload} and {header} to publish_subscribe/types.rs"
                ))),
            }
        }
    };
}

table!(
    ("u8", "()") => (u8, ()),
    ("u16", "()") => (u16, ()),
    ("u32", "()") => (u32, ()),
    ("u64", "()") => (u64, ()),
    ("usize", "()") => (usize, ()),
    ("i8", "()") => (i8, ()),
    ("i16", "()") => (i16, ()),
    ("i32", "()") => (i32, ()),
    ("i64", "()") => (i64, ()),
    ("isize", "()") => (isize, ()),
    ("f32", "()") => (f32, ()),
    ("f64", "()") => (f64, ()),
    ("bool", "()") => (bool, ()),
    ("[u8; 4]", "()") => ([u8; 4], ()),
    ("TransmissionData", "()") => (TransmissionData, ()),
    ("Padded", "()") => (Padded, ()),
    ("Nested", "()") => (Nested, ()),
    ("Contained", "()") => (Contained, ()),
    ("StaticString<7>", "()") => (StaticString<7>, ()),
    ("StaticVec<u32, 3>", "()") => (StaticVec<u32, 3>, ()),
    ("[u8]", "()") => ([u8], ()),
    ("[u64]", "()") => ([u64], ()),
    ("[f32]", "()") => ([f32], ()),
    ("[bool]", "()") => ([bool], ()),
    ("[Padded]", "()") => ([Padded], ()),
    ("u8", "i16") => (u8, i16),
    ("u8", "Padded") => (u8, Padded),
    ("[u8]", "u8") => ([u8], u8),
);
