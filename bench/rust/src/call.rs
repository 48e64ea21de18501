//! One request at a time and its response, polled: the twin of `exchange/call.ts`.

use iceoryx2::node::Node;
use iceoryx2::port::client::Client;
use iceoryx2::port::server::Server;
use iceoryx2::service::port_factory::PortFactory as _;
use iceoryx2::service::port_factory::request_response::PortFactory;

use crate::touch::Touch;
use crate::{Exchange, Ipc, Open, Outcome, Run, measure};

type Service = PortFactory<Ipc, [u8], (), [u8], ()>;
type BytesClient = Client<Ipc, [u8], (), [u8], ()>;

fn service(node: &Node<Ipc>, open: &Open, clients: usize) -> Outcome<Service> {
    Ok(node
        .service_builder(&open.name.as_str().try_into()?)
        .request_response::<[u8], [u8]>()
        .max_servers(1)
        .max_clients(clients)
        .max_active_requests_per_client(1)
        .max_loaned_requests(1)
        .max_response_buffer_size(open.buffer)
        .max_borrowed_responses_per_pending_response(1)
        .open_or_create()?)
}

pub struct Caller {
    service: Service,
    client: BytesClient,
    /// Connected as well, but idle.
    _others: Vec<BytesClient>,
    outgoing: Touch,
    incoming: Touch,
    size: usize,
}

impl Caller {
    pub fn open(node: &Node<Ipc>, open: &Open, clients: usize) -> Outcome<Self> {
        let service = service(node, open, clients)?;
        let client = service
            .client_builder()
            .initial_max_slice_len(open.size)
            .create()?;
        let others = (1..clients).map(|_| service.client_builder().create());
        Ok(Self {
            _others: others.collect::<Result<_, _>>()?,
            client,
            service,
            outgoing: Touch::new(open.size),
            incoming: Touch::new(open.size),
            size: open.size,
        })
    }
}

impl Exchange for Caller {
    fn run(&mut self, run: &Run) -> Outcome<Vec<f64>> {
        // What is sent before the server is there is lost.
        while self.service.dynamic_config().number_of_servers() == 0 {}
        let mut next = Some(self.client.loan_slice_uninit(self.size)?);
        measure(run, || {
            let mut loan = next.take().ok_or("the next request is loaned")?;
            if run.touched {
                self.outgoing.write(loan.payload_mut());
            }
            // Safe: every byte of the memory was written once, or nobody looks at it.
            let pending = unsafe { loan.assume_init() }.send()?;
            next = Some(self.client.loan_slice_uninit(self.size)?);
            loop {
                let Some(response) = pending.receive()? else {
                    continue;
                };
                if run.touched {
                    self.incoming.read(response.payload())?;
                }
                return Ok(());
            }
        })
    }
}

pub struct Answerer {
    server: Server<Ipc, [u8], (), [u8], ()>,
    outgoing: Touch,
    incoming: Touch,
    size: usize,
}

impl Answerer {
    pub fn open(node: &Node<Ipc>, open: &Open, clients: usize) -> Outcome<Self> {
        let server = service(node, open, clients)?
            .server_builder()
            .initial_max_slice_len(open.size)
            .max_loaned_responses_per_request(1)
            .create()?;
        Ok(Self {
            server,
            outgoing: Touch::new(open.size),
            incoming: Touch::new(open.size),
            size: open.size,
        })
    }
}

impl Exchange for Answerer {
    fn run(&mut self, run: &Run) -> Outcome<Vec<f64>> {
        measure(run, || {
            loop {
                let Some(request) = self.server.receive()? else {
                    continue;
                };
                if run.touched {
                    self.incoming.read(request.payload())?;
                }
                let mut loan = request.loan_slice_uninit(self.size)?;
                if run.touched {
                    self.outgoing.write(loan.payload_mut());
                }
                // Safe: every byte of the memory was written once, or nobody looks at it.
                unsafe { loan.assume_init() }.send()?;
                return Ok(());
            }
        })
    }
}
