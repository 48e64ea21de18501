//! Services of any payload and user header behind one interface.

use iceoryx2::node::Node;
use iceoryx2::prelude::*;
use iceoryx2::service::port_factory::publish_subscribe::PortFactory as Factory;
use iceoryx2::service::static_config::message_type_details::TypeDetail;
use serde::Deserialize;
use serde_json::{Value, json};

use super::ports::{PublisherOptions, SubscriberOptions, TypedPublisher, TypedSubscriber};
use super::types;
use crate::content::Ipc;
use crate::element::Element;
use crate::failure::Outcome;
use crate::marks::bigint;
use crate::message::Message;
use crate::node::with_handle;
use crate::objects::{Handle, Objects};
use crate::publish_subscribe::exchange::{AnyPublisher, AnySubscriber};
use crate::service_options::{AttributePairs, Verb, apply, attribute_pairs};

pub trait AnyService {
    fn hash(&self) -> String;
    fn attributes(&self) -> Value;
    fn config(&self) -> Value;
    fn types(&self) -> Value;
    fn ports(&self) -> Value;
    fn publisher(&self, options: PublisherOptions) -> Outcome<Box<dyn AnyPublisher>>;
    fn subscriber(&self, options: SubscriberOptions) -> Outcome<Box<dyn AnySubscriber>>;
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Qos {
    enable_safe_overflow: Option<bool>,
    subscriber_max_borrowed_samples: Option<usize>,
    history_size: Option<usize>,
    subscriber_max_buffer_size: Option<usize>,
    max_subscribers: Option<usize>,
    max_publishers: Option<usize>,
    max_nodes: Option<usize>,
    payload_alignment: Option<usize>,
}

/// Creates or opens a service of types that `types.rs` knows.
#[derive(Deserialize)]
pub struct PublishSubscribe {
    node: Handle,
    name: String,
    verb: Verb,
    payload: Value,
    #[serde(default)]
    user_header: Value,
    #[serde(default)]
    qos: Option<Qos>,
    #[serde(default)]
    attributes: Option<AttributePairs>,
}

impl PublishSubscribe {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let node = objects.get::<Node<Ipc>>(self.node)?;
        let service = types::build(&self.payload, &self.user_header, node, &self)?;
        let facts = json!({ "hash": service.hash() });
        Ok(with_handle(facts, objects.add(service)))
    }

    /// The service of the types that were found for the descriptions.
    pub(super) fn build<P: Message + ?Sized, H: Element>(
        &self,
        node: &Node<Ipc>,
    ) -> Outcome<Box<dyn AnyService>> {
        let builder = node
            .service_builder(&self.name.as_str().try_into()?)
            .publish_subscribe::<P>()
            .user_header::<H>();
        let none = Qos::default();
        let qos = self.qos.as_ref().unwrap_or(&none);
        let mut builder = apply!(
            builder,
            qos,
            enable_safe_overflow,
            subscriber_max_borrowed_samples,
            history_size,
            subscriber_max_buffer_size,
            max_subscribers,
            max_publishers,
            max_nodes,
        );
        if let Some(alignment) = qos.payload_alignment.and_then(Alignment::new) {
            builder = builder.payload_alignment(alignment);
        }
        let attributes = self.attributes.as_ref().unwrap_or(AttributePairs::NONE);
        Ok(Box::new(P::build(builder, self.verb, attributes)?))
    }
}

impl<P: Message + ?Sized, H: Element> AnyService for Factory<Ipc, P, H> {
    fn hash(&self) -> String {
        self.service_hash().as_str().into()
    }

    fn attributes(&self) -> Value {
        json!(attribute_pairs(PortFactory::attributes(self)))
    }

    fn config(&self) -> Value {
        let (config, dynamic) = (self.static_config(), self.dynamic_config());
        json!({
            "max_subscribers": config.max_subscribers(),
            "max_publishers": config.max_publishers(),
            "max_nodes": config.max_nodes(),
            "history_size": config.history_size(),
            "subscriber_max_buffer_size": config.subscriber_max_buffer_size(),
            "subscriber_max_borrowed_samples": config.subscriber_max_borrowed_samples(),
            "has_safe_overflow": config.has_safe_overflow(),
            "publishers": dynamic.number_of_publishers(),
            "subscribers": dynamic.number_of_subscribers(),
        })
    }

    fn types(&self) -> Value {
        let types = self.static_config().message_type_details();
        json!({
            "header": describe_type(&types.header),
            "user_header": describe_type(&types.user_header),
            "payload": describe_type(&types.payload),
        })
    }

    fn ports(&self) -> Value {
        let mut publishers = Vec::new();
        self.dynamic_config().list_publishers(|details| {
            publishers.push(json!({
                "id": bigint(details.publisher_id.value()),
                "name": details.publisher_name.as_str(),
                "node_id": bigint(details.node_id.value()),
                "number_of_samples": details.number_of_samples,
                "max_slice_len": details.max_slice_len,
                "data_segment_type": format!("{:?}", details.data_segment_type),
                "max_number_of_segments": details.max_number_of_segments,
            }));
            CallbackProgression::Continue
        });
        let mut subscribers = Vec::new();
        self.dynamic_config().list_subscribers(|details| {
            subscribers.push(json!({
                "id": bigint(details.subscriber_id.value()),
                "name": details.subscriber_name.as_str(),
                "node_id": bigint(details.node_id.value()),
                "buffer_size": details.buffer_size,
                "history_request": details.history_request,
            }));
            CallbackProgression::Continue
        });
        json!({ "publishers": publishers, "subscribers": subscribers })
    }

    fn publisher(&self, options: PublisherOptions) -> Outcome<Box<dyn AnyPublisher>> {
        Ok(Box::new(TypedPublisher::create(self, options)?))
    }

    fn subscriber(&self, options: SubscriberOptions) -> Outcome<Box<dyn AnySubscriber>> {
        Ok(Box::new(TypedSubscriber::create(self, options)?))
    }
}

fn describe_type(detail: &TypeDetail) -> Value {
    json!({
        "variant": format!("{:?}", detail.variant()),
        "name": detail.type_name().to_string(),
        "size": detail.size(),
        "alignment": detail.alignment(),
    })
}

/// The quality of service that the service really has, and how many ports are registered.
#[derive(Deserialize)]
pub struct PublishSubscribeConfig {
    service: Handle,
}

impl PublishSubscribeConfig {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        Ok(objects.get::<Box<dyn AnyService>>(self.service)?.config())
    }
}

/// The types of the service as Rust names and measures them.
#[derive(Deserialize)]
pub struct PublishSubscribeTypes {
    service: Handle,
}

impl PublishSubscribeTypes {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        Ok(objects.get::<Box<dyn AnyService>>(self.service)?.types())
    }
}

/// The details of every port of the service.
#[derive(Deserialize)]
pub struct PublishSubscribePorts {
    service: Handle,
}

impl PublishSubscribePorts {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        Ok(objects.get::<Box<dyn AnyService>>(self.service)?.ports())
    }
}

/// The attributes of a service as a list of pairs.
#[derive(Deserialize)]
pub struct ServiceAttributes {
    service: Handle,
}

impl ServiceAttributes {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        Ok(objects
            .get::<Box<dyn AnyService>>(self.service)?
            .attributes())
    }
}
