// What must compile: the types of services and ports. Compiled by src/payload/type-tests.test.ts, never run.
import {
  bytes,
  type FixedType,
  f64,
  type Input,
  i32,
  LoanError,
  Node,
  type PayloadType,
  type Publisher,
  type Sample,
  slice,
  struct,
  type UntypedHeader,
  type UntypedType,
  u64,
  untyped,
  usize,
  type Value,
} from "../src/index.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function expectType<E>(): <A>(actual: A, ...same: Equal<A, E> extends true ? [] : [never]) => void;

const Point = struct("Point", { x: i32, y: i32, funky: f64 });
const Header = struct("Header", { version: i32, timestamp: u64 });

using node = Node.create({ name: "camera" });
using service = node
  .service("My/Funk/ServiceName")
  .publishSubscribe(Point, { userHeader: Header })
  .openOrCreate({ historySize: 3, subscriberMaxBufferSize: undefined });

// Loans and samples.
using publisher = service.publisher({ maxLoanedSamples: 4 });
const userHeader = { version: 1, timestamp: 5n };
expectType<number>()(publisher.sendCopy({ x: 1, y: 2, funky: 3.5 }, { userHeader }));
{
  using loan = publisher.loan();
  loan.payload.x = 7;
  loan.payload = { x: 1, y: 2, funky: 3 };
  loan.userHeader.timestamp = 3n;
  loan.userHeader = userHeader;
  expectType<bigint>()(loan.userHeader.timestamp);
  expectType<number>()(loan.send());
}
using subscriber = service.subscriber({ bufferSize: 5 });
{
  using sample = subscriber.receive();
  if (sample !== undefined) {
    expectType<number>()(sample.payload.x);
    expectType<bigint>()(sample.userHeader.timestamp);
    expectType<{ x: number; y: number; funky: number }>()(sample.copy());
    expectType<typeof sample>()(sample.keep());
  }
}
subscriber.drain((sample) => expectType<number>()(sample.payload.y));

// Scalars and slices.
{
  const loan = node.service("scalar").publishSubscribe(usize).openOrCreate().publisher().loan();
  loan.payload = 5n;
  expectType<bigint>()(loan.payload);
}
{
  const raw = node.service("bytes").publishSubscribe(bytes).openOrCreate();
  const sender = raw.publisher({ initialMaxSliceLen: 16 });
  expectType<Uint8Array<ArrayBuffer>>()(sender.loan(16).payload);
  sender.sendCopy(new Uint8Array(3));
  sender.sendCopy([1, 2, 3]);
  sender.sendCopy(Buffer.from("x"));
  expectType<undefined | Uint8Array<ArrayBuffer>>()(raw.subscriber().receive()?.payload);
}
{
  const points = node.service("points").publishSubscribe(slice(Point)).openOrCreate();
  for (const point of points.subscriber().receive()?.payload ?? []) expectType<number>()(point.x);
}

// Types that only the service knows.
{
  const opened = node.service("unknown").publishSubscribe(untyped).open({ maxPublishers: 2 });
  const sender = opened.publisher({ initialMaxSliceLen: 16 });
  const loan = sender.loan(16);
  expectType<Uint8Array<ArrayBuffer>>()(loan.payload);
  expectType<Uint8Array<ArrayBuffer> | undefined>()(loan.userHeader);
  sender.sendCopy(new Uint8Array(16), { userHeader: new Uint8Array(8) });
  const received = opened.subscriber().receive();
  expectType<Uint8Array<ArrayBuffer> | undefined>()(received?.payload);
  expectType<Uint8Array<ArrayBuffer> | undefined>()(received?.userHeader);
  expectType<Uint8Array<ArrayBuffer> | undefined>()(received?.copy());
  expectType<string>()(opened.staticConfig.messageTypeDetails.payload.typeName);
  const bridge: Publisher<UntypedType, UntypedHeader> = sender;
  bridge.close();
}

// Code for any type.
export function forward<T extends PayloadType>(
  from: Sample<T>,
  to: Publisher<T>,
  map: (value: Value<T>) => Input<T>,
): number {
  return to.sendCopy(map(from.copy()));
}
export function loanOne<T extends FixedType>(sender: Publisher<T>, value: Input<T>): number {
  const loan = (sender as Publisher<FixedType>).loan();
  loan.payload = value;
  return loan.send();
}

// Codes are a closed set.
export function explain(error: unknown): string {
  if (!(error instanceof LoanError)) return "something else";
  switch (error.code) {
    case "ExceedsMaxLoans":
    case "OutOfMemory":
    case "ExceedsMaxLoanSize":
    case "InternalFailure":
      return error.code;
    default:
      return expectType<never>()(error.code) as never;
  }
}
