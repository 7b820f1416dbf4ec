/** Body of GET /version: the Kubernetes version that the emulated cluster behaves as. */
export const VERSION = {
  major: '1',
  minor: '34',
  emulationMajor: '1',
  emulationMinor: '34',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '33',
  gitVersion: 'v1.34.4',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '2026-02-10T00:00:00Z',
  goVersion: 'go1.24.12',
  compiler: 'gc',
  platform: 'linux/amd64',
} as const;
