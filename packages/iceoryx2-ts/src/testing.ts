/// <reference lib="esnext.disposable" preserve="true" />
export { TestDomain } from "./testing/test-domain.ts";
