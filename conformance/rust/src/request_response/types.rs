//! The types that services may have. Rust needs to know them when it is compiled.

use iceoryx2::node::Node;
use serde_json::Value;

use super::service::{AnyService, RequestResponse};
use crate::content::Ipc;
use crate::failure::{Failure, Outcome};
use crate::service_options::Verb;
use crate::structures::TransmissionData;
use crate::types::text_of;

macro_rules! table {
    ($($text:pat => ($request:ty, $request_header:ty, $response:ty, $response_header:ty)),* $(,)?) => {
        /// The descriptions are those of the request, its user header, the response and its user header.
        pub fn build(
            descriptions: [&Value; 4],
            node: &Node<Ipc>,
            command: &RequestResponse,
        ) -> Outcome<Box<dyn AnyService>> {
            let texts = descriptions.map(text_of);
            match texts.each_ref().map(String::as_str) {
                $($text => {
                    let builder =
                        command.builder::<$request, $request_header, $response, $response_header>(node)?;
                    let attributes = command.attributes();
                    Ok(match command.verb() {
                        Verb::Create => {
                            Box::new(builder.create_with_attributes(&attributes.specifier()?)?)
                        }
                        Verb::Open => Box::new(builder.open_with_attributes(&attributes.verifier()?)?),
                        Verb::OpenOrCreate => {
                            Box::new(builder.open_or_create_with_attributes(&attributes.verifier()?)?)
                        }
                    })
                })*
                types => Err(Failure::usage(format!("add the types {types:?} to request_response/types.rs"))),
            }
        }
    };
}

table!(
    ["u64", "()", "u64", "()"] => (u64, (), u64, ()),
    ["TransmissionData", "u32", "u64", "u8"] => (TransmissionData, u32, u64, u8),
    ["[u8]", "()", "[u16]", "()"] => ([u8], (), [u16], ()),
);
