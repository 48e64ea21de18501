/** Sending and receiving the pages with which two ends connect. */
import { type Ends, LOOK, type MessageSample } from "./ends.ts";
import { GREETING } from "./message-header.ts";
import { OwnPage, PAGE_SIZE, PeerPage } from "./page.ts";

/**
 * Sends a page of ours. Whoever gets it and is not meant ignores it.
 *
 * @param to the subscriber that is greeted.
 * @returns undefined if nobody got it.
 * @throws SendError `UnableToDeliver`, LoanError
 */
export function greet(ends: Ends, to: bigint, sequence: number): OwnPage | undefined {
  const { publisher, subscriber, listener, notifier, session } = ends;
  const loan = publisher.loan(PAGE_SIZE);
  try {
    loan.userHeader.sequence = sequence;
    loan.userHeader.session = GREETING;
    const page = new OwnPage(
      loan.payload,
      { to, from: subscriber.id, listener: listener.id, session },
      (sequence + 1) | 0,
    );
    if (loan.send() === 0) return undefined;
    notifier.notify(LOOK);
    return page;
  } finally {
    loan.release();
  }
}

/** The page of another end, and the sample that it is in. */
export interface ReceivedPage {
  readonly page: PeerPage;
  readonly sample: MessageSample;
  readonly sequence: number;
}

/**
 * Whether a sample is a page that is meant for us; it has to be released when it is not needed any more. Any other is
 * released here.
 */
export function readGreeting(sample: MessageSample, { subscriber }: Ends): ReceivedPage | undefined {
  const { userHeader } = sample;
  if (userHeader.session === GREETING) {
    const page = PeerPage.read(sample.payload);
    if (page?.to === subscriber.id) return { page, sample, sequence: userHeader.sequence | 0 };
  }
  sample.release();
  return undefined;
}
