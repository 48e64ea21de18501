//! One side of a pair in Rust: the twin of `exchange/side.ts`, driven by the commands of `exchange/protocol.ts`.

mod call;
mod ping_pong;
mod stream;
mod touch;

use core::error::Error;
use std::io::{self, BufRead, Write};
use std::time::Instant;

use iceoryx2::prelude::*;
use serde::Deserialize;
use serde_json::json;

type Outcome<T> = Result<T, Box<dyn Error>>;
type Ipc = ipc::Service;

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Role {
    A,
    B,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Arguments {
    role: Role,
    prefix: String,
    root_path: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Pattern {
    PingPong,
    Stream,
    Call,
    CallAmongEight,
}

impl Pattern {
    /// How many clients are connected to the server.
    fn clients(&self) -> usize {
        match self {
            Pattern::CallAmongEight => 8,
            _ => 1,
        }
    }
}

#[derive(Deserialize)]
struct Open {
    pattern: Pattern,
    name: String,
    size: usize,
    buffer: usize,
}

#[derive(Deserialize)]
struct Run {
    batches: usize,
    count: usize,
    touched: bool,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum Command {
    Rehearse,
    Open(Open),
    Run(Run),
    Close,
}

/// Ports that are open, ready to exchange messages.
trait Exchange {
    fn run(&mut self, run: &Run) -> Outcome<Vec<f64>>;
}

fn open(arguments: &Arguments, open: &Open) -> Outcome<Box<dyn Exchange>> {
    let mut config = Config::default();
    config.global.prefix = FileName::new(arguments.prefix.as_bytes())?;
    config
        .global
        .set_root_path(&Path::new(arguments.root_path.as_bytes())?);
    let node = NodeBuilder::new().config(&config).create::<Ipc>()?;
    Ok(match (&open.pattern, arguments.role) {
        (Pattern::PingPong, role) => Box::new(ping_pong::PingPong::open(&node, open, role)?),
        (Pattern::Stream, Role::A) => Box::new(stream::Source::open(&node, open)?),
        (Pattern::Stream, Role::B) => Box::new(stream::Sink::open(&node, open)?),
        (calls, Role::A) => Box::new(call::Caller::open(&node, open, calls.clients())?),
        (calls, Role::B) => Box::new(call::Answerer::open(&node, open, calls.clients())?),
    })
}

/// Nanoseconds per call, one value per batch.
fn measure(run: &Run, mut call: impl FnMut() -> Outcome<()>) -> Outcome<Vec<f64>> {
    let mut values = Vec::with_capacity(run.batches);
    for _ in 0..run.batches {
        let start = Instant::now();
        for _ in 0..run.count {
            call()?;
        }
        values.push(start.elapsed().as_nanos() as f64 / run.count as f64);
    }
    Ok(values)
}

fn main() -> Outcome<()> {
    set_log_level_from_env_or(LogLevel::Error);
    let arguments: Arguments = serde_json::from_str(&std::env::args().nth(1).unwrap_or_default())?;
    let mut exchange: Option<Box<dyn Exchange>> = None;
    for line in io::stdin().lock().lines() {
        let nanoseconds = match serde_json::from_str(&line?)? {
            Command::Rehearse => vec![],
            Command::Open(command) => {
                exchange = Some(open(&arguments, &command)?);
                vec![]
            }
            Command::Run(run) => exchange.as_mut().ok_or("open comes first")?.run(&run)?,
            Command::Close => {
                exchange = None;
                vec![]
            }
        };
        println!("{}", json!({ "nanoseconds": nanoseconds }));
        io::stdout().flush()?;
    }
    Ok(())
}
