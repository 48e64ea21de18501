/** Prints an element deep inside of what publishers of any language send. */
import { Node } from "iceoryx2-ts";
import { ComplexType } from "../_examples_common/complex-type.ts";

using node = Node.create();
const service = node.service("CrossLanguageComplexTypes").publishSubscribe(ComplexType).openOrCreate();
const subscriber = service.subscriber();

console.log("Subscriber ready to receive data!");
for await (const sample of subscriber) console.log(`received: ${sample.payload.someMatrix.at(2)?.at(5)}`);
console.log("exit");
