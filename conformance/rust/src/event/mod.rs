//! Commands of the event pattern.

mod ports;
mod service;
mod wait_set;

pub use ports::{
    CountEvents, EventPorts, Listener, ListenerKeys, Notifier, Notify, NotifySingleListener,
    TimedWait, TryWait,
};
pub use service::{Event, EventSettings};
pub use wait_set::WaitSet;

use core::time::Duration;

use iceoryx2::prelude::EventActivation;
use serde_json::{Value, json};

fn duration(milliseconds: f64) -> Duration {
    Duration::from_secs_f64(milliseconds / 1000.0)
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Event id and count, as all answers have them.
fn pair(activation: &EventActivation) -> Value {
    json!([activation.id.as_value(), activation.count])
}
