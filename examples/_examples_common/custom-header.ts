import { i32, struct, u64 } from "iceoryx2-ts";

export const CustomHeader = struct("CustomHeader", { version: i32, timestamp: u64 });
