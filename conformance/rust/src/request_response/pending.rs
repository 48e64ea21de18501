//! Pending responses, and the responses that came.

use iceoryx2::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use super::request::Request;
use super::response::Response;
use super::server::AnyActive;
use super::{Answer, Pending};
use crate::element::Element;
use crate::failure::Outcome;
use crate::marks::bigint;
use crate::node::with_handle;
use crate::objects::{Handle, Objects};

pub trait AnyPending {
    fn state(&self) -> Value;
    fn request(&self) -> Value;
    fn receive(&self) -> Outcome<Option<Box<dyn AnyResponse>>>;
    fn set_disconnect_hint(&self);
}

impl<P: Request + ?Sized, H: Element, R: Response + ?Sized, G: Element> AnyPending
    for Pending<P, H, R, G>
{
    fn state(&self) -> Value {
        json!({
            "is_connected": self.is_connected(),
            "number_of_server_connections": self.number_of_server_connections(),
            "has_response": self.has_response(),
        })
    }

    fn request(&self) -> Value {
        json!({
            "payload": P::of_pending(self).to_json(),
            "user_header": self.user_header().to_json(),
            "number_of_elements": self.header().number_of_elements(),
            "client_id": bigint(self.header().client_id().value()),
        })
    }

    fn receive(&self) -> Outcome<Option<Box<dyn AnyResponse>>> {
        Ok(R::receive_response(self)?
            .map(|response| -> Box<dyn AnyResponse> { Box::new(response) }))
    }

    fn set_disconnect_hint(&self) {
        Pending::set_disconnect_hint(self);
    }
}

pub trait AnyResponse {
    fn describe(&self) -> Value;
}

impl<R: Response + ?Sized, G: Element> AnyResponse for Answer<R, G> {
    fn describe(&self) -> Value {
        json!({
            "payload": R::of_response(self).to_json(),
            "user_header": self.user_header().to_json(),
            "number_of_elements": self.header().number_of_elements(),
            "server_id": bigint(self.header().server_id().value()),
        })
    }
}

/// Who still answers, and whether a response waits.
#[derive(Deserialize)]
pub struct PendingState {
    pending: Handle,
}

impl PendingState {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        Ok(objects.get::<Box<dyn AnyPending>>(self.pending)?.state())
    }
}

/// The request of a pending response or of an active request, as it is now.
#[derive(Deserialize)]
pub struct ReadRequest {
    request: Handle,
}

impl ReadRequest {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        if let Ok(pending) = objects.get::<Box<dyn AnyPending>>(self.request) {
            return Ok(pending.request());
        }
        Ok(objects.get::<Box<dyn AnyActive>>(self.request)?.request())
    }
}

/// Receives and releases up to `max_responses` responses; fewer where no more are there.
#[derive(Deserialize)]
pub struct ReceiveResponses {
    pending: Handle,
    max_responses: u64,
}

impl ReceiveResponses {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let pending = objects.get::<Box<dyn AnyPending>>(self.pending)?;
        let mut responses = Vec::new();
        for _ in 0..self.max_responses {
            let Some(response) = pending.receive()? else {
                break;
            };
            responses.push(response.describe());
        }
        Ok(responses.into())
    }
}

/// Receives one response and keeps it borrowed: `read_response` shows it again, `drop` releases it.
#[derive(Deserialize)]
pub struct HoldResponse {
    pending: Handle,
}

impl HoldResponse {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let Some(response) = objects
            .get::<Box<dyn AnyPending>>(self.pending)?
            .receive()?
        else {
            return Ok(Value::Null);
        };
        let facts = response.describe();
        Ok(with_handle(facts, objects.add(response)))
    }
}

/// What a held response shows now.
#[derive(Deserialize)]
pub struct ReadResponse {
    response: Handle,
}

impl ReadResponse {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        Ok(objects
            .get::<Box<dyn AnyResponse>>(self.response)?
            .describe())
    }
}

/// Tells the servers that no more responses are wanted.
#[derive(Deserialize)]
pub struct SetDisconnectHint {
    pending: Handle,
}

impl SetDisconnectHint {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        objects
            .get::<Box<dyn AnyPending>>(self.pending)?
            .set_disconnect_hint();
        Ok(Value::Null)
    }
}
