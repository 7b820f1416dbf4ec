import type { ExceptionTopic } from '../exceptions.ts';
import type { Pending } from './pending.ts';

const INTRODUCTION = `# Emulated and real

The emulated cluster is compared with Kubernetes 1.34 by a suite of commands: what kubectl prints of real Kubernetes
has been recorded, and the emulated cluster has to print the same, line by line. Where it means not to, the reason
stands here, and faults that are known stand at the end. This page is written from the lists that the suite itself uses
(\`exceptions.ts\` and \`pending.txt\` in \`src-emulator/conformance\`), with \`npm run conformance:page\`.
`;

const NOT_YET = `## Not yet right

Faults, and no intentions: single words and lines.
`;

const NO_OTHER = `## Not yet right

No other command of the suite is answered otherwise. What none of its commands asks for may still differ.
`;

/** The page about all that is answered otherwise than by Kubernetes: on purpose, and not yet as it should be. */
export function exceptionsPage(topics: readonly ExceptionTopic[], pending: readonly Pending[]): string {
  const faults = pending.map(
    ({ scenario, command }) => `- ${scenario}${command === undefined ? '' : `: \`${command}\``}\n`,
  );
  const last = faults.length === 0 ? NO_OTHER : `${NOT_YET}\n${faults.join('')}`;
  return [INTRODUCTION, ...topics.map(section), last].join('\n');
}

function section({ title, reason, exceptions }: ExceptionTopic): string {
  const commands = new Set(exceptions.flatMap((exception) => exception.commands));
  const list = [...commands].map((command) => `- \`${command.replace(/ \(\d+\)$/, '')}\`\n`);
  return `## ${title}\n\n${reason}\n\nSeen in:\n\n${[...new Set(list)].join('')}`;
}
