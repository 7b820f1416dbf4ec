import type { Host } from '../host/host.ts';
import { kubernetesVersionOf } from '../providers/kind/parse.ts';
import type { PreflightCheck } from './check.ts';
import { addressesCheck } from './checks/addresses.ts';
import { architectureCheck } from './checks/architecture.ts';
import { cgroupCheck } from './checks/cgroup.ts';
import { clusterNameCheck } from './checks/cluster-name.ts';
import { diskCheck } from './checks/disk.ts';
import { engineMemoryCheck } from './checks/engine-memory.ts';
import { engineVersionCheck } from './checks/engine-version.ts';
import { engineCheck } from './checks/engine.ts';
import { freeMemoryCheck } from './checks/free-memory.ts';
import { imagesCheck } from './checks/images.ts';
import { inotifyCheck } from './checks/inotify.ts';
import { kubeconfigCheck } from './checks/kubeconfig.ts';
import { kubectlCheck } from './checks/kubectl.ts';
import { leftOversCheck } from './checks/left-overs.ts';
import { loopbackCheck } from './checks/loopback.ts';
import { portsCheck } from './checks/ports.ts';
import { processorsCheck } from './checks/processors.ts';
import { proxyCheck } from './checks/proxy.ts';
import { toolVersionCheck } from './checks/tool-version.ts';
import { containerFacts, type ContainerLook } from './facts.ts';

/** What is looked at before a cluster of containers is made, in one run: what decides first, what is nice to know last. */
export function containerChecks(look: ContainerLook): PreflightCheck[] {
  const facts = containerFacts(look);
  return [
    engineCheck(facts),
    engineVersionCheck(facts),
    toolVersionCheck(facts),
    cgroupCheck(facts),
    engineMemoryCheck(facts),
    processorsCheck(facts),
    diskCheck(facts),
    inotifyCheck(facts),
    imagesCheck(facts),
    architectureCheck(facts),
    portsCheck(facts),
    clusterNameCheck(facts),
    leftOversCheck(facts),
    proxyCheck(facts),
    addressesCheck(facts),
    kubectlCheck(look.host, kubernetesVersionOf(look.tool.nodeImage)),
  ];
}

/** What is looked at before the emulated cluster is started. */
export function emulatedChecks(host: Host): PreflightCheck[] {
  return [freeMemoryCheck(host), loopbackCheck(host)];
}

/** What is looked at before a cluster is used that somebody else made. The cluster itself is asked later. */
export function existingChecks(host: Host, kubeconfig: string | undefined): PreflightCheck[] {
  return [kubeconfigCheck(host, kubeconfig), kubectlCheck(host)];
}
