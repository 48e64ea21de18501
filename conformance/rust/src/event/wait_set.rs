//! A WaitSet that lives as long as its command.

use std::time::Instant;

use iceoryx2::port::listener::Listener;
use iceoryx2::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{duration, pair};
use crate::content::Ipc;
use crate::failure::{Failure, Outcome};
use crate::objects::{Handle, Objects};

/// A listener, perhaps with a deadline, or an interval; in milliseconds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Attachment {
    listener: Option<Handle>,
    deadline: Option<f64>,
    interval: Option<f64>,
}

/// Waits until the callback was called so often, or for so many milliseconds.
///
/// The result tells of each call which attachment it was about, by its place in the list, whether it was an `event` or
/// a `missed_deadline`, and what its listener had been notified of.
#[derive(Deserialize)]
pub struct WaitSet {
    attachments: Vec<Attachment>,
    calls: usize,
    timeout: f64,
}

/// Upstream's guard of an interval lives longer than that of a listener, and neither can stand for the other.
enum Attached<'wait_set, 'port> {
    Listener(WaitSetGuard<'wait_set, 'port, Ipc>, &'port Listener<Ipc>),
    Interval(WaitSetGuard<'wait_set, 'static, Ipc>),
}

impl Attached<'_, '_> {
    /// What a call is about, if it is about this attachment.
    fn describe(&self, index: usize, id: &WaitSetAttachmentId<Ipc>) -> Option<Value> {
        let (is_event, is_missed, port) = match self {
            Self::Listener(guard, port) => (
                id.has_event_from(guard),
                id.has_missed_deadline(guard),
                Some(*port),
            ),
            Self::Interval(guard) => (
                id.has_event_from(guard),
                id.has_missed_deadline(guard),
                None,
            ),
        };
        let what = match (is_event, is_missed) {
            (true, _) => "event",
            (_, true) => "missed_deadline",
            _ => return None,
        };
        let activations = port.map(drain).unwrap_or_default();
        Some(json!({ "attachment": index, "what": what, "activations": activations }))
    }
}

impl WaitSet {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let wait_set = WaitSetBuilder::new().create::<Ipc>()?;
        let mut attached = Vec::new();
        for Attachment {
            listener,
            deadline,
            interval,
        } in &self.attachments
        {
            attached.push(match (listener, deadline, interval) {
                (Some(handle), None, None) => {
                    let port = objects.get(*handle)?;
                    Attached::Listener(wait_set.attach_notification(port)?, port)
                }
                (Some(handle), Some(deadline), None) => {
                    let port = objects.get(*handle)?;
                    Attached::Listener(wait_set.attach_deadline(port, duration(*deadline))?, port)
                }
                (None, None, Some(interval)) => {
                    Attached::Interval(wait_set.attach_interval(duration(*interval))?)
                }
                _ => return Err(Failure::usage("an attachment is a listener or an interval")),
            });
        }
        let start = Instant::now();
        let mut calls = Vec::new();
        while calls.len() < self.calls {
            let rest = duration(self.timeout).saturating_sub(start.elapsed());
            if rest.is_zero() {
                break;
            }
            let on_event = |id: WaitSetAttachmentId<Ipc>| {
                let all = attached.iter().enumerate();
                calls.extend(all.filter_map(|(index, attached)| attached.describe(index, &id)));
                CallbackProgression::Continue
            };
            wait_set.wait_and_process_once_with_timeout(on_event, rest)?;
        }
        Ok(calls.into())
    }
}

/// A listener that is not drained calls back again and again.
fn drain(port: &Listener<Ipc>) -> Vec<Value> {
    let mut pairs = Vec::new();
    // What cannot be drained shows as nothing.
    let _ = port.try_wait(|activation| pairs.push(pair(&activation)));
    pairs
}
