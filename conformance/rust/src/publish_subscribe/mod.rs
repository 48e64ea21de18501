//! Commands of the publish-subscribe pattern.

mod exchange;
mod ports;
mod service;
mod types;

pub use exchange::{
    HasSamples, Loan, ReadHeld, Receive, ReceiveAndHold, ReceiveMany, Send, SendMany,
    UpdateConnections,
};
pub use ports::{HandlerReports, Publisher, Subscriber};
pub use service::{
    PublishSubscribe, PublishSubscribeConfig, PublishSubscribePorts, PublishSubscribeTypes,
    ServiceAttributes,
};
