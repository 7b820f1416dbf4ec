import type { ExceptionTopic } from '../exceptions.ts';

const INTRODUCTION = `# Emulated and real

The emulated cluster is compared with Kubernetes 1.34 by a suite of commands: what kubectl prints of real Kubernetes
has been recorded, and the emulated cluster has to print the same, line by line. Where it means not to, the reason
stands here. This page is written from the list that the suite itself uses
(\`src-emulator/conformance/exceptions.ts\`), with \`npm run conformance:page\`.
`;

/** The page about all that is answered otherwise than by Kubernetes, on purpose. */
export function exceptionsPage(topics: readonly ExceptionTopic[]): string {
  return [INTRODUCTION, ...topics.map(section)].join('\n');
}

function section({ title, reason, exceptions }: ExceptionTopic): string {
  const commands = new Set(exceptions.flatMap((exception) => exception.commands));
  const list = [...commands].map((command) => `- \`${command.replace(/ \(\d+\)$/, '')}\`\n`);
  return `## ${title}\n\n${reason}\n\nSeen in:\n\n${[...new Set(list)].join('')}`;
}
