//! The payload of one message: one element or a slice of them. Upstream's ports have methods of their own for each.

use core::any::Any;

use iceoryx2::port::publisher::Publisher;
use iceoryx2::port::subscriber::Subscriber;
use iceoryx2::sample::Sample;
use iceoryx2::service::builder::publish_subscribe::Builder;
use iceoryx2::service::port_factory::publish_subscribe::PortFactory;
use iceoryx2::service::port_factory::publisher::PortFactoryPublisher;
use serde_json::Value;

use crate::content::{Content, Ipc, SliceOptions, no_words};
use crate::element::Element;
use crate::failure::Outcome;
use crate::service_options::{AttributePairs, Verb};

pub trait Message: Content {
    fn build<H: Element>(
        builder: Builder<Self, H, Ipc>,
        verb: Verb,
        attributes: &AttributePairs,
    ) -> Outcome<PortFactory<Ipc, Self, H>>;

    fn configure<'service, H: Element>(
        builder: PortFactoryPublisher<'service, Ipc, Self, H>,
        options: SliceOptions,
    ) -> Outcome<PortFactoryPublisher<'service, Ipc, Self, H>>;

    fn send<H: Element>(
        publisher: &Publisher<Ipc, Self, H>,
        value: &Value,
        user_header: Option<H>,
    ) -> Outcome<usize>;

    /// Sends the words that `word` gives by their index.
    fn send_words<H: Element>(
        publisher: &Publisher<Ipc, Self, H>,
        length: usize,
        word: impl Fn(usize) -> u64,
    ) -> Outcome<usize>;

    /// A loan that is given back when it is dropped.
    fn loan<H: Element>(
        publisher: &Publisher<Ipc, Self, H>,
        length: usize,
    ) -> Outcome<Box<dyn Any>>;

    fn receive<H: Element>(
        subscriber: &Subscriber<Ipc, Self, H>,
    ) -> Outcome<Option<Sample<Ipc, Self, H>>>;

    fn payload<H: Element>(sample: &Sample<Ipc, Self, H>) -> &Self;
}

/// What upstream offers in the same words for both shapes, but not generically.
macro_rules! same_words {
    () => {
        fn build<H: Element>(
            builder: Builder<Self, H, Ipc>,
            verb: Verb,
            attributes: &AttributePairs,
        ) -> Outcome<PortFactory<Ipc, Self, H>> {
            Ok(match verb {
                Verb::Create => builder.create_with_attributes(&attributes.specifier()?)?,
                Verb::Open => builder.open_with_attributes(&attributes.verifier()?)?,
                Verb::OpenOrCreate => {
                    builder.open_or_create_with_attributes(&attributes.verifier()?)?
                }
            })
        }

        fn receive<H: Element>(
            subscriber: &Subscriber<Ipc, Self, H>,
        ) -> Outcome<Option<Sample<Ipc, Self, H>>> {
            Ok(subscriber.receive()?)
        }

        fn payload<H: Element>(sample: &Sample<Ipc, Self, H>) -> &Self {
            sample.payload()
        }
    };
}

impl<T: Element> Message for T {
    same_words!();

    fn configure<'service, H: Element>(
        builder: PortFactoryPublisher<'service, Ipc, Self, H>,
        options: SliceOptions,
    ) -> Outcome<PortFactoryPublisher<'service, Ipc, Self, H>> {
        options.demand_none()?;
        Ok(builder)
    }

    fn send<H: Element>(
        publisher: &Publisher<Ipc, Self, H>,
        value: &Value,
        user_header: Option<H>,
    ) -> Outcome<usize> {
        let mut sample = publisher.loan_uninit()?.write_payload(T::from_json(value)?);
        if let Some(header) = user_header {
            *sample.user_header_mut() = header;
        }
        Ok(sample.send()?)
    }

    fn send_words<H: Element>(
        publisher: &Publisher<Ipc, Self, H>,
        _length: usize,
        word: impl Fn(usize) -> u64,
    ) -> Outcome<usize> {
        let value = T::from_word(word(0)).ok_or_else(no_words)?;
        Ok(publisher.loan_uninit()?.write_payload(value).send()?)
    }

    fn loan<H: Element>(
        publisher: &Publisher<Ipc, Self, H>,
        _length: usize,
    ) -> Outcome<Box<dyn Any>> {
        Ok(Box::new(publisher.loan_uninit()?))
    }
}

impl<T: Element> Message for [T] {
    same_words!();

    fn configure<'service, H: Element>(
        mut builder: PortFactoryPublisher<'service, Ipc, Self, H>,
        options: SliceOptions,
    ) -> Outcome<PortFactoryPublisher<'service, Ipc, Self, H>> {
        if let Some(length) = options.initial_max_slice_len {
            builder = builder.initial_max_slice_len(length);
        }
        if let Some(strategy) = options.allocation_strategy {
            builder = builder.allocation_strategy(strategy);
        }
        Ok(builder)
    }

    fn send<H: Element>(
        publisher: &Publisher<Ipc, Self, H>,
        value: &Value,
        user_header: Option<H>,
    ) -> Outcome<usize> {
        let elements = T::slice_from_json(value)?;
        let loan = publisher.loan_slice_uninit(elements.len())?;
        let mut elements = elements.into_iter();
        let mut sample = loan.write_from_fn(|_| elements.next().unwrap_or_default());
        if let Some(header) = user_header {
            *sample.user_header_mut() = header;
        }
        Ok(sample.send()?)
    }

    fn send_words<H: Element>(
        publisher: &Publisher<Ipc, Self, H>,
        length: usize,
        word: impl Fn(usize) -> u64,
    ) -> Outcome<usize> {
        T::from_word(0).ok_or_else(no_words)?;
        let loan = publisher.loan_slice_uninit(length)?;
        Ok(loan
            .write_from_fn(|index| T::from_word(word(index)).unwrap_or_default())
            .send()?)
    }

    fn loan<H: Element>(
        publisher: &Publisher<Ipc, Self, H>,
        length: usize,
    ) -> Outcome<Box<dyn Any>> {
        Ok(Box::new(publisher.loan_slice_uninit(length)?))
    }
}
