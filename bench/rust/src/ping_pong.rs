//! One message at a time, there and back, polled: the twin of `exchange/ping-pong.ts`.

use core::mem::MaybeUninit;

use iceoryx2::node::Node;
use iceoryx2::port::publisher::Publisher;
use iceoryx2::port::subscriber::Subscriber;
use iceoryx2::sample_mut_uninit::SampleMutUninit;
use iceoryx2::service::port_factory::publish_subscribe::PortFactory;

use crate::touch::Touch;
use crate::{Exchange, Ipc, Open, Outcome, Role, Run, measure};

pub struct PingPong {
    publisher: Publisher<Ipc, [u8], ()>,
    subscriber: Subscriber<Ipc, [u8], ()>,
    outgoing: Touch,
    incoming: Touch,
    /// Loaned while the answer is on its way.
    next: Option<SampleMutUninit<Ipc, [MaybeUninit<u8>], ()>>,
    role: Role,
    size: usize,
}

fn service(node: &Node<Ipc>, open: &Open, direction: &str) -> Outcome<PortFactory<Ipc, [u8], ()>> {
    let name = format!("{}-{direction}", open.name);
    Ok(node
        .service_builder(&name.as_str().try_into()?)
        .publish_subscribe::<[u8]>()
        .max_publishers(1)
        .max_subscribers(1)
        .subscriber_max_buffer_size(open.buffer)
        .history_size(0)
        .open_or_create()?)
}

impl PingPong {
    pub fn open(node: &Node<Ipc>, open: &Open, role: Role) -> Outcome<Self> {
        let (mine, theirs) = if role == Role::A {
            ("a2b", "b2a")
        } else {
            ("b2a", "a2b")
        };
        let mine = service(node, open, mine)?;
        let publisher = mine
            .publisher_builder()
            .initial_max_slice_len(open.size)
            .create()?;
        Ok(Self {
            next: None,
            publisher,
            subscriber: service(node, open, theirs)?.subscriber_builder().create()?,
            outgoing: Touch::new(open.size),
            incoming: Touch::new(open.size),
            role,
            size: open.size,
        })
    }

    fn send_message(&mut self, touched: bool) -> Outcome<()> {
        let mut loan = match self.next.take() {
            Some(loan) => loan,
            None => self.publisher.loan_slice_uninit(self.size)?,
        };
        if touched {
            self.outgoing.write(loan.payload_mut());
        }
        // Safe: every byte of the memory was written once, or nobody looks at it.
        unsafe { loan.assume_init() }.send()?;
        self.next = Some(self.publisher.loan_slice_uninit(self.size)?);
        Ok(())
    }

    fn await_message(&mut self, touched: bool) -> Outcome<()> {
        loop {
            let Some(sample) = self.subscriber.receive()? else {
                continue;
            };
            if touched {
                self.incoming.read(sample.payload())?;
            }
            return Ok(());
        }
    }
}

impl Exchange for PingPong {
    fn run(&mut self, run: &Run) -> Outcome<Vec<f64>> {
        measure(run, || match self.role {
            Role::A => {
                self.send_message(run.touched)?;
                self.await_message(run.touched)
            }
            Role::B => {
                self.await_message(run.touched)?;
                self.send_message(run.touched)
            }
        })
    }
}
