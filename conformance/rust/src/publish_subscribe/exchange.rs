//! Sending and receiving, whatever the payload.

use core::any::Any;
use core::time::Duration;
use std::thread::sleep;
use std::time::Instant;

use iceoryx2::port::update_connections::UpdateConnections as _;
use iceoryx2::sample::Sample;
use serde::Deserialize;
use serde_json::{Value, json};

use super::ports::{TypedPublisher, TypedSubscriber};
use crate::content::Ipc;
use crate::element::Element;
use crate::failure::Outcome;
use crate::handlers::Reports;
use crate::marks::bigint;
use crate::message::Message;
use crate::node::with_handle;
use crate::numbered::{self, Check};
use crate::objects::{Handle, Objects};

pub trait AnyPublisher {
    fn id(&self) -> u128;
    fn reports(&self) -> &Reports;
    fn send(&self, value: &Value, user_header: &Value) -> Outcome<usize>;
    fn send_numbered(&self, sequence: u64, words: usize) -> Outcome<usize>;
    fn loan(&self, length: usize) -> Outcome<Box<dyn Any>>;
    fn update_connections(&self) -> Outcome<()>;
}

impl<P: Message + ?Sized, H: Element> AnyPublisher for TypedPublisher<P, H> {
    fn id(&self) -> u128 {
        self.port.id().value()
    }

    fn reports(&self) -> &Reports {
        &self.reports
    }

    fn send(&self, value: &Value, user_header: &Value) -> Outcome<usize> {
        let header = if user_header.is_null() {
            None
        } else {
            Some(H::from_json(user_header)?)
        };
        P::send(&self.port, value, header)
    }

    fn send_numbered(&self, sequence: u64, words: usize) -> Outcome<usize> {
        P::send_words(&self.port, words, |index| numbered::word(sequence, index))
    }

    fn loan(&self, length: usize) -> Outcome<Box<dyn Any>> {
        P::loan(&self.port, length)
    }

    fn update_connections(&self) -> Outcome<()> {
        Ok(self.port.update_connections()?)
    }
}

pub trait AnySubscriber {
    fn id(&self) -> u128;
    fn reports(&self) -> &Reports;
    fn has_samples(&self) -> Outcome<bool>;
    fn receive(&self) -> Outcome<Option<Box<dyn AnySample>>>;
}

impl<P: Message + ?Sized, H: Element> AnySubscriber for TypedSubscriber<P, H> {
    fn id(&self) -> u128 {
        self.port.id().value()
    }

    fn reports(&self) -> &Reports {
        &self.reports
    }

    fn has_samples(&self) -> Outcome<bool> {
        Ok(self.port.has_samples()?)
    }

    fn receive(&self) -> Outcome<Option<Box<dyn AnySample>>> {
        Ok(P::receive(&self.port)?.map(|sample| -> Box<dyn AnySample> { Box::new(sample) }))
    }
}

pub trait AnySample {
    fn describe(&self) -> Value;
    fn words(&self) -> Outcome<Vec<u64>>;
}

impl<P: Message + ?Sized, H: Element> AnySample for Sample<Ipc, P, H> {
    fn describe(&self) -> Value {
        let header = self.header();
        json!({
            "payload": P::payload(self).to_json(),
            "user_header": self.user_header().to_json(),
            "publisher_id": bigint(header.publisher_id().value()),
            "node_id": bigint(iceoryx2::prelude::PayloadHeader::node_id(header).value()),
            "number_of_elements": iceoryx2::prelude::PayloadHeader::number_of_elements(header),
            "origin": bigint(self.origin().value()),
        })
    }

    fn words(&self) -> Outcome<Vec<u64>> {
        P::payload(self).to_words()
    }
}

/// Sends each value; the result is the number of receivers of each.
#[derive(Deserialize)]
pub struct Send {
    publisher: Handle,
    values: Vec<Value>,
    #[serde(default)]
    user_header: Value,
}

