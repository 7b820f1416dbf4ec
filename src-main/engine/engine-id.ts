/** The container engines that kind works with, by the name of their command line. k3d works with the first. */
export const ENGINES = ['docker', 'podman', 'nerdctl'] as const;
export type EngineId = (typeof ENGINES)[number];
