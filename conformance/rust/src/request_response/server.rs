//! Servers and their active requests.

use core::time::Duration;
use std::time::Instant;

use iceoryx2::prelude::*;
use iceoryx2::response_mut_uninit::ResponseMutUninit;
use iceoryx2::service::port_factory::request_response::PortFactory as Factory;
use serde::Deserialize;
use serde_json::{Value, json};

use super::request::Request;
use super::response::Response;
use super::service::AnyService;
use super::{Active, ServerPort};
use crate::content::{Ipc, SliceOptions, length_of};
use crate::element::Element;
use crate::failure::Outcome;
use crate::marks::{bigint, integer};
use crate::node::with_handle;
use crate::objects::{Handle, Objects};
use crate::service_options::{apply, backpressure_strategy};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerOptions {
    name: Option<String>,
    max_loaned_responses_per_request: Option<usize>,
    backpressure_strategy: Option<String>,
    initial_max_slice_len: Option<usize>,
    allocation_strategy: Option<AllocationStrategy>,
}

pub trait AnyServer {
    fn id(&self) -> u128;
    fn has_requests(&self) -> Outcome<bool>;
    fn receive(&self) -> Outcome<Option<Box<dyn AnyActive>>>;
}

pub struct TypedServer<P: Request + ?Sized, H: Element, R: Response + ?Sized, G: Element>(
    ServerPort<P, H, R, G>,
);

impl<P: Request + ?Sized, H: Element, R: Response + ?Sized, G: Element> TypedServer<P, H, R, G> {
    pub fn create(service: &Factory<Ipc, P, H, R, G>, options: ServerOptions) -> Outcome<Self> {
        let slices = SliceOptions {
            initial_max_slice_len: options.initial_max_slice_len,
            allocation_strategy: options.allocation_strategy,
        };
        let builder = R::configure_server(service.server_builder(), slices)?;
        let mut builder = apply!(builder, options, max_loaned_responses_per_request);
        if let Some(name) = options.name {
            builder = builder.name(&PortName::new(&name)?);
        }
        if let Some(name) = options.backpressure_strategy {
            builder = builder.backpressure_strategy(backpressure_strategy(&name)?);
        }
        Ok(Self(builder.create()?))
    }
}

impl<P: Request + ?Sized, H: Element, R: Response + ?Sized, G: Element> AnyServer
    for TypedServer<P, H, R, G>
{
    fn id(&self) -> u128 {
        self.0.id().value()
    }

    fn has_requests(&self) -> Outcome<bool> {
        Ok(self.0.has_requests()?)
    }

    fn receive(&self) -> Outcome<Option<Box<dyn AnyActive>>> {
        Ok(P::receive_request(&self.0)?.map(|active| -> Box<dyn AnyActive> { Box::new(active) }))
    }
}

pub trait AnyActive {
    fn request(&self) -> Value;
    fn state(&self) -> Value;
    fn send_copy(&self, value: &Value) -> Outcome<()>;
    fn loan(&self, length: usize) -> Outcome<Box<dyn AnyResponseLoan>>;
}

impl<P: Request + ?Sized, H: Element, R: Response + ?Sized, G: Element> AnyActive
    for Active<P, H, R, G>
{
    fn request(&self) -> Value {
        json!({
            "payload": P::of_active(self).to_json(),
            "user_header": self.user_header().to_json(),
            "number_of_elements": self.header().number_of_elements(),
            "client_id": bigint(self.header().client_id().value()),
        })
    }

    fn state(&self) -> Value {
        json!({ "is_connected": self.is_connected(), "has_disconnect_hint": self.has_disconnect_hint() })
    }

    fn send_copy(&self, value: &Value) -> Outcome<()> {
        R::send_copy(self, value)
    }

    fn loan(&self, length: usize) -> Outcome<Box<dyn AnyResponseLoan>> {
        Ok(Box::new(ResponseLoan::<R, G>(R::loan(self, length)?)))
    }
}

pub trait AnyResponseLoan {
    fn send(self: Box<Self>, value: &Value, user_header: &Value) -> Outcome<()>;
}

struct ResponseLoan<R: Response + ?Sized, G: Element>(ResponseMutUninit<Ipc, R::Uninit, G>);

