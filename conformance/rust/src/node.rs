//! Commands about nodes and the services of their domain.

use iceoryx2::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::content::Ipc;
use crate::failure::{Failure, Outcome};
use crate::marks::bigint;
use crate::objects::{Handle, Objects};

#[derive(Deserialize)]
pub struct NodeCreate {
    prefix: String,
    root_path: String,
    #[serde(default)]
    name: String,
    /// Dotted names of the configuration, such as `defaults.event.max_nodes`.
    #[serde(default)]
    config: Map<String, Value>,
}

impl NodeCreate {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let mut config = serde_json::to_value(Config::default())?;
        set(&mut config, "global.prefix", self.prefix.into())?;
        set(&mut config, "global.root_path", self.root_path.into())?;
        for (path, value) in self.config {
            set(&mut config, &path, value)?;
        }
        let config: Config = serde_json::from_value(config)?;
        let name = NodeName::new(&self.name)?;
        let node = NodeBuilder::new()
            .config(&config)
            .name(&name)
            .create::<Ipc>()?;
        let facts = json!({ "id": bigint(node.id().value()), "name": node.name().as_str() });
        Ok(with_handle(facts, objects.add(node)))
    }
}

/// Sets what must be there already.
fn set(config: &mut Value, path: &str, value: Value) -> Outcome<()> {
    let pointer = format!("/{}", path.replace('.', "/").replace('_', "-"));
    match config.pointer_mut(&pointer) {
        Some(setting) => *setting = value,
        None => return Err(Failure::usage(format!("there is no setting {path}"))),
    }
    Ok(())
}

#[derive(Deserialize)]
pub struct NodeList {
    node: Handle,
}

impl NodeList {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let node = objects.get::<Node<Ipc>>(self.node)?;
        let mut states = Vec::new();
        Node::<Ipc>::list(node.config(), |state| {
            states.push(
                json!({ "state": state_name(&state), "id": bigint(state.node_id().value()) }),
            );
            CallbackProgression::Continue
        })?;
        Ok(states.into())
    }
}

fn state_name(state: &NodeState<Ipc>) -> &'static str {
    match state {
        NodeState::Alive(_) => "Alive",
        NodeState::Dead(_) => "Dead",
        NodeState::Inaccessible(_) => "Inaccessible",
        NodeState::Undefined(_) => "Undefined",
    }
}

/// The facts about an object, and how to name it from now on.
pub fn with_handle(mut facts: Value, handle: Handle) -> Value {
    facts["handle"] = handle.into();
    facts
}
