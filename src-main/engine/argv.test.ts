import { describe, expect, it } from 'vitest';
import { commandLine } from '../command/command.ts';
import * as argv from './argv.ts';
import { ENGINES } from './engine-id.ts';

describe('command lines of the engines', () => {
  it('ask for what a program can read', () => {
    expect(ENGINES.map((engine) => commandLine(argv.infoCommand(engine)))).toEqual([
      `docker info --format '{{json .}}'`,
      'podman info --format json',
      `nerdctl info --format '{{json .}}'`,
    ]);
    expect(commandLine(argv.containersCommand('docker', 'io.x-k8s.kind.cluster=a'))).toBe(
      'docker ps --all --no-trunc --quiet --filter label=io.x-k8s.kind.cluster=a',
    );
  });

  it('name the platform where an engine holds several', () => {
    expect(commandLine(argv.pullCommand('docker', 'nginx:1.27', 'linux/arm64'))).toBe(
      'docker pull --platform linux/arm64 nginx:1.27',
    );
    expect(commandLine(argv.saveCommand('docker', ['a:1', 'b:1']))).toBe('docker save a:1 b:1');
    expect(commandLine(argv.saveCommand('docker', ['a:1'], 'linux/amd64'))).toBe(
      'docker save --platform linux/amd64 a:1',
    );
    expect(commandLine(argv.saveCommand('podman', ['a:1', 'b:1'], 'linux/amd64'))).toBe(
      'podman save --format docker-archive --multi-image-archive a:1 b:1',
    );
  });

  it('remove containers with their volumes, and nothing else', () => {
    expect(commandLine(argv.removeCommand('docker', ['1', '2']))).toBe('docker rm --force --volumes 1 2');
    expect(commandLine(argv.untagCommand('docker', 'a:1'))).toBe('docker rmi a:1');
  });

  it('hand standard input on only when there is some', () => {
    expect(commandLine(argv.execCommand('docker', 'node', ['crictl', 'images']))).toBe(
      'docker exec node crictl images',
    );
    expect(commandLine(argv.execCommand('docker', 'node', ['sh'], { interactive: true }))).toBe(
      'docker exec --interactive node sh',
    );
  });
});
