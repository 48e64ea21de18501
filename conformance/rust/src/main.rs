//! A peer for the conformance tests: one command per line of JSON on stdin, one line on stdout for its answer. The
//! twin of `python/peer.py`, with the same commands where both have them, and with those that Python lacks.

mod content;
mod element;
mod event;
mod failure;
mod handlers;
mod marks;
mod message;
mod node;
mod numbered;
mod objects;
mod publish_subscribe;
mod request_response;
mod service_options;
mod structures;
mod types;

use std::io::{self, BufRead, Write};

use iceoryx2::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use failure::Outcome;
use objects::{Handle, Objects};

macro_rules! commands {
    ($($name:ident($type:path)),* $(,)?) => {
        #[derive(Deserialize)]
        #[serde(tag = "command", rename_all = "snake_case")]
        enum Command {
            Describe,
            Drop { handle: Handle },
            DeleteAll,
            $($name($type),)*
        }

        impl Command {
            fn run(self, objects: &mut Objects) -> Outcome<Value> {
                match self {
                    Self::Describe => Ok(json!({ "pid": std::process::id() })),
                    Self::Drop { handle } => Ok(objects.drop(handle)?.into()),
                    Self::DeleteAll => Ok(objects.drop_all().into()),
                    $(Self::$name(command) => command.run(objects),)*
                }
            }
        }
    };
}

commands!(
    NodeCreate(node::NodeCreate),
    NodeList(node::NodeList),
    Event(event::Event),
    EventSettings(event::EventSettings),
    Listener(event::Listener),
    Notifier(event::Notifier),
    EventPorts(event::EventPorts),
    Notify(event::Notify),
    ListenerKeys(event::ListenerKeys),
    NotifySingleListener(event::NotifySingleListener),
    TryWait(event::TryWait),
    TimedWait(event::TimedWait),
    CountEvents(event::CountEvents),
    WaitSet(event::WaitSet),
    PublishSubscribe(publish_subscribe::PublishSubscribe),
    PublishSubscribeConfig(publish_subscribe::PublishSubscribeConfig),
    PublishSubscribePorts(publish_subscribe::PublishSubscribePorts),
    PublishSubscribeTypes(publish_subscribe::PublishSubscribeTypes),
    ServiceAttributes(publish_subscribe::ServiceAttributes),
    Publisher(publish_subscribe::Publisher),
    Subscriber(publish_subscribe::Subscriber),
    HandlerReports(publish_subscribe::HandlerReports),
    Send(publish_subscribe::Send),
    Loan(publish_subscribe::Loan),
    UpdateConnections(publish_subscribe::UpdateConnections),
    HasSamples(publish_subscribe::HasSamples),
    Receive(publish_subscribe::Receive),
    ReceiveAndHold(publish_subscribe::ReceiveAndHold),
    ReadHeld(publish_subscribe::ReadHeld),
    SendMany(publish_subscribe::SendMany),
    ReceiveMany(publish_subscribe::ReceiveMany),
    RequestResponse(request_response::RequestResponse),
    RequestResponseConfig(request_response::RequestResponseConfig),
    Client(request_response::Client),
    Server(request_response::Server),
    LoanRequest(request_response::LoanRequest),
    SendLoanedRequest(request_response::SendLoanedRequest),
    SendRequest(request_response::SendRequest),
    SendRequestCopy(request_response::SendRequestCopy),
    PendingState(request_response::PendingState),
    ReadRequest(request_response::ReadRequest),
    ReceiveResponses(request_response::ReceiveResponses),
    HoldResponse(request_response::HoldResponse),
    ReadResponse(request_response::ReadResponse),
    SetDisconnectHint(request_response::SetDisconnectHint),
    CallMany(request_response::CallMany),
    HasRequests(request_response::HasRequests),
    ReceiveRequest(request_response::ReceiveRequest),
    ActiveState(request_response::ActiveState),
    Respond(request_response::Respond),
    RespondCopy(request_response::RespondCopy),
    LoanResponse(request_response::LoanResponse),
    SendLoanedResponse(request_response::SendLoanedResponse),
    ServeMany(request_response::ServeMany),
);

fn answer(line: &str, objects: &mut Objects) -> Value {
    let outcome = serde_json::from_str::<Command>(line)
        .map_err(Into::into)
        .and_then(|command| command.run(objects));
    match outcome {
        Ok(result) => json!({ "result": result }),
        Err(failure) => failure.to_json(),
    }
}

/// Answers until stdin ends, then leaves nothing behind.
fn main() -> io::Result<()> {
    set_log_level_from_env_or(LogLevel::Error);
    let mut objects = Objects::default();
    let mut answers = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        writeln!(answers, "{}", answer(&line?, &mut objects))?;
        answers.flush()?;
    }
    objects.drop_all();
    Ok(())
}
