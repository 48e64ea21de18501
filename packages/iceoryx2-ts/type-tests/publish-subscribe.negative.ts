// What must not compile: each line that ends with an error code must have exactly that diagnostic, no other line
// any. Checked by src/payload/type-tests.test.ts.
import { bytes, i32, Node, struct, u64, untyped } from "../src/index.ts";

const T = struct("T", { x: i32, id: u64 });
const node = Node.create();
const publisher = node.service("x").publishSubscribe(T).openOrCreate().publisher();
const raw = node.service("b").publishSubscribe(bytes).openOrCreate().publisher();
const sample = node.service("x").publishSubscribe(T).open().subscriber().receive()!;

publisher.sendCopy({ x: 1 }); // missing field: TS2741
publisher.sendCopy({ x: 1, id: 5 }); // number for a u64: TS2322
publisher.sendCopy({ x: 1, id: 5n }, { userHeader: { x: 1 } }); // no header was declared: TS2322
publisher.loan(5); // a fixed payload takes no length: TS2554
raw.loan(); // a slice needs one: TS2554
sample.payload.x = 5; // samples are read-only: TS2540
export const version = sample.userHeader.version; // no header was declared: TS18048
node.service("x").publishSubscribe({ x: 1 }); // no type: TS2769
node.service("x").publishSubscribe(T, { userHeader: bytes }); // headers have a fixed size: TS2322
node.service("x").publishSubscribe(T).openOrCreate({ histroySize: 3 }); // typing error: TS2561
node.service("x").publishSubscribe(T).create({ requireAttributes: {} }); // that is for opening: TS2353
node.service("x").publishSubscribe(untyped).create(); // its types are not known: TS2339
node.service("x").publishSubscribe(untyped).openOrCreateAsync(); // likewise: TS2339
node.service("x").publishSubscribe(untyped).open().publisher().sendCopy("text"); // it takes bytes: TS2345
