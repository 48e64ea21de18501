import { checkServiceName } from "../base/names.ts";
import { Config } from "../config/config.ts";
import { listServices, readServiceDetails, type ServiceDetails } from "../lifecycle/service-list.ts";
import { hostOs } from "../os/host.ts";
import type { MessagingPatternKind } from "../service/messaging-pattern.ts";
import { serviceHash } from "../service/service-hash.ts";

interface ServiceQueries {
  /**
   * All services of a domain, whatever their messaging pattern, process and language. Those whose files cannot be
   * read, are half-made or belong to another version of iceoryx2 are left out; the log says so at level "debug".
   *
   * @param config `Config.global()` by default.
   * @throws ServiceListError
   */
  list(config?: Config): ServiceDetails[];
  /**
   * What can be said about one service; undefined if there is none, or none that its creator has finished writing
   * down.
   *
   * @param config `Config.global()` by default.
   * @throws ServiceDetailsError, InvalidNameError
   */
  details(name: string, pattern: MessagingPatternKind, config?: Config): ServiceDetails | undefined;
  /**
   * Whether there is such a service. It may come or go at any moment: to use it, open it and handle the error.
   *
   * @param config `Config.global()` by default.
   * @throws ServiceDetailsError, InvalidNameError
   */
  doesExist(name: string, pattern: MessagingPatternKind, config?: Config): boolean;
}

/** Looking at services from outside: nothing is created, opened or cleaned up. */
export const Service: ServiceQueries = {
  list: (config = Config.global()) => listServices(hostOs(), config),
  details: (name, pattern, config = Config.global()) => {
    checkServiceName(name);
    return readServiceDetails(hostOs(), config, serviceHash(name, pattern));
  },
  doesExist: (name, pattern, config) => Service.details(name, pattern, config) !== undefined,
};
