import type { KubeContext } from '#shared/cluster.ts';

/** Contexts in which every word of the filter stands somewhere: name, cluster, address or user. */
export function filterContexts(contexts: readonly KubeContext[], filter: string): KubeContext[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return contexts.filter(({ context, cluster, server, user }) => {
    const text = `${context} ${cluster} ${server} ${user}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Whether an API server listens on this machine only: a cluster for practice, most likely. */
export function isLoopback(server: string): boolean {
  if (!URL.canParse(server)) return false;
  const { hostname } = new URL(server);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
