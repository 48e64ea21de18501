//! Notifiers and listeners.

use std::collections::BTreeMap;

use iceoryx2::port::listener::Listener as ListeningPort;
use iceoryx2::port::notifier::{ListenerKey, Notifier as NotifyingPort};
use iceoryx2::prelude::*;
use iceoryx2::service::dynamic_config::event::{ListenerDetails, NotifierDetails};
use iceoryx2::service::port_factory::event::PortFactory as Factory;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{duration, milliseconds, pair};
use crate::content::Ipc;
use crate::failure::Outcome;
use crate::marks::bigint;
use crate::node::with_handle;
use crate::objects::{Handle, Objects};

#[derive(Deserialize)]
pub struct Listener {
    service: Handle,
    #[serde(default)]
    name: String,
}

impl Listener {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let service = objects.get::<Factory<Ipc>>(self.service)?;
        let port = service
            .listener_builder()
            .name(&PortName::new(&self.name)?)
            .create()?;
        let facts = json!({ "id": bigint(port.id().value()), "deadline": port.deadline().map(milliseconds) });
        Ok(with_handle(facts, objects.add(port)))
    }
}

#[derive(Deserialize)]
pub struct Notifier {
    service: Handle,
    #[serde(default)]
    name: String,
    #[serde(default)]
    default_event_id: usize,
}

impl Notifier {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let service = objects.get::<Factory<Ipc>>(self.service)?;
        let builder = service.notifier_builder().name(&PortName::new(&self.name)?);
        let port = builder
            .default_event_id(EventId::new(self.default_event_id))
            .create()?;
        let facts = json!({ "id": bigint(port.id().value()), "deadline": port.deadline().map(milliseconds) });
        Ok(with_handle(facts, objects.add(port)))
    }
}

/// The details of every port of the service.
#[derive(Deserialize)]
pub struct EventPorts {
    service: Handle,
}

impl EventPorts {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let dynamic = objects.get::<Factory<Ipc>>(self.service)?.dynamic_config();
        let (mut listeners, mut notifiers) = (Vec::new(), Vec::new());
        dynamic.list_listeners(|details| {
            listeners.push(describe_listener(details));
            CallbackProgression::Continue
        });
        dynamic.list_notifiers(|details| {
            notifiers.push(describe_notifier(details));
            CallbackProgression::Continue
        });
        Ok(json!({ "listeners": listeners, "notifiers": notifiers }))
    }
}

fn describe_listener(details: &ListenerDetails) -> Value {
    json!({
        "id": bigint(details.listener_id.value()),
        "name": details.listener_name.as_str(),
        "node_id": bigint(details.node_id.value()),
    })
}

fn describe_notifier(details: &NotifierDetails) -> Value {
    json!({
        "id": bigint(details.notifier_id.value()),
        "name": details.notifier_name.as_str(),
        "node_id": bigint(details.node_id.value()),
    })
}

fn once() -> usize {
    1
}

/// Notifies all listeners; the result is how many there were the last time.
#[derive(Deserialize)]
pub struct Notify {
    notifier: Handle,
    event_id: Option<usize>,
    #[serde(default = "once")]
    times: usize,
}

impl Notify {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let port = objects.get::<NotifyingPort<Ipc>>(self.notifier)?;
        let mut notified = 0;
        for _ in 0..self.times {
            notified = match self.event_id {
                Some(id) => port.notify_with_custom_event_id(EventId::new(id))?,
                None => port.notify()?,
            };
        }
        Ok(notified.into())
    }
}

/// The listeners that a notifier is connected to: a handle for `notify_single_listener`, and their details.
///
/// With `event_id` each of them is notified in the loop.
#[derive(Deserialize)]
pub struct ListenerKeys {
    notifier: Handle,
    event_id: Option<usize>,
}

impl ListenerKeys {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let port = objects.get::<NotifyingPort<Ipc>>(self.notifier)?;
        let mut listeners = Vec::new();
        let mut outcome = Ok(());
        port.for_each_listener(|listener, details| {
            listeners.push((listener.listener_key(), describe_listener(details)));
            if let Some(id) = self.event_id {
                outcome = outcome.and(listener.notify_with_custom_event_id(EventId::new(id)));
            }
            CallbackProgression::Continue
        });
        outcome?;
        let with_key = |(key, facts): (ListenerKey, Value)| with_handle(facts, objects.add(key));
        Ok(listeners.into_iter().map(with_key).collect())
    }
}

#[derive(Deserialize)]
pub struct NotifySingleListener {
    notifier: Handle,
    /// From `listener_keys`.
    listener: Handle,
    event_id: Option<usize>,
}

impl NotifySingleListener {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let port = objects.get::<NotifyingPort<Ipc>>(self.notifier)?;
        let key = objects.get::<ListenerKey>(self.listener)?;
        match self.event_id {
            Some(id) => port.notify_single_listener_with_custom_event_id(key, EventId::new(id))?,
            None => port.notify_single_listener(key)?,
        }
        Ok(Value::Null)
    }
}

/// What was notified since the last time: pairs of event id and count.
#[derive(Deserialize)]
pub struct TryWait {
    listener: Handle,
}

impl TryWait {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let port = objects.get::<ListeningPort<Ipc>>(self.listener)?;
        let mut pairs = Vec::new();
        port.try_wait(|activation| pairs.push(pair(&activation)))?;
        Ok(pairs.into())
    }
}

/// The same, blocking until there is something or the time is over.
#[derive(Deserialize)]
pub struct TimedWait {
    listener: Handle,
    milliseconds: f64,
}

impl TimedWait {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let port = objects.get::<ListeningPort<Ipc>>(self.listener)?;
        let mut pairs = Vec::new();
        port.timed_wait(
            |activation| pairs.push(pair(&activation)),
            duration(self.milliseconds),
        )?;
        Ok(pairs.into())
    }
}

/// Waits until so many notifications came, and returns how many there were of each event id.
#[derive(Deserialize)]
pub struct CountEvents {
    listener: Handle,
    total: u64,
}

impl CountEvents {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let port = objects.get::<ListeningPort<Ipc>>(self.listener)?;
        let mut counts: BTreeMap<usize, u64> = BTreeMap::new();
        while counts.values().sum::<u64>() < self.total {
            port.blocking_wait(|activation| {
                *counts.entry(activation.id.as_value()).or_default() += activation.count
            })?;
        }
        Ok(json!(counts.into_iter().collect::<Vec<_>>()))
    }
}
