/// <reference lib="esnext.disposable" preserve="true" />
export type { EventService } from "./api/event-service.ts";
export { Node, type NodeOptions } from "./api/node.ts";
export type { PortFactory } from "./api/port-factory.ts";
export type { PublishSubscribeService } from "./api/publish-subscribe-service.ts";
export type { RequestResponseService } from "./api/request-response-service.ts";
export { Service } from "./api/service.ts";
export type { PublishSubscribeTypes, RequestResponseTypes, ServiceBuilder } from "./api/service-builder.ts";
export type { CreateOptions, OpenOptions, OpenVerbs, ServiceVerbs } from "./api/service-verbs.ts";
export type {
  ConnectionDegraded,
  Diagnostics,
  NodeCleanupFailed,
  NodeDead,
  SampleLost,
  ServiceOrphanRemoved,
} from "./base/diagnostics.ts";
export {
  AlreadyWaitingError,
  ClosedError,
  InvalidArgumentError,
  InvalidNameError,
  TimeoutError,
  UnsupportedPlatformError,
  UseAfterReleaseError,
} from "./base/general-errors.ts";
export { Iox2Error } from "./base/iox2-error.ts";
export { type Logger, type LogLevel, setLogger, setLogLevel } from "./base/log.ts";
export { Config, type ConfigOverrides } from "./config/config.ts";
export { ConfigCreationError } from "./config/config-file.ts";
export type { AllocationStrategy, BackpressureStrategy } from "./config/settings.ts";
export { DocumentError } from "./config/toml-codec.ts";
export { NodeCreationFailure, NodeListFailure } from "./lifecycle/node-errors.ts";
export type { ServiceDetails, ServiceDynamicDetails } from "./lifecycle/service-list.ts";
export { ServiceDetailsError, ServiceListError } from "./lifecycle/service-list-errors.ts";
export type { SignalMode } from "./lifecycle/termination.ts";
export type { WaitOptions } from "./lifecycle/waiting.ts";
export type { NodeDetails } from "./node/node-details.ts";
export type { NodeStateKind, NodeView } from "./node/node-list.ts";
export { type ErrnoName, OsError } from "./os/os-error.ts";
export type { RunOptions } from "./os/steps.ts";
export { type ArrayType, array } from "./payload/array.ts";
export type { Many } from "./payload/elements.ts";
export type {
  FixedType,
  Input,
  PayloadType,
  ReadonlyView,
  SliceType,
  Value,
  View,
} from "./payload/meaning.ts";
export { named } from "./payload/named.ts";
export { PayloadTypeError, PayloadValueError } from "./payload/payload-errors.ts";
export {
  type Bool,
  bool,
  type F32,
  type F64,
  f32,
  f64,
  type I8,
  type I16,
  type I32,
  type I64,
  type Isize,
  i8,
  i16,
  i32,
  i64,
  isize,
  type Scalar,
  type U8,
  type U16,
  type U32,
  type U64,
  type Usize,
  u8,
  u16,
  u32,
  u64,
  usize,
} from "./payload/scalars.ts";
export type { Sequence } from "./payload/sequence.ts";
export { bytes, slice } from "./payload/slice.ts";
export { type StaticStringType, staticString } from "./payload/static-string.ts";
export { type StaticVecType, staticVec } from "./payload/static-vec.ts";
export { type Fields, type StructType, struct } from "./payload/struct.ts";
export type { TypeDetail } from "./payload/type-detail.ts";
export { type UntypedHeader, type UntypedType, untyped } from "./payload/untyped.ts";
export type { VecView } from "./payload/vec-view.ts";
export type {
  BackpressureAction,
  BackpressureHandler,
  BackpressureInfo,
  DegradationAction,
  DegradationCause,
  DegradationHandler,
  DegradationInfo,
} from "./port/common/handlers.ts";
export type { Header, HeaderInput, HeaderView, Loan, LoanArguments } from "./port/common/loan.ts";
export type { LoopOptions, WakeUps } from "./port/common/message-loop.ts";
export type { SendExtras } from "./port/common/message-writer.ts";
export { LoanError, ReceiveError, SendError } from "./port/common/port-errors.ts";
export type { HeaderReadonly, Received } from "./port/common/received-message.ts";
export type { EventActivation } from "./port/event/activations.ts";
export {
  ListenerCreateError,
  ListenerWaitError,
  NotifierCreateError,
  NotifierNotifyError,
} from "./port/event/event-port-errors.ts";
export type { Listener, ListenerOptions } from "./port/event/listener.ts";
export type { ConnectedListener, Notifier, NotifierOptions } from "./port/event/notifier.ts";
export type { PublishSubscribeEventIds } from "./port/publish-subscribe/event-ids.ts";
export {
  PublisherCreateError,
  SubscriberCreateError,
} from "./port/publish-subscribe/publish-subscribe-port-errors.ts";
export type { Publisher, PublisherOptions } from "./port/publish-subscribe/publisher.ts";
export type { Sample } from "./port/publish-subscribe/sample.ts";
export type { SampleHeader } from "./port/publish-subscribe/sample-header.ts";
export type { Subscriber, SubscriberOptions } from "./port/publish-subscribe/subscriber.ts";
export type { ActiveRequest } from "./port/request-response/active-request.ts";
export { CallError } from "./port/request-response/call-error.ts";
export type { CallOptions } from "./port/request-response/calls.ts";
export type { Client, ClientOptions } from "./port/request-response/client.ts";
export type { PendingResponse } from "./port/request-response/pending-response.ts";
export type { RequestHeader } from "./port/request-response/request-header.ts";
export {
  ClientCreateError,
  RequestSendError,
  ServerCreateError,
} from "./port/request-response/request-response-port-errors.ts";
export type { Response } from "./port/request-response/response.ts";
export type { ResponseHeader } from "./port/request-response/response-header.ts";
export type { Server, ServerOptions } from "./port/request-response/server.ts";
export type { Reply, RequestHandler, ServeOptions } from "./port/request-response/serving.ts";
export type { CleanupState } from "./recovery/dead-nodes.ts";
export { ServiceRemoveError } from "./recovery/force-removal.ts";
export {
  type Attribute,
  AttributeDefinitionError,
  type Attributes,
  type AttributeValues,
} from "./service/attributes.ts";
export type { EventQos } from "./service/event.ts";
export { EventCreateError, EventOpenError, EventOpenOrCreateError } from "./service/event-errors.ts";
export type {
  BlackboardPattern,
  ClockTime,
  EventDeadline,
  EventPattern,
  MessageTypeDetails,
  MessagingPattern,
  MessagingPatternKind,
  PublishSubscribePattern,
  RequestResponsePattern,
} from "./service/messaging-pattern.ts";
export type {
  DataSegmentType,
  PortDetails,
  PublisherDetails,
  SubscriberDetails,
} from "./service/port-details.ts";
export type { PublishSubscribeQos } from "./service/publish-subscribe.ts";
export {
  PublishSubscribeCreateError,
  PublishSubscribeOpenError,
  PublishSubscribeOpenOrCreateError,
} from "./service/publish-subscribe-errors.ts";
export type { RequestResponseQos } from "./service/request-response.ts";
export {
  RequestResponseCreateError,
  RequestResponseOpenError,
  RequestResponseOpenOrCreateError,
} from "./service/request-response-errors.ts";
export type { PackageVersion, StaticConfig } from "./service/static-config.ts";
export { StorageError } from "./transport/storage-error.ts";
export type { Attachment, DescriptorSource, Guard } from "./waitset/attachment.ts";
export type {
  AttachmentCallback,
  CallbackProgression,
  WaitSet,
  WaitSetOptions,
  WaitSetRunResult,
} from "./waitset/wait-set.ts";
export { WaitSetAttachmentError, WaitSetCreateError, WaitSetRunError } from "./waitset/wait-set-errors.ts";
