//! The payload of a response: one element or a slice of them.

use core::fmt::Debug;
use core::mem::MaybeUninit;

use iceoryx2::prelude::*;
use iceoryx2::response_mut_uninit::ResponseMutUninit;
use iceoryx2::service::port_factory::server::PortFactoryServer;
use serde_json::Value;

use super::request::Request;
use super::{Active, Answer, Pending};
use crate::content::{Content, Ipc, SliceOptions};
use crate::element::Element;
use crate::failure::{Failure, Outcome};

pub trait Response: Content {
    type Uninit: IceoryxSend + ZeroCopySend + Debug + ?Sized;

    fn configure_server<'service, P: Request + ?Sized, H: Element, G: Element>(
        builder: PortFactoryServer<'service, Ipc, P, H, Self, G>,
        options: SliceOptions,
    ) -> Outcome<PortFactoryServer<'service, Ipc, P, H, Self, G>>;

    fn loan<P: Request + ?Sized, H: Element, G: Element>(
        active: &Active<P, H, Self, G>,
        length: usize,
    ) -> Outcome<ResponseMutUninit<Ipc, Self::Uninit, G>>;

    fn send<G: Element>(
        loan: ResponseMutUninit<Ipc, Self::Uninit, G>,
        value: &Value,
        user_header: Option<G>,
    ) -> Outcome<()>;

    fn send_copy<P: Request + ?Sized, H: Element, G: Element>(
        _active: &Active<P, H, Self, G>,
        _value: &Value,
    ) -> Outcome<()> {
        Err(Failure::usage("upstream copies no slices"))
    }

    fn receive_response<P: Request + ?Sized, H: Element, G: Element>(
        pending: &Pending<P, H, Self, G>,
    ) -> Outcome<Option<Answer<Self, G>>>;

    fn of_response<G: Element>(response: &Answer<Self, G>) -> &Self;
}

/// What upstream offers in the same words for both shapes, but not generically.
macro_rules! same_words {
    () => {
        fn receive_response<P: Request + ?Sized, H: Element, G: Element>(
            pending: &Pending<P, H, Self, G>,
        ) -> Outcome<Option<Answer<Self, G>>> {
            Ok(pending.receive()?)
        }

        fn of_response<G: Element>(response: &Answer<Self, G>) -> &Self {
            response.payload()
        }
    };
}

impl<T: Element> Response for T {
    type Uninit = MaybeUninit<T>;

    same_words!();

    fn configure_server<'service, P: Request + ?Sized, H: Element, G: Element>(
        builder: PortFactoryServer<'service, Ipc, P, H, Self, G>,
        options: SliceOptions,
    ) -> Outcome<PortFactoryServer<'service, Ipc, P, H, Self, G>> {
        options.demand_none()?;
        Ok(builder)
    }

    fn loan<P: Request + ?Sized, H: Element, G: Element>(
        active: &Active<P, H, Self, G>,
        _length: usize,
    ) -> Outcome<ResponseMutUninit<Ipc, Self::Uninit, G>> {
        Ok(active.loan_uninit()?)
    }

    fn send<G: Element>(
        loan: ResponseMutUninit<Ipc, Self::Uninit, G>,
        value: &Value,
        user_header: Option<G>,
    ) -> Outcome<()> {
        let mut response = loan.write_payload(T::from_json(value)?);
        if let Some(header) = user_header {
            *response.user_header_mut() = header;
        }
        Ok(response.send()?)
    }

    fn send_copy<P: Request + ?Sized, H: Element, G: Element>(
        active: &Active<P, H, Self, G>,
        value: &Value,
    ) -> Outcome<()> {
        Ok(active.send_copy(T::from_json(value)?)?)
    }
}

impl<T: Element> Response for [T] {
    type Uninit = [MaybeUninit<T>];

    same_words!();

    fn configure_server<'service, P: Request + ?Sized, H: Element, G: Element>(
        mut builder: PortFactoryServer<'service, Ipc, P, H, Self, G>,
        options: SliceOptions,
    ) -> Outcome<PortFactoryServer<'service, Ipc, P, H, Self, G>> {
        if let Some(length) = options.initial_max_slice_len {
            builder = builder.initial_max_slice_len(length);
        }
        if let Some(strategy) = options.allocation_strategy {
            builder = builder.allocation_strategy(strategy);
        }
        Ok(builder)
    }

    fn loan<P: Request + ?Sized, H: Element, G: Element>(
        active: &Active<P, H, Self, G>,
        length: usize,
    ) -> Outcome<ResponseMutUninit<Ipc, Self::Uninit, G>> {
        Ok(active.loan_slice_uninit(length)?)
    }

    fn send<G: Element>(
        mut loan: ResponseMutUninit<Ipc, Self::Uninit, G>,
        value: &Value,
        user_header: Option<G>,
    ) -> Outcome<()> {
        let elements = T::slice_from_json(value)?;
        if elements.len() != loan.payload_mut().len() {
            return Err(Failure::usage(format!(
                "{} elements do not fit the loan",
                elements.len()
            )));
        }
        let mut elements = elements.into_iter();
        let mut response = loan.write_from_fn(|_| elements.next().unwrap_or_default());
        if let Some(header) = user_header {
            *response.user_header_mut() = header;
        }
        Ok(response.send()?)
    }
}
