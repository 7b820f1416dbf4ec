import type { Command } from '../command/command.ts';
import type { AdviceBySystem } from '../host/platform.ts';
import { kindVersionCommand } from '../providers/kind/argv.ts';

/** What a tool and its clusters need of a machine. */
export interface ToolNeeds {
  /** Prints the tool's version. */
  versionCommand: Command;
  version: { least: string; recommended: string };
  /** Bytes (GB are 10^9, so that a virtual machine of "4 GB" passes although its kernel keeps some for itself). */
  memory: Amount;
  /** Bytes free where the engine keeps images; `keepFree`: the part of the disk under which kubelets evict pods. */
  disk: Amount & { keepFree: number };
  /** How the tool is installed. */
  install(architecture: string): AdviceBySystem;
}

export interface Amount {
  /** With less, no cluster is made: nodes would be killed or pods evicted while it comes up. */
  least: number;
  /** With less, it is slow or fails now and then. */
  comfortable: number;
}

const GB = 1e9;

export const TOOL_NEEDS: Record<'kind' | 'k3d', ToolNeeds> = {
  kind: {
    versionCommand: kindVersionCommand(),
    version: { least: '0.30.0', recommended: '0.33.0' },
    memory: { least: 4 * GB, comfortable: 6 * GB },
    // kind sets the kubelet's eviction thresholds to 0 %.
    disk: { least: 3 * GB, comfortable: 10 * GB, keepFree: 0 },
    install: (architecture) => ({
      macos: { text: installedBy('kind', 'Homebrew'), commands: ['brew install kind'] },
      windows: {
        text: installedBy('kind', 'winget'),
        commands: ['winget install Kubernetes.kind'],
      },
      other: {
        text: installedByHand('kind', 'go install sigs.k8s.io/kind@v0.33.0'),
        commands: binary('kind', `https://kind.sigs.k8s.io/dl/v0.33.0/kind-linux-${architecture}`),
      },
    }),
  },
  k3d: {
    versionCommand: { program: 'k3d', args: ['version'] },
    version: { least: '5.8.0', recommended: '5.9.0' },
    memory: { least: 2 * GB, comfortable: 4 * GB },
    // k3s starts its kubelet with eviction-hard=imagefs.available<5%,nodefs.available<5%.
    disk: { least: 2 * GB, comfortable: 6 * GB, keepFree: 0.05 },
    install: (architecture) => ({
      macos: { text: installedBy('k3d', 'Homebrew'), commands: ['brew install k3d'] },
      windows: { text: installedBy('k3d', 'Chocolatey'), commands: ['choco install k3d'] },
      other: {
        text: installedByHand('k3d', 'go install github.com/k3d-io/k3d/v5@v5.9.0'),
        commands: binary(
          'k3d',
          `https://github.com/k3d-io/k3d/releases/download/v5.9.0/k3d-linux-${architecture}`,
        ),
      },
    }),
  },
};

function installedBy(tool: string, by: string) {
  return {
    en: `Install ${tool}, for example with ${by}, then look again.`,
    ko: `${tool}을(를) 설치한 다음(예: ${by}) 다시 확인하세요.`,
  };
}

function installedByHand(tool: string, byGo: string) {
  return {
    en: `Install the release binary of ${tool} (or, with Go: ${byGo}), then look again.`,
    ko: `${tool} 릴리스 바이너리를 설치한 다음(Go가 있다면 ${byGo}) 다시 확인하세요.`,
  };
}

function binary(tool: string, url: string): string[] {
  return [`curl -Lo ${tool} ${url}`, `sudo install ${tool} /usr/local/bin/${tool}`];
}
