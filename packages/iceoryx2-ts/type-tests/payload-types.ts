// What must compile: the types that follow from a definition. Compiled by src/payload/type-tests.test.ts, never run.
import { array } from "../src/payload/array.ts";
import type { FixedType, Input, PayloadType, ReadonlyView, Value, View } from "../src/payload/meaning.ts";
import { named } from "../src/payload/named.ts";
import {
  bool,
  f32,
  f64,
  i8,
  i16,
  i32,
  i64,
  isize,
  u8,
  u16,
  u32,
  u64,
  usize,
} from "../src/payload/scalars.ts";
import type { Sequence } from "../src/payload/sequence.ts";
import { bytes, slice } from "../src/payload/slice.ts";
import { staticString } from "../src/payload/static-string.ts";
import { staticVec } from "../src/payload/static-vec.ts";
import { struct } from "../src/payload/struct.ts";
import type { VecView } from "../src/payload/vec-view.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function expectEqual<A, B>(...different: Equal<A, B> extends true ? [] : [never]): void;

interface Point {
  x: number;
  y: number;
  z: number;
}

const Vec3 = struct("Vec3", { x: f64, y: f64, z: f64 });
const Robot = struct("Robot", {
  id: u64,
  name: staticString(32),
  pose: Vec3,
  joints: array(f32, 7),
  path: staticVec(Vec3, 16),
  ticks: staticVec(i64, 4),
  corners: array(Vec3, 4),
  flags: array(bool, 3),
  armed: bool,
});

expectEqual<View<typeof Vec3>, Point>();
expectEqual<Value<typeof Vec3>, Point>();
expectEqual<ReadonlyView<typeof Vec3>, Readonly<Point>>();
expectEqual<Input<typeof Vec3>, Readonly<Point>>();

expectEqual<View<typeof Robot>["id"], bigint>();
expectEqual<View<typeof Robot>["name"], string>();
expectEqual<View<typeof Robot>["joints"], Float32Array<ArrayBuffer>>();
expectEqual<View<typeof Robot>["path"], VecView<typeof Vec3>>();
expectEqual<View<typeof Robot>["corners"], Sequence<Point>>();
expectEqual<View<typeof Robot>["flags"], Sequence<boolean>>();
expectEqual<ReadonlyView<typeof Robot>["joints"], Float32Array<ArrayBuffer>>();
expectEqual<ReadonlyView<typeof Robot>["path"], Sequence<Readonly<Point>>>();
expectEqual<ReadonlyView<typeof Robot>["ticks"], BigInt64Array<ArrayBuffer>>();
expectEqual<Value<typeof Robot>["path"], Point[]>();
expectEqual<Value<typeof Robot>["flags"], boolean[]>();
expectEqual<Value<typeof Robot>["ticks"], BigInt64Array<ArrayBuffer>>();
expectEqual<Input<typeof Robot>["joints"], ArrayLike<number>>();
expectEqual<Input<typeof Robot>["corners"], ArrayLike<Readonly<Point>>>();

expectEqual<View<typeof bytes>, Uint8Array<ArrayBuffer>>();
expectEqual<Input<typeof bytes>, ArrayLike<number>>();
const points = slice(Vec3);
expectEqual<View<typeof points>, Sequence<Point>>();
expectEqual<Value<typeof points>, Point[]>();

// Every scalar: its value, and the typed array for a run of it.
const numbers = { i8, i16, i32, u8, u16, u32, f32, f64 };
const bigints = { i64, u64, isize, usize };
expectEqual<Value<(typeof numbers)[keyof typeof numbers]>, number>();
expectEqual<Value<(typeof bigints)[keyof typeof bigints]>, bigint>();
expectEqual<Value<typeof bool>, boolean>();
const arrays = struct("Arrays", {
  i8: array(i8, 1),
  i16: array(i16, 1),
  i32: array(i32, 1),
  i64: array(i64, 1),
  isize: array(isize, 1),
  u8: array(u8, 1),
  u16: array(u16, 1),
  u32: array(u32, 1),
  u64: array(u64, 1),
  usize: array(usize, 1),
  f32: array(f32, 1),
  f64: array(f64, 1),
});
expectEqual<
  Value<typeof arrays>,
  {
    i8: Int8Array<ArrayBuffer>;
    i16: Int16Array<ArrayBuffer>;
    i32: Int32Array<ArrayBuffer>;
    i64: BigInt64Array<ArrayBuffer>;
    isize: BigInt64Array<ArrayBuffer>;
    u8: Uint8Array<ArrayBuffer>;
    u16: Uint16Array<ArrayBuffer>;
    u32: Uint32Array<ArrayBuffer>;
    u64: BigUint64Array<ArrayBuffer>;
    usize: BigUint64Array<ArrayBuffer>;
    f32: Float32Array<ArrayBuffer>;
    f64: Float64Array<ArrayBuffer>;
  }
>();

// The names that users give to types of their own.
type Robot = Value<typeof Robot>;
export function emptyRobot(): Input<typeof Robot> {
  return {
    id: 0n,
    name: "",
    pose: { x: 0, y: 0, z: 0 },
    joints: new Float32Array(7),
    path: [],
    ticks: [1n],
    corners: [],
    flags: [true],
    armed: false,
  };
}
export function move(robot: View<typeof Robot>): void {
  robot.pose.x += 1;
  robot.pose = { x: 1, y: 2, z: 3 };
  robot.joints.set([1, 2, 3]);
  robot.path.push({ x: 1, y: 2, z: 3 });
  robot.path.set([]);
  const corner = robot.corners[0];
  if (corner !== undefined) corner.z = 4;
}
export function nameOf(robot: Robot): string {
  return robot.name;
}

// Generic code.
interface Source<T extends PayloadType> {
  copy(): Value<T>;
}
interface Sink<T extends PayloadType> {
  sendCopy(value: Input<T>): number;
}
export function forward<T extends PayloadType>(
  source: Source<T>,
  sink: Sink<T>,
  map: (value: Value<T>) => Input<T>,
): number {
  return sink.sendCopy(map(source.copy()));
}
export const payloadTypes: PayloadType[] = [u64, Robot, bytes, points, staticString(3)];
export const fixedTypes: FixedType[] = [u64, Robot, array(Robot, 2), staticVec(Robot, 2)];

// Another name changes nothing else.
const renamed = named("Vector", Vec3);
expectEqual<typeof renamed, typeof Vec3>();
