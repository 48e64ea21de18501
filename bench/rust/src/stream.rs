//! As many messages as possible in one direction, none lost: the twin of `exchange/stream.ts`.

use iceoryx2::node::Node;
use iceoryx2::port::publisher::Publisher;
use iceoryx2::port::subscriber::Subscriber;
use iceoryx2::service::port_factory::publish_subscribe::PortFactory;

use crate::touch::Touch;
use crate::{Exchange, Ipc, Open, Outcome, Run, measure};

fn service(node: &Node<Ipc>, open: &Open) -> Outcome<PortFactory<Ipc, [u8], ()>> {
    let name = format!("{}-a2b", open.name);
    Ok(node
        .service_builder(&name.as_str().try_into()?)
        .publish_subscribe::<[u8]>()
        .max_publishers(1)
        .max_subscribers(1)
        .subscriber_max_buffer_size(open.buffer)
        .history_size(0)
        .enable_safe_overflow(false)
        .open_or_create()?)
}

pub struct Source {
    publisher: Publisher<Ipc, [u8], ()>,
    touch: Touch,
    size: usize,
}

impl Source {
    pub fn open(node: &Node<Ipc>, open: &Open) -> Outcome<Self> {
        let service = service(node, open)?;
        let publisher = service
            .publisher_builder()
            .initial_max_slice_len(open.size)
            .create()?;
        Ok(Self {
            publisher,
            touch: Touch::new(open.size),
            size: open.size,
        })
    }
}

impl Exchange for Source {
    fn run(&mut self, run: &Run) -> Outcome<Vec<f64>> {
        measure(run, || {
            let mut loan = self.publisher.loan_slice_uninit(self.size)?;
            if run.touched {
                self.touch.write(loan.payload_mut());
            }
            // Safe: every byte of the memory was written once, and nobody looks at it where it was not.
            unsafe { loan.assume_init() }.send()?;
            Ok(())
        })
    }
}

pub struct Sink {
    subscriber: Subscriber<Ipc, [u8], ()>,
    touch: Touch,
}

impl Sink {
    pub fn open(node: &Node<Ipc>, open: &Open) -> Outcome<Self> {
        let subscriber = service(node, open)?.subscriber_builder().create()?;
        // Connects: what is sent to nobody is lost.
        subscriber.has_samples()?;
        let touch = Touch::new(open.size);
        Ok(Self { subscriber, touch })
    }
}

impl Exchange for Sink {
    fn run(&mut self, run: &Run) -> Outcome<Vec<f64>> {
        measure(run, || {
            loop {
                let Some(sample) = self.subscriber.receive()? else {
                    continue;
                };
                if run.touched {
                    self.touch.read(sample.payload())?;
                }
                return Ok(());
            }
        })
    }
}
