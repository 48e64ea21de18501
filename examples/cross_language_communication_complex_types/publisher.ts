/** Sends containers of containers in the layout that all languages share. */
import { Node } from "iceoryx2-ts";
import { ComplexType } from "../_examples_common/complex-type.ts";

const CYCLE_TIME = 1000;
const EMPTY_MATRIX = Array.from({ length: 8 }, () => new Float64Array(8));

using node = Node.create();
const service = node.service("CrossLanguageComplexTypes").publishSubscribe(ComplexType).openOrCreate();
const publisher = service.publisher();

for await (const counter of node.ticks(CYCLE_TIME)) {
  using loan = publisher.loanUninit();
  // Nearly nothing of these 9 megabytes has to be written: vectors are as long as what they hold.
  const { payload } = loan;
  payload.addressBook.set([{ firstName: "Kermit", lastName: "The Frog" }]);
  const matrix = EMPTY_MATRIX.map((row) => row.slice());
  matrix[2]![5] = counter * 0.8912;
  payload.someMatrix.set(matrix);
  payload.someValue = 5;
  payload.anotherValue = 0;
  loan.send();
  console.log(`Send sample ${counter} ...`);
}
console.log("exit");
