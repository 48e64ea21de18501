//! Services of any payloads and user headers behind one interface.

use iceoryx2::node::Node;
use iceoryx2::prelude::*;
use iceoryx2::service::builder::request_response::Builder;
use iceoryx2::service::port_factory::request_response::PortFactory as Factory;
use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{AnyClient, ClientOptions, TypedClient};
use super::request::Request;
use super::response::Response;
use super::server::{AnyServer, ServerOptions, TypedServer};
use super::types;
use crate::content::Ipc;
use crate::element::Element;
use crate::failure::Outcome;
use crate::node::with_handle;
use crate::objects::{Handle, Objects};
use crate::service_options::{AttributePairs, Verb, apply};

pub trait AnyService {
    fn hash(&self) -> String;
    fn config(&self) -> Value;
    fn client(&self, options: ClientOptions) -> Outcome<Box<dyn AnyClient>>;
    fn server(&self, options: ServerOptions) -> Outcome<Box<dyn AnyServer>>;
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Qos {
    enable_safe_overflow_for_requests: Option<bool>,
    enable_safe_overflow_for_responses: Option<bool>,
    enable_fire_and_forget_requests: Option<bool>,
    max_active_requests_per_client: Option<usize>,
    max_loaned_requests: Option<usize>,
    max_response_buffer_size: Option<usize>,
    max_servers: Option<usize>,
    max_clients: Option<usize>,
    max_nodes: Option<usize>,
    max_borrowed_responses_per_pending_response: Option<usize>,
    request_payload_alignment: Option<usize>,
    response_payload_alignment: Option<usize>,
}

/// Creates or opens a service of types that `types.rs` knows.
#[derive(Deserialize)]
pub struct RequestResponse {
    node: Handle,
    name: String,
    verb: Verb,
    request: Value,
    response: Value,
    #[serde(default)]
    request_header: Value,
    #[serde(default)]
    response_header: Value,
    qos: Option<Qos>,
    attributes: Option<AttributePairs>,
}

impl RequestResponse {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let node = objects.get::<Node<Ipc>>(self.node)?;
        let descriptions = [
            &self.request,
            &self.request_header,
            &self.response,
            &self.response_header,
        ];
        let service = types::build(descriptions, node, &self)?;
        let facts = json!({ "hash": service.hash() });
        Ok(with_handle(facts, objects.add(service)))
    }

    /// What all types have in common; `types.rs` goes on with the verb.
    pub(super) fn builder<P: Request + ?Sized, H: Element, R: Response + ?Sized, G: Element>(
        &self,
        node: &Node<Ipc>,
    ) -> Outcome<Builder<P, H, R, G, Ipc>> {
        let builder = node
            .service_builder(&self.name.as_str().try_into()?)
            .request_response::<P, R>()
            .request_user_header::<H>()
            .response_user_header::<G>();
        let none = Qos::default();
        let qos = self.qos.as_ref().unwrap_or(&none);
        let mut builder = apply!(
            builder,
            qos,
            enable_safe_overflow_for_requests,
            enable_safe_overflow_for_responses,
            enable_fire_and_forget_requests,
            max_active_requests_per_client,
            max_loaned_requests,
            max_response_buffer_size,
            max_servers,
            max_clients,
            max_nodes,
            max_borrowed_responses_per_pending_response,
        );
        if let Some(alignment) = qos.request_payload_alignment.and_then(Alignment::new) {
            builder = builder.request_payload_alignment(alignment);
        }
        if let Some(alignment) = qos.response_payload_alignment.and_then(Alignment::new) {
            builder = builder.response_payload_alignment(alignment);
        }
        Ok(builder)
    }

    pub(super) fn verb(&self) -> Verb {
        self.verb
    }

    pub(super) fn attributes(&self) -> &AttributePairs {
        self.attributes.as_ref().unwrap_or(AttributePairs::NONE)
    }
}

impl<P: Request + ?Sized, H: Element, R: Response + ?Sized, G: Element> AnyService
    for Factory<Ipc, P, H, R, G>
{
    fn hash(&self) -> String {
        self.service_hash().as_str().into()
    }

    fn config(&self) -> Value {
        let (config, dynamic) = (self.static_config(), self.dynamic_config());
        json!({
            "qos": {
                "max_active_requests_per_client": config.max_active_requests_per_client(),
                "max_loaned_requests": config.max_loaned_requests(),
                "max_response_buffer_size": config.max_response_buffer_size(),
                "max_servers": config.max_servers(),
                "max_clients": config.max_clients(),
                "max_nodes": config.max_nodes(),
                "max_borrowed_responses_per_pending_response":
                    config.max_borrowed_responses_per_pending_response(),
                "enable_safe_overflow_for_requests": config.has_safe_overflow_for_requests(),
                "enable_safe_overflow_for_responses": config.has_safe_overflow_for_responses(),
                "enable_fire_and_forget_requests": config.does_support_fire_and_forget_requests(),
            },
            "ports": { "clients": dynamic.number_of_clients(), "servers": dynamic.number_of_servers() },
        })
    }

    fn client(&self, options: ClientOptions) -> Outcome<Box<dyn AnyClient>> {
        Ok(Box::new(TypedClient::create(self, options)?))
    }

    fn server(&self, options: ServerOptions) -> Outcome<Box<dyn AnyServer>> {
        Ok(Box::new(TypedServer::create(self, options)?))
    }
}

/// The quality of service that the service really has, and how many ports are registered.
#[derive(Deserialize)]
pub struct RequestResponseConfig {
    service: Handle,
}

impl RequestResponseConfig {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        Ok(objects.get::<Box<dyn AnyService>>(self.service)?.config())
    }
}
