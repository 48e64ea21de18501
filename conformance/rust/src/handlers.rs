//! Handlers that act as a test wants and write down how they were called.

use std::sync::{Arc, Mutex};

use iceoryx2::port::{
    BackpressureAction, BackpressureInfo, DegradationAction, DegradationCause, DegradationInfo,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::failure::{Failure, Outcome};
use crate::marks::bigint;

/// How a handler was called, the oldest first.
#[derive(Clone, Default)]
pub struct Reports(Arc<Mutex<Vec<Value>>>);

impl Reports {
    fn add(&self, report: Value) {
        self.0.lock().expect("no handler panics").push(report);
    }

    /// What came since the last time.
    pub fn take(&self) -> Vec<Value> {
        core::mem::take(&mut self.0.lock().expect("no handler panics"))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackpressureOptions {
    /// How often to try again.
    #[serde(default)]
    retries: u64,
    /// The name of the action that follows.
    then: String,
}

impl BackpressureOptions {
    pub fn handler(
        self,
        reports: Reports,
    ) -> Outcome<impl Fn(&BackpressureInfo) -> BackpressureAction + Send + 'static> {
        let last = match self.then.as_str() {
            "FollowBackpressureStrategy" => BackpressureAction::FollowBackpressureyStrategy,
            "DiscardData" => BackpressureAction::DiscardData,
            "DiscardDataAndFail" => BackpressureAction::DiscardDataAndFail,
            other => return Err(Failure::usage(format!("there is no action {other}"))),
        };
        Ok(move |info: &BackpressureInfo| {
            reports.add(json!({
                "service_id": bigint(info.service_id),
                "sender_port_id": bigint(info.sender_port_id),
                "receiver_port_id": bigint(info.receiver_port_id),
                "retries": info.retries,
            }));
            if info.retries < self.retries {
                BackpressureAction::Retry
            } else {
                last
            }
        })
    }
}

#[derive(Clone, Copy, Deserialize)]
pub enum DegradationOption {
    Ignore,
    Warn,
    DegradeAndFail,
}

impl DegradationOption {
    pub fn handler(
        self,
        reports: Reports,
    ) -> impl Fn(DegradationCause, &DegradationInfo) -> DegradationAction + Send + 'static {
        move |cause, info| {
            reports.add(json!({
                "cause": match cause {
                    DegradationCause::FailedToEstablishConnection => "FailedToEstablishConnection",
                    DegradationCause::ConnectionCorrupted => "ConnectionCorrupted",
                },
                "service_id": bigint(info.service_id),
                "sender_port_id": bigint(info.sender_port_id),
                "receiver_port_id": bigint(info.receiver_port_id),
            }));
            match self {
                Self::Ignore => DegradationAction::Ignore,
                Self::Warn => DegradationAction::Warn,
                Self::DegradeAndFail => DegradationAction::DegradeAndFail,
            }
        }
    }
}
