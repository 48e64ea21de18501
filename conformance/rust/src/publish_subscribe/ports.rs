//! Publishers and subscribers with their options.

use iceoryx2::port::publisher::Publisher as Port;
use iceoryx2::port::subscriber::Subscriber as ReceivingPort;
use iceoryx2::prelude::*;
use iceoryx2::service::port_factory::publish_subscribe::PortFactory as Factory;
use serde::Deserialize;
use serde_json::{Value, json};

use super::exchange::{AnyPublisher, AnySubscriber};
use super::service::AnyService;
use crate::content::{Ipc, SliceOptions};
use crate::element::Element;
use crate::failure::Outcome;
use crate::handlers::{BackpressureOptions, DegradationOption, Reports};
use crate::marks::bigint;
use crate::message::Message;
use crate::node::with_handle;
use crate::objects::{Handle, Objects};
use crate::service_options::{apply, backpressure_strategy};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PublisherOptions {
    name: Option<String>,
    max_loaned_samples: Option<usize>,
    backpressure_strategy: Option<String>,
    initial_max_slice_len: Option<usize>,
    allocation_strategy: Option<AllocationStrategy>,
    /// What upstream's function would return: the number of preallocated samples.
    override_sample_preallocation: Option<usize>,
    backpressure_handler: Option<BackpressureOptions>,
    degradation_handler: Option<DegradationOption>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SubscriberOptions {
    name: Option<String>,
    buffer_size: Option<usize>,
    history_request: Option<usize>,
    degradation_handler: Option<DegradationOption>,
}

pub struct TypedPublisher<P: Message + ?Sized, H: Element> {
    pub port: Port<Ipc, P, H>,
    pub reports: Reports,
}

impl<P: Message + ?Sized, H: Element> TypedPublisher<P, H> {
    pub fn create(service: &Factory<Ipc, P, H>, options: PublisherOptions) -> Outcome<Self> {
        let reports = Reports::default();
        let slices = SliceOptions {
            initial_max_slice_len: options.initial_max_slice_len,
            allocation_strategy: options.allocation_strategy,
        };
        let builder = P::configure(service.publisher_builder(), slices)?;
        let mut builder = apply!(builder, options, max_loaned_samples);
        if let Some(name) = options.name {
            builder = builder.name(&PortName::new(&name)?);
        }
        if let Some(name) = options.backpressure_strategy {
            builder = builder.backpressure_strategy(backpressure_strategy(&name)?);
        }
        if let Some(samples) = options.override_sample_preallocation {
            builder = builder.override_sample_preallocation(move |_| samples);
        }
        if let Some(handler) = options.backpressure_handler {
            builder = builder.set_backpressure_handler(handler.handler(reports.clone())?);
        }
        if let Some(action) = options.degradation_handler {
            builder = builder.set_degradation_handler(action.handler(reports.clone()));
        }
        Ok(Self {
            port: builder.create()?,
            reports,
        })
    }
}

pub struct TypedSubscriber<P: Message + ?Sized, H: Element> {
    pub port: ReceivingPort<Ipc, P, H>,
    pub reports: Reports,
}

impl<P: Message + ?Sized, H: Element> TypedSubscriber<P, H> {
    pub fn create(service: &Factory<Ipc, P, H>, options: SubscriberOptions) -> Outcome<Self> {
        let reports = Reports::default();
        let mut builder = apply!(
            service.subscriber_builder(),
            options,
            buffer_size,
            history_request
        );
        if let Some(name) = options.name {
            builder = builder.name(&PortName::new(&name)?);
        }
        if let Some(action) = options.degradation_handler {
            builder = builder.set_degradation_handler(action.handler(reports.clone()));
        }
        Ok(Self {
            port: builder.create()?,
            reports,
        })
    }
}

#[derive(Deserialize)]
pub struct Publisher {
    service: Handle,
    #[serde(default)]
    options: PublisherOptions,
}

impl Publisher {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let service = objects.get::<Box<dyn AnyService>>(self.service)?;
        let publisher = service.publisher(self.options)?;
        let facts = json!({ "id": bigint(publisher.id()) });
        Ok(with_handle(facts, objects.add(publisher)))
    }
}

#[derive(Deserialize)]
pub struct Subscriber {
    service: Handle,
    #[serde(default)]
    options: SubscriberOptions,
}

impl Subscriber {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let service = objects.get::<Box<dyn AnyService>>(self.service)?;
        let subscriber = service.subscriber(self.options)?;
        let facts = json!({ "id": bigint(subscriber.id()) });
        Ok(with_handle(facts, objects.add(subscriber)))
    }
}

/// How the handlers of a port were called since the last time.
#[derive(Deserialize)]
pub struct HandlerReports {
    port: Handle,
}

impl HandlerReports {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        if let Ok(publisher) = objects.get::<Box<dyn AnyPublisher>>(self.port) {
            return Ok(publisher.reports().take().into());
        }
        Ok(objects
            .get::<Box<dyn AnySubscriber>>(self.port)?
            .reports()
            .take()
            .into())
    }
}
