import { f64, staticString, staticVec, struct, u16, u32 } from "iceoryx2-ts";

const FullName = struct("FullName", { firstName: staticString(256), lastName: staticString(256) });

export const ComplexType = struct("ComplexType", {
  addressBook: staticVec(FullName, 16384),
  someMatrix: staticVec(staticVec(f64, 8), 8),
  someValue: u16,
  anotherValue: u32,
});