impl<R: Response + ?Sized, G: Element> AnyResponseLoan for ResponseLoan<R, G> {
    fn send(self: Box<Self>, value: &Value, user_header: &Value) -> Outcome<()> {
        let header = if user_header.is_null() {
            None
        } else {
            Some(G::from_json(user_header)?)
        };
        R::send(self.0, value, header)
    }
}

#[derive(Deserialize)]
pub struct Server {
    service: Handle,
    #[serde(default)]
    options: ServerOptions,
}

impl Server {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let server = objects
            .get::<Box<dyn AnyService>>(self.service)?
            .server(self.options)?;
        let facts = json!({ "id": bigint(server.id()) });
        Ok(with_handle(facts, objects.add(server)))
    }
}

/// Whether a receive would give a request.
#[derive(Deserialize)]
pub struct HasRequests {
    server: Handle,
}

impl HasRequests {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        Ok(objects
            .get::<Box<dyn AnyServer>>(self.server)?
            .has_requests()?
            .into())
    }
}

/// Receives a request and keeps it active until `drop`.
#[derive(Deserialize)]
pub struct ReceiveRequest {
    server: Handle,
}

impl ReceiveRequest {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let Some(active) = objects.get::<Box<dyn AnyServer>>(self.server)?.receive()? else {
            return Ok(Value::Null);
        };
        let facts = active.request();
        Ok(with_handle(facts, objects.add(active)))
    }
}

/// Whether the client still waits for responses.
#[derive(Deserialize)]
pub struct ActiveState {
    request: Handle,
}

impl ActiveState {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        Ok(objects.get::<Box<dyn AnyActive>>(self.request)?.state())
    }
}

/// Loans, fills and sends a response for each value.
#[derive(Deserialize)]
pub struct Respond {
    request: Handle,
    values: Vec<Value>,
    #[serde(default)]
    user_header: Value,
}

impl Respond {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let active = objects.get::<Box<dyn AnyActive>>(self.request)?;
        for value in &self.values {
            active
                .loan(length_of(value))?
                .send(value, &self.user_header)?;
        }
        Ok(Value::Null)
    }
}

/// Sends a response of fixed size that upstream copies.
#[derive(Deserialize)]
pub struct RespondCopy {
    request: Handle,
    value: Value,
}

impl RespondCopy {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        objects
            .get::<Box<dyn AnyActive>>(self.request)?
            .send_copy(&self.value)?;
        Ok(Value::Null)
    }
}

fn one() -> usize {
    1
}

/// Loans a response and keeps it: `send_loaned_response` sends it, `drop` gives it back.
#[derive(Deserialize)]
pub struct LoanResponse {
    request: Handle,
    #[serde(default = "one")]
    length: usize,
}

impl LoanResponse {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let loan = objects
            .get::<Box<dyn AnyActive>>(self.request)?
            .loan(self.length)?;
        Ok(with_handle(json!({}), objects.add(loan)))
    }
}

/// Fills and sends a response that was loaned.
#[derive(Deserialize)]
pub struct SendLoanedResponse {
    loan: Handle,
    value: Value,
    #[serde(default)]
    user_header: Value,
}

impl SendLoanedResponse {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let loan = objects.take::<Box<dyn AnyResponseLoan>>(self.loan)?;
        loan.send(&self.value, &self.user_header)?;
        Ok(Value::Null)
    }
}

/// Answers that many requests of a u64 with that many responses each: the request plus 0, 1, 2 ...
#[derive(Deserialize)]
pub struct ServeMany {
    server: Handle,
    requests: u64,
    responses: u64,
    /// How long it waits for a request, in seconds.
    timeout: f64,
}

impl ServeMany {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let server = objects.get::<Box<dyn AnyServer>>(self.server)?;
        let patience = Duration::from_secs_f64(self.timeout);
        let mut served = 0;
        let mut last = Instant::now();
        while served < self.requests && last.elapsed() < patience {
            let Some(active) = server.receive()? else {
                std::thread::yield_now();
                continue;
            };
            let request: u64 = integer(&active.request()["payload"])?;
            for value in request..request + self.responses {
                active.loan(1)?.send(&bigint(value), &Value::Null)?;
            }
            served += 1;
            last = Instant::now();
        }
        Ok(json!({ "served": served }))
    }
}
