import { f64, i32, type StructType, struct } from "iceoryx2-ts";

export const TransmissionData: StructType<{ x: typeof i32; y: typeof i32; funky: typeof f64 }> = struct(
  "TransmissionData",
  { x: i32, y: i32, funky: f64 },
);
