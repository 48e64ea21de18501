import { f64, i32, struct } from "iceoryx2-ts";

export const TransmissionData = struct("TransmissionData", { x: i32, y: i32, funky: f64 });
