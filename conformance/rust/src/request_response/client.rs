//! Clients and their pending responses.

use core::time::Duration;
use std::time::Instant;

use iceoryx2::prelude::*;
use iceoryx2::request_mut_uninit::RequestMutUninit;
use iceoryx2::service::port_factory::request_response::PortFactory as Factory;
use serde::Deserialize;
use serde_json::{Value, json};

use super::ClientPort;
use super::pending::AnyPending;
use super::request::Request;
use super::response::Response;
use super::service::AnyService;
use crate::content::{Ipc, SliceOptions, length_of};
use crate::element::Element;
use crate::failure::Outcome;
use crate::marks::{bigint, integer};
use crate::node::with_handle;
use crate::objects::{Handle, Objects};
use crate::service_options::{apply, backpressure_strategy};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClientOptions {
    name: Option<String>,
    max_active_requests: Option<usize>,
    backpressure_strategy: Option<String>,
    initial_max_slice_len: Option<usize>,
    allocation_strategy: Option<AllocationStrategy>,
}

pub trait AnyClient {
    fn id(&self) -> u128;
    fn send_copy(&self, value: &Value) -> Outcome<Box<dyn AnyPending>>;
    fn loan(&self, length: usize) -> Outcome<Box<dyn AnyRequestLoan>>;
}

pub struct TypedClient<P: Request + ?Sized, H: Element, R: Response + ?Sized, G: Element>(
    ClientPort<P, H, R, G>,
);

impl<P: Request + ?Sized, H: Element, R: Response + ?Sized, G: Element> TypedClient<P, H, R, G> {
    pub fn create(service: &Factory<Ipc, P, H, R, G>, options: ClientOptions) -> Outcome<Self> {
        let slices = SliceOptions {
            initial_max_slice_len: options.initial_max_slice_len,
            allocation_strategy: options.allocation_strategy,
        };
        let builder = P::configure_client(service.client_builder(), slices)?;
        let mut builder = apply!(builder, options, max_active_requests);
        if let Some(name) = options.name {
            builder = builder.name(&PortName::new(&name)?);
        }
        if let Some(name) = options.backpressure_strategy {
            builder = builder.backpressure_strategy(backpressure_strategy(&name)?);
        }
        Ok(Self(builder.create()?))
    }
}

impl<P: Request + ?Sized, H: Element, R: Response + ?Sized, G: Element> AnyClient
    for TypedClient<P, H, R, G>
{
    fn id(&self) -> u128 {
        self.0.id().value()
    }

    fn send_copy(&self, value: &Value) -> Outcome<Box<dyn AnyPending>> {
        Ok(Box::new(P::send_copy(&self.0, value)?))
    }

    fn loan(&self, length: usize) -> Outcome<Box<dyn AnyRequestLoan>> {
        Ok(Box::new(RequestLoan::<P, H, R, G>(P::loan(
            &self.0, length,
        )?)))
    }
}

pub trait AnyRequestLoan {
    fn send(self: Box<Self>, value: &Value, user_header: &Value) -> Outcome<Box<dyn AnyPending>>;
}

struct RequestLoan<P: Request + ?Sized, H: Element, R: Response + ?Sized, G: Element>(
    RequestMutUninit<Ipc, P::Uninit, H, R, G>,
);

impl<P: Request + ?Sized, H: Element, R: Response + ?Sized, G: Element> AnyRequestLoan
    for RequestLoan<P, H, R, G>
{
    fn send(self: Box<Self>, value: &Value, user_header: &Value) -> Outcome<Box<dyn AnyPending>> {
        let header = if user_header.is_null() {
            None
        } else {
            Some(H::from_json(user_header)?)
        };
        Ok(Box::new(P::send(self.0, value, header)?))
    }
}

#[derive(Deserialize)]
pub struct Client {
    service: Handle,
    #[serde(default)]
    options: ClientOptions,
}

impl Client {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let client = objects
            .get::<Box<dyn AnyService>>(self.service)?
            .client(self.options)?;
        let facts = json!({ "id": bigint(client.id()) });
        Ok(with_handle(facts, objects.add(client)))
    }
}

fn one() -> usize {
    1
}

/// Loans a request and keeps it: `send_loaned_request` sends it, `drop` gives it back.
#[derive(Deserialize)]
pub struct LoanRequest {
    client: Handle,
    #[serde(default = "one")]
    length: usize,
}

impl LoanRequest {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let loan = objects
            .get::<Box<dyn AnyClient>>(self.client)?
            .loan(self.length)?;
        Ok(with_handle(json!({}), objects.add(loan)))
    }
}

/// Fills and sends a request that was loaned; the result is its pending response.
#[derive(Deserialize)]
pub struct SendLoanedRequest {
    loan: Handle,
    value: Value,
    #[serde(default)]
    user_header: Value,
}

impl SendLoanedRequest {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let loan = objects.take::<Box<dyn AnyRequestLoan>>(self.loan)?;
        let pending = loan.send(&self.value, &self.user_header)?;
        Ok(with_handle(json!({}), objects.add(pending)))
    }
}

/// Loans, fills and sends a request; the result is its pending response.
#[derive(Deserialize)]
pub struct SendRequest {
    client: Handle,
    value: Value,
    #[serde(default)]
    user_header: Value,
}

impl SendRequest {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let loan = objects
            .get::<Box<dyn AnyClient>>(self.client)?
            .loan(length_of(&self.value))?;
        let pending = loan.send(&self.value, &self.user_header)?;
        Ok(with_handle(json!({}), objects.add(pending)))
    }
}

/// Sends a request of fixed size that upstream copies; the result is its pending response.
#[derive(Deserialize)]
pub struct SendRequestCopy {
    client: Handle,
    value: Value,
}

impl SendRequestCopy {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let pending = objects
            .get::<Box<dyn AnyClient>>(self.client)?
            .send_copy(&self.value)?;
        Ok(with_handle(json!({}), objects.add(pending)))
    }
}

/// Sends requests of a u64 one after the other and waits for all responses to each: see `serve_many`.
#[derive(Deserialize)]
pub struct CallMany {
    client: Handle,
    requests: u64,
    responses: u64,
    /// For a request, in seconds.
    timeout: f64,
}

impl CallMany {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let client = objects.get::<Box<dyn AnyClient>>(self.client)?;
        let patience = Duration::from_secs_f64(self.timeout);
        let (mut received, mut wrong) = (0, 0);
        for value in (0..self.requests).map(|request| request * self.responses) {
            let pending = client.loan(1)?.send(&bigint(value), &Value::Null)?;
            let start = Instant::now();
            let mut expected = value;
            while expected < value + self.responses && start.elapsed() < patience {
                let Some(response) = pending.receive()? else {
                    std::thread::yield_now();
                    continue;
                };
                wrong += u64::from(integer::<u64>(&response.describe()["payload"])? != expected);
                received += 1;
                expected += 1;
            }
        }
        Ok(json!({ "received": received, "wrong": wrong }))
    }
}
