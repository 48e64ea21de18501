//! Services of the event pattern.

use std::collections::BTreeMap;

use iceoryx2::node::Node;
use iceoryx2::prelude::*;
use iceoryx2::service::builder::event::Builder;
use iceoryx2::service::port_factory::event::PortFactory as Factory;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{duration, milliseconds};
use crate::content::Ipc;
use crate::failure::{Failure, Outcome};
use crate::node::with_handle;
use crate::objects::{Handle, Objects};
use crate::service_options::{Verb, apply};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Settings {
    max_notifiers: Option<usize>,
    max_listeners: Option<usize>,
    max_nodes: Option<usize>,
    event_id_max_value: Option<usize>,
}

/// Creates or opens a service. Events are event ids by builder method, the deadline is in milliseconds.
#[derive(Deserialize)]
pub struct Event {
    node: Handle,
    name: String,
    verb: Verb,
    #[serde(default)]
    events: BTreeMap<String, usize>,
    #[serde(default)]
    settings: Settings,
    deadline: Option<f64>,
    #[serde(default)]
    disable: Vec<String>,
}

impl Event {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let node = objects.get::<Node<Ipc>>(self.node)?;
        let builder = node
            .service_builder(&self.name.as_str().try_into()?)
            .event();
        let settings = &self.settings;
        let mut builder = apply!(
            builder,
            settings,
            max_notifiers,
            max_listeners,
            max_nodes,
            event_id_max_value
        );
        for (method, id) in &self.events {
            builder = with_event(builder, method, EventId::new(*id))?;
        }
        if let Some(deadline) = self.deadline {
            builder = builder.deadline(duration(deadline));
        }
        for method in &self.disable {
            builder = without(builder, method)?;
        }
        let service = match self.verb {
            Verb::Create => builder.create()?,
            Verb::Open => builder.open()?,
            Verb::OpenOrCreate => builder.open_or_create()?,
        };
        Ok(with_handle(json!({}), objects.add(service)))
    }
}

fn with_event(builder: Builder<Ipc>, method: &str, id: EventId) -> Outcome<Builder<Ipc>> {
    match method {
        "notifier_created_event" => Ok(builder.notifier_created_event(id)),
        "notifier_dropped_event" => Ok(builder.notifier_dropped_event(id)),
        "notifier_dead_event" => Ok(builder.notifier_dead_event(id)),
        other => Err(Failure::usage(format!("there is no event {other}"))),
    }
}

fn without(builder: Builder<Ipc>, method: &str) -> Outcome<Builder<Ipc>> {
    match method {
        "disable_deadline" => Ok(builder.disable_deadline()),
        "disable_notifier_created_event" => Ok(builder.disable_notifier_created_event()),
        "disable_notifier_dropped_event" => Ok(builder.disable_notifier_dropped_event()),
        "disable_notifier_dead_event" => Ok(builder.disable_notifier_dead_event()),
        other => Err(Failure::usage(format!("nothing is disabled by {other}"))),
    }
}

/// What the service was created with.
#[derive(Deserialize)]
pub struct EventSettings {
    service: Handle,
}

impl EventSettings {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let config = objects.get::<Factory<Ipc>>(self.service)?.static_config();
        let id = |event: Option<EventId>| event.map(|id| id.as_value());
        Ok(json!({
            "notifier_created_event": id(config.notifier_created_event()),
            "notifier_dropped_event": id(config.notifier_dropped_event()),
            "notifier_dead_event": id(config.notifier_dead_event()),
            "max_notifiers": config.max_notifiers(),
            "max_listeners": config.max_listeners(),
            "max_nodes": config.max_nodes(),
            "event_id_max_value": config.event_id_max_value(),
            "deadline": config.deadline().map(milliseconds),
        }))
    }
}
