//! The payload of a request: one element or a slice of them. Upstream's ports have methods of their own for each.

use core::fmt::Debug;
use core::mem::MaybeUninit;

use iceoryx2::prelude::*;
use iceoryx2::request_mut_uninit::RequestMutUninit;
use iceoryx2::service::port_factory::client::PortFactoryClient;
use serde_json::Value;

use super::response::Response;
use super::{Active, ClientPort, Pending, ServerPort};
use crate::content::{Content, Ipc, SliceOptions};
use crate::element::Element;
use crate::failure::{Failure, Outcome};

pub trait Request: Content {
    type Uninit: IceoryxSend + ZeroCopySend + Debug + ?Sized;

    fn configure_client<'service, H: Element, R: Response + ?Sized, G: Element>(
        builder: PortFactoryClient<'service, Ipc, Self, H, R, G>,
        options: SliceOptions,
    ) -> Outcome<PortFactoryClient<'service, Ipc, Self, H, R, G>>;

    fn loan<H: Element, R: Response + ?Sized, G: Element>(
        client: &ClientPort<Self, H, R, G>,
        length: usize,
    ) -> Outcome<RequestMutUninit<Ipc, Self::Uninit, H, R, G>>;

    fn send<H: Element, R: Response + ?Sized, G: Element>(
        loan: RequestMutUninit<Ipc, Self::Uninit, H, R, G>,
        value: &Value,
        user_header: Option<H>,
    ) -> Outcome<Pending<Self, H, R, G>>;

    fn send_copy<H: Element, R: Response + ?Sized, G: Element>(
        _client: &ClientPort<Self, H, R, G>,
        _value: &Value,
    ) -> Outcome<Pending<Self, H, R, G>> {
        Err(Failure::usage("upstream copies no slices"))
    }

    fn receive_request<H: Element, R: Response + ?Sized, G: Element>(
        server: &ServerPort<Self, H, R, G>,
    ) -> Outcome<Option<Active<Self, H, R, G>>>;

    fn of_pending<H: Element, R: Response + ?Sized, G: Element>(
        pending: &Pending<Self, H, R, G>,
    ) -> &Self;

    fn of_active<H: Element, R: Response + ?Sized, G: Element>(
        active: &Active<Self, H, R, G>,
    ) -> &Self;
}

/// What upstream offers in the same words for both shapes, but not generically.
macro_rules! same_words {
    () => {
        fn receive_request<H: Element, R: Response + ?Sized, G: Element>(
            server: &ServerPort<Self, H, R, G>,
        ) -> Outcome<Option<Active<Self, H, R, G>>> {
            Ok(server.receive()?)
        }

        fn of_pending<H: Element, R: Response + ?Sized, G: Element>(
            pending: &Pending<Self, H, R, G>,
        ) -> &Self {
            pending.payload()
        }

        fn of_active<H: Element, R: Response + ?Sized, G: Element>(
            active: &Active<Self, H, R, G>,
        ) -> &Self {
            active.payload()
        }
    };
}

impl<T: Element> Request for T {
    type Uninit = MaybeUninit<T>;

    same_words!();

    fn configure_client<'service, H: Element, R: Response + ?Sized, G: Element>(
        builder: PortFactoryClient<'service, Ipc, Self, H, R, G>,
        options: SliceOptions,
    ) -> Outcome<PortFactoryClient<'service, Ipc, Self, H, R, G>> {
        options.demand_none()?;
        Ok(builder)
    }

    fn loan<H: Element, R: Response + ?Sized, G: Element>(
        client: &ClientPort<Self, H, R, G>,
        _length: usize,
    ) -> Outcome<RequestMutUninit<Ipc, Self::Uninit, H, R, G>> {
        Ok(client.loan_uninit()?)
    }

    fn send<H: Element, R: Response + ?Sized, G: Element>(
        loan: RequestMutUninit<Ipc, Self::Uninit, H, R, G>,
        value: &Value,
        user_header: Option<H>,
    ) -> Outcome<Pending<Self, H, R, G>> {
        let mut request = loan.write_payload(T::from_json(value)?);
        if let Some(header) = user_header {
            *request.user_header_mut() = header;
        }
        Ok(request.send()?)
    }

    fn send_copy<H: Element, R: Response + ?Sized, G: Element>(
        client: &ClientPort<Self, H, R, G>,
        value: &Value,
    ) -> Outcome<Pending<Self, H, R, G>> {
        Ok(client.send_copy(T::from_json(value)?)?)
    }
}

impl<T: Element> Request for [T] {
    type Uninit = [MaybeUninit<T>];

    same_words!();

    fn configure_client<'service, H: Element, R: Response + ?Sized, G: Element>(
        mut builder: PortFactoryClient<'service, Ipc, Self, H, R, G>,
        options: SliceOptions,
    ) -> Outcome<PortFactoryClient<'service, Ipc, Self, H, R, G>> {
        if let Some(length) = options.initial_max_slice_len {
            builder = builder.initial_max_slice_len(length);
        }
        if let Some(strategy) = options.allocation_strategy {
            builder = builder.allocation_strategy(strategy);
        }
        Ok(builder)
    }

    fn loan<H: Element, R: Response + ?Sized, G: Element>(
        client: &ClientPort<Self, H, R, G>,
        length: usize,
    ) -> Outcome<RequestMutUninit<Ipc, Self::Uninit, H, R, G>> {
        Ok(client.loan_slice_uninit(length)?)
    }

    fn send<H: Element, R: Response + ?Sized, G: Element>(
        mut loan: RequestMutUninit<Ipc, Self::Uninit, H, R, G>,
        value: &Value,
        user_header: Option<H>,
    ) -> Outcome<Pending<Self, H, R, G>> {
        let elements = T::slice_from_json(value)?;
        if elements.len() != loan.payload_mut().len() {
            return Err(Failure::usage(format!(
                "{} elements do not fit the loan",
                elements.len()
            )));
        }
        let mut elements = elements.into_iter();
        let mut request = loan.write_from_fn(|_| elements.next().unwrap_or_default());
        if let Some(header) = user_header {
            *request.user_header_mut() = header;
        }
        Ok(request.send()?)
    }
}
