//! Commands of the request-response pattern.
//!
//! Everywhere `P` is the payload of a request, `H` its user header, `R` the payload of a response, `G` its user header.

mod client;
mod pending;
mod request;
mod response;
mod server;
mod service;
mod types;

pub use client::{CallMany, Client, LoanRequest, SendLoanedRequest, SendRequest, SendRequestCopy};
pub use pending::{
    HoldResponse, PendingState, ReadRequest, ReadResponse, ReceiveResponses, SetDisconnectHint,
};
pub use server::{
    ActiveState, HasRequests, LoanResponse, ReceiveRequest, Respond, RespondCopy,
    SendLoanedResponse, ServeMany, Server,
};
pub use service::{RequestResponse, RequestResponseConfig};

use crate::content::Ipc;

type ClientPort<P, H, R, G> = iceoryx2::port::client::Client<Ipc, P, H, R, G>;
type ServerPort<P, H, R, G> = iceoryx2::port::server::Server<Ipc, P, H, R, G>;
type Pending<P, H, R, G> = iceoryx2::pending_response::PendingResponse<Ipc, P, H, R, G>;
type Active<P, H, R, G> = iceoryx2::active_request::ActiveRequest<Ipc, P, H, R, G>;
type Answer<R, G> = iceoryx2::response::Response<Ipc, R, G>;
