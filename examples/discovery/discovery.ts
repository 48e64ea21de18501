/** Prints all that can be said about the services of this machine, whatever their language. */
import { Service } from "iceoryx2-ts";

for (const service of Service.list()) console.dir(service, { depth: null });
