//! The structures that tests exchange; each test writes its own side down once more.

use iceoryx2::prelude::*;
use iceoryx2_bb_container::string::StaticString;
use iceoryx2_bb_container::vector::StaticVec;
use serde_json::{Map, Value};

use crate::element::{Element, field};
use crate::failure::{Failure, Outcome};

macro_rules! structure {
    ($title:literal, $name:ident { $($field:ident: $type:ty),* $(,)? }) => {
        #[derive(Debug, Default, ZeroCopySend)]
        #[type_name($title)]
        #[repr(C)]
        pub struct $name {
            $($field: $type,)*
        }

        impl Element for $name {
            fn from_json(value: &Value) -> Outcome<Self> {
                let fields = value
                    .as_object()
                    .ok_or_else(|| Failure::usage(format!("{value} is no {}", $title)))?;
                Ok(Self { $($field: field(fields, stringify!($field))?,)* })
            }

            fn to_json(&self) -> Value {
                let mut fields = Map::new();
                $(fields.insert(stringify!($field).into(), self.$field.to_json());)*
                fields.into()
            }
        }
    };
}

structure!(
    "TransmissionData",
    TransmissionData {
        x: i32,
        y: i32,
        funky: f64
    }
);
structure!(
    "Padded",
    Padded {
        flag: bool,
        count: u32,
        small: i8,
        big: u64,
        last: u16
    }
);
structure!(
    "Nested",
    Nested {
        padded: Padded,
        matrix: [[f32; 2]; 2],
        ids: [u64; 3]
    }
);
structure!("Contained", Contained {
    id: u8,
    name: StaticString<13>,
    numbers: StaticVec<u64, 3>,
    points: StaticVec<TransmissionData, 2>,
    words: [StaticString<5>; 2],
    index: usize,
});