impl Send {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let publisher = objects.get::<Box<dyn AnyPublisher>>(self.publisher)?;
        let send = |value| publisher.send(value, &self.user_header);
        let receivers: Outcome<Vec<usize>> = self.values.iter().map(send).collect();
        Ok(json!(receivers?))
    }
}

/// Loans a sample and keeps it: `drop` gives it back unsent.
#[derive(Deserialize)]
pub struct Loan {
    publisher: Handle,
    #[serde(default)]
    length: usize,
}

impl Loan {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let loan = objects
            .get::<Box<dyn AnyPublisher>>(self.publisher)?
            .loan(self.length)?;
        Ok(with_handle(json!({}), objects.add(loan)))
    }
}

/// Connects to subscribers that came.
#[derive(Deserialize)]
pub struct UpdateConnections {
    port: Handle,
}

impl UpdateConnections {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        Ok(objects
            .get::<Box<dyn AnyPublisher>>(self.port)?
            .update_connections()?
            .into())
    }
}

/// Whether a receive would give a sample.
#[derive(Deserialize)]
pub struct HasSamples {
    subscriber: Handle,
}

impl HasSamples {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        Ok(objects
            .get::<Box<dyn AnySubscriber>>(self.subscriber)?
            .has_samples()?
            .into())
    }
}

fn one() -> u64 {
    1
}

/// Receives and releases up to `max_samples` samples; fewer where no more are there.
#[derive(Deserialize)]
pub struct Receive {
    subscriber: Handle,
    #[serde(default = "one")]
    max_samples: u64,
}

impl Receive {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let subscriber = objects.get::<Box<dyn AnySubscriber>>(self.subscriber)?;
        let mut samples = Vec::new();
        for _ in 0..self.max_samples {
            let Some(sample) = subscriber.receive()? else {
                break;
            };
            samples.push(sample.describe());
        }
        Ok(samples.into())
    }
}

/// Receives one sample and keeps it borrowed: `read_held` shows it again, `drop` releases it.
#[derive(Deserialize)]
pub struct ReceiveAndHold {
    subscriber: Handle,
}

impl ReceiveAndHold {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let Some(sample) = objects
            .get::<Box<dyn AnySubscriber>>(self.subscriber)?
            .receive()?
        else {
            return Ok(Value::Null);
        };
        let facts = sample.describe();
        Ok(with_handle(facts, objects.add(sample)))
    }
}

/// What a held sample shows now.
#[derive(Deserialize)]
pub struct ReadHeld {
    sample: Handle,
}

impl ReadHeld {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        Ok(objects.get::<Box<dyn AnySample>>(self.sample)?.describe())
    }
}

/// Sends `count` numbered messages without waiting between them.
#[derive(Deserialize)]
pub struct SendMany {
    publisher: Handle,
    count: u64,
    #[serde(default)]
    first: u64,
    words: usize,
}

impl SendMany {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let publisher = objects.get::<Box<dyn AnyPublisher>>(self.publisher)?;
        let mut receivers = 0;
        for sequence in self.first..self.first + self.count {
            receivers += publisher.send_numbered(sequence, self.words)?;
        }
        Ok(json!({ "receivers": receivers }))
    }
}

/// Receives numbered messages until the one numbered `last` came or nothing did for `timeout` seconds.
#[derive(Deserialize)]
pub struct ReceiveMany {
    subscriber: Handle,
    #[serde(default)]
    first: u64,
    last: u64,
    timeout: f64,
}

impl ReceiveMany {
    pub fn run(self, objects: &mut Objects) -> Outcome<Value> {
        let subscriber = objects.get::<Box<dyn AnySubscriber>>(self.subscriber)?;
        let patience = Duration::from_secs_f64(self.timeout);
        let mut check = Check::starting_at(self.first);
        let mut last_arrival = Instant::now();
        while check.expected <= self.last && last_arrival.elapsed() < patience {
            match subscriber.receive()? {
                Some(sample) => {
                    check.add(&sample.words()?);
                    last_arrival = Instant::now();
                }
                None => sleep(Duration::from_micros(100)),
            }
        }
        Ok(check.report())
    }
}
